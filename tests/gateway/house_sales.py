"""The sale of a house over HTTP: banks that sign the contract, with a system of their own or on our pages."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from one_things import commands as c
from runtime.embedded.postgres import EmbeddedPostgres
from tests.gateway.gateway_city import City, city_of, fresh_database
from tests.one_things.house_sale import DIGEST, FILE, FORM

CONTRACT = "contract"
OTHER_DIGEST = "sha-256:" + "2" * 64


@asynccontextmanager
async def sales_city(server: EmbeddedPostgres, folder: Path) -> AsyncIterator[City]:
    """A gateway that offers the sale of a house."""
    async with city_of(await fresh_database(server), folder, sandbox=True, bundles=FILE.parent) as running:
        yield running


async def sold(city: City) -> str:
    """The number of a sale that is applied for."""
    return await city.apply(bundle="house-sale", answers={"seller_has_loan": True}, form=FORM, materials=[])


async def drawn_up(city: City, case_no: str, digest: str = DIGEST, days: int = 15) -> None:
    """The contract can be signed for so many days."""
    state = city.cases.states[case_no]
    ends_at = datetime.now(UTC) + timedelta(days=days)
    begun = c.BeginSigning(item=CONTRACT, digest=digest, corrections=len(state.corrections), ends_at=ends_at)
    await city.cases.play(case_no, begun)


async def on_paper(city: City) -> str:
    """A sale whose contract is drawn up; its number."""
    case_no = await sold(city)
    await drawn_up(city, case_no)
    return case_no


async def people_sign(city: City, case_no: str, *parties: str) -> None:
    """Seller and buyer sign, or whoever is named."""
    for party in parties or ("seller", "buyer"):
        department = city.cases.states[case_no].plan.party(party).department
        await city.cases.play(
            case_no, c.Sign(item=CONTRACT, party=party, digest=DIGEST, department=department, by=f"by-{party}")
        )


async def bank_says(city: City, case_no: str, act: str, number: str, *, bank: str = "old-bank",
                    **about: object) -> httpx.Response:  # fmt: skip
    """The bank's own system signs, or refuses to, through the signed door."""
    said = {"digest": DIGEST} if act == "signed" else {"reason": "贷款未获批准（测试）"}
    who = {"act": act, "act_id": number, "case_no": case_no, "item": CONTRACT, "attempt": 1, "party": bank}
    body = json.dumps({**who, **said, **about}, ensure_ascii=False).encode()
    return await city.decide(bank, body, path=f"/departments/{bank}/acts")
