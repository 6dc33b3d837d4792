"""What else lies on a desk: a contract that a bank signs, a report to the department that supervises a promise."""

from typing import Any, NamedTuple

import httpx

from one_things import commands as c
from tests.gateway.gateway_city import City
from tests.gateway.house_sales import CONTRACT, on_paper
from tests.gateway.officers import officer
from tests.one_things.house_sale import DIGEST

BANK, SUPERVISING = "old-bank", "urban-management"
PROMISED, REGISTRATION = "lease-contract", "shop-registration"
PROMISE = "本人承诺经营场所真实、合法，可供查验。"
CREDIT_CODE = "91110000600037341L"


class OnTheDesk(NamedTuple):
    """A thing on the desk of a department, by its path."""

    department: str
    here: str
    case_no: str


async def contract(city: City) -> OnTheDesk:
    """A contract that the seller's bank was handed, as its workbench takes it."""
    case_no = await on_paper(city)
    await handed(city, case_no)
    return OnTheDesk(BANK, f"/workbench/{BANK}/signatures/{case_no}/{CONTRACT}/{BANK}", case_no)


async def handed(city: City, case_no: str, drawn_up: int = 1) -> None:
    """The bank was handed the document of this round."""
    reply = c.RecordSigningReply(item=CONTRACT, party=BANK, round=drawn_up, digest=DIGEST, reference="R-1")
    await city.cases.play(case_no, reply)


async def promised(city: City) -> str:
    """A shop whose lease was promised; the number of its case."""
    case_no = await city.apply(
        bundle="shop-opening",
        answers={},
        form={"company.credit_code": CREDIT_CODE, "contact.phone": "13800000000"},
        materials=[
            {"id": one, "digest": "sha-256:" + "0" * 64}
            for one in ("application-form", "equipment-list", "health-certificates")
        ],
        commitments=[{"material": PROMISED, "text": PROMISE}],
    )
    await city.cases.play(case_no, c.RecordExclusion(material=PROMISED, excluded=False))
    return case_no


async def report(city: City, verdict: str = "approved") -> OnTheDesk:
    """What became of an item that a promise went with, as its supervising department was told."""
    case_no = await promised(city)
    await told(city, case_no, verdict)
    return OnTheDesk(SUPERVISING, f"/workbench/{SUPERVISING}/reports/{case_no}/{REGISTRATION}/{PROMISED}", case_no)


async def told(city: City, case_no: str, verdict: str) -> None:
    """The supervising department was told this."""
    await city.cases.play(case_no, c.RecordCommitmentReport(item=REGISTRATION, material=PROMISED, verdict=verdict))


def at(on: OnTheDesk, city: City, subject: str = "officer-1", *, supervises: bool = False) -> dict[str, str]:
    """The header of an officer of the department."""
    return officer(city, subject, on.department, supervises=supervises)


async def look(city: City, on: OnTheDesk, subject: str = "officer-1") -> dict[str, Any]:
    answer = await city.http.get(on.here, headers=at(on, city, subject))
    assert answer.status_code == 200, answer.text
    view: dict[str, Any] = answer.json()
    return view


async def send(city: City, on: OnTheDesk, what: str, subject: str = "officer-1", *, supervises: bool = False,
               **body: Any) -> httpx.Response:  # fmt: skip
    """What an officer does, as a program."""
    return await city.http.post(f"{on.here}/{what}", json=body, headers=at(on, city, subject, supervises=supervises))
