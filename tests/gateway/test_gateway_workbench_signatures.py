"""An officer of an institution without a system signs a document, or refuses to, over API and page."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from one_things import commands as c
from one_things.case import CasePhase, ItemStatus
from one_things.events import Channel, SignatureGiven, event_from_json
from runtime.embedded.postgres import EmbeddedPostgres
from tests.gateway.desks import BANK, OnTheDesk, at, contract, handed, look, send
from tests.gateway.gateway_city import City
from tests.gateway.house_sales import CONTRACT, OTHER_DIGEST, drawn_up, on_paper, people_sign, sales_city
from tests.one_things.house_sale import DIGEST


@pytest.fixture
async def city(gateway_postgres: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[City]:
    async with sales_city(gateway_postgres, tmp_path) as running:
        yield running


async def listed(city: City, on: OnTheDesk, subject: str = "officer-1", **query: str) -> list[str]:
    """The cases whose contract lies on the desk."""
    await city.project()
    answer = await city.http.get(f"/workbench/{on.department}/signatures", params=query, headers=at(on, city, subject))
    assert answer.status_code == 200, answer.text
    return [one["case_no"] for one in answer.json()["documents"]]


async def signed(city: City, on: OnTheDesk, number: str = "s-1", subject: str = "officer-1", digest: str = DIGEST,
                 **other: object) -> tuple[int, str]:  # fmt: skip
    answer = await send(city, on, "acts", subject, act="signed", act_id=number, attempt=1, digest=digest, **other)
    told = answer.json()
    return answer.status_code, told.get("code") or told["outcome"]


async def test_an_officer_reads_the_document_and_signs_it_once(city: City) -> None:
    on = await contract(city)
    assert await listed(city, on) == [on.case_no]
    view = await look(city, on)
    stated = {field["id"]: field["value"] for field in view["stated"]}
    assert stated["house.address"] == "测试路 1 号"
    assert (view["awaited"], view["digest"], view["party_title"]["en"]) == (True, DIGEST, "The bank of the seller")
    assert [one["ours"] for one in view["signers"]] == [False, False, True, False]

    assert await signed(city, on) == (409, "not-claimed")
    assert (await send(city, on, "claim", version=0)).json()["mine"] is True
    assert await listed(city, on, mine="1") == [on.case_no]
    assert await listed(city, on, "officer-2", mine="1") == []
    assert await signed(city, on) == (200, "counted")
    assert await signed(city, on) == (200, "repeat")

    assert await listed(city, on) == []
    after = await look(city, on)
    assert (after["awaited"], after["stated"], after["payments"]) == (False, [], []), "nothing more than it needs"
    assert [one["act"] for one in after["officers"]] == ["claimed", "signed"]
    events = [event_from_json(record.data) for record in await city.services.store.read(on.case_no)]
    assert [(one.party, one.by, one.officer) for one in events if isinstance(one, SignatureGiven)] == [
        (BANK, "s-1", "officer-1")
    ]


async def test_a_refusal_stops_the_case_and_the_applicant_reads_why(city: City) -> None:
    on = await contract(city)
    await send(city, on, "claim", version=0)
    unsaid = await send(city, on, "acts", act="signature_refused", act_id="n-1", attempt=1)
    assert (unsaid.status_code, unsaid.json()["code"]) == (422, "input-invalid")
    refusal = {"act": "signature_refused", "act_id": "n-1", "attempt": 1, "reason": "贷款未获批准（测试）"}
    assert (await send(city, on, "acts", **refusal)).json() == {"outcome": "counted"}
    assert (await send(city, on, "acts", **refusal)).json() == {"outcome": "repeat"}

    state = city.cases.states[on.case_no]
    assert (state.phase, state.items[CONTRACT].status) == (CasePhase.STOPPING, ItemStatus.REFUSED)
    shown = (await city.http.get(f"/cases/{on.case_no}", headers=city.bearer())).json()
    (item,) = [one for one in shown["items"] if one["id"] == CONTRACT]
    assert item["reason"] == "贷款未获批准（测试）"
    assert "officer-1" not in str(shown), "who it was is the institution's own business"


async def test_of_two_officers_at_once_one_works_on_it_and_the_other_reads_who(city: City) -> None:
    on = await contract(city)
    answers = await asyncio.gather(*(send(city, on, "claim", who, version=0) for who in ("officer-1", "officer-2")))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    (late,) = [answer.json() for answer in answers if answer.status_code == 409]
    holder = (await look(city, on))["claim"]["holder"]
    assert late["code"] == "claimed"
    assert holder in late["detail"]

    other = "officer-2" if holder == "officer-1" else "officer-1"
    assert await signed(city, on, "s-2", other) == (409, "claimed")
    refusal = {"act": "signature_refused", "act_id": "n-2", "attempt": 1, "reason": "理由（测试）"}
    assert (await send(city, on, "acts", other, **refusal)).json()["code"] == "claimed"
    taken_over = await send(city, on, "claim", other, supervises=True, version=1)
    assert taken_over.json()["holder"] == other
    assert await signed(city, on, "s-1", holder) == (409, "claimed")
    assert await signed(city, on, "s-2", other) == (200, "counted")


async def test_a_document_that_was_corrected_meanwhile_is_not_signed_unread(city: City) -> None:
    on = await contract(city)
    await send(city, on, "claim", version=0)
    assert await signed(city, on, digest=OTHER_DIGEST) == (409, "document-changed")
    await people_sign(city, on.case_no, "seller", "buyer", "new-bank", "old-bank")
    await city.cases.submitted(on.case_no, CONTRACT)
    points = await city.sealed(on.case_no, "[]")
    await city.cases.play(on.case_no, c.RecordReply(item=CONTRACT, attempt=1, reply=c.NeedsCorrection(points=points)))
    form = await city.services.secrets.seal_fields(on.case_no, {"house.address": "测试路 2 号"})
    await city.cases.play(on.case_no, c.AnswerCorrection(item=CONTRACT, form=form, channel=Channel.WEB))
    await drawn_up(city, on.case_no, OTHER_DIGEST)
    assert await listed(city, on) == [], "not before it is handed out"
    await handed(city, on.case_no, 2)
    assert await listed(city, on) == [on.case_no]
    view = await look(city, on)
    assert (view["attempt"], view["digest"]) == (2, OTHER_DIGEST)
    assert {one["id"]: one["value"] for one in view["stated"]}["house.address"] == "测试路 2 号"
    assert await signed(city, on) == (409, "document-changed")
    answer = await send(city, on, "acts", act="signed", act_id="s-2", attempt=2, digest=OTHER_DIGEST)
    assert answer.json() == {"outcome": "counted"}


async def test_what_is_over_leaves_the_desk_and_is_refused(city: City) -> None:
    on = await contract(city)
    await send(city, on, "claim", version=0)
    await city.cases.play(on.case_no, c.Cancel(channel=Channel.WEB))
    assert await listed(city, on) == []
    assert await signed(city, on) == (409, "too-late")
    await city.project()
    answer = await city.http.get(f"/departments/{BANK}/set-aside", headers=city.operator())
    assert [(one["said"], one["why"]) for one in answer.json()["set_aside"]] == [("signed", "withdrawn")]


async def test_only_what_the_institution_was_handed_is_there(city: City) -> None:
    case_no = await on_paper(city)
    on = OnTheDesk(BANK, f"/workbench/{BANK}/signatures/{case_no}/{CONTRACT}/{BANK}", case_no)
    for there in (on.here, on.here.replace(f"/{CONTRACT}/", "/loan/"), on.here.replace(f"{CONTRACT}/{BANK}", "x/y")):
        answer = await city.http.get(there, headers=at(on, city))
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown-case"), there
    await handed(city, case_no)
    assert (await city.http.get(on.here, headers=at(on, city))).status_code == 200
    other = await city.http.get(on.here.removesuffix(BANK) + "seller", headers=at(on, city))
    assert other.status_code == 404, "the seller signs as a person"


async def test_once_erased_nothing_is_shown_nor_signed(city: City) -> None:
    on = await contract(city)
    await send(city, on, "claim", version=0)
    await city.erase(on.case_no)
    view = await look(city, on)
    assert (view["erased"], view["stated"]) == (True, [])
    assert (await signed(city, on))[0] == 409


async def test_the_list_goes_on_where_it_stopped(city: City) -> None:
    numbers = [(await contract(city)).case_no for _ in range(3)]
    await city.project()
    header = {**at(OnTheDesk(BANK, "", ""), city)}
    first = (await city.http.get(f"/workbench/{BANK}/signatures?limit=2", headers=header)).json()
    rest = await city.http.get(f"/workbench/{BANK}/signatures?limit=2&cursor={first['next']}", headers=header)
    found = [one["case_no"] for page in (first, rest.json()) for one in page["documents"]]
    assert found == numbers
    assert rest.json()["next"] is None
    for broken in ("x", "W10", "WyIyMDI2LTAxLTAxVDAwOjAwOjAwWiIsIDEsIDIsIDNd"):
        answer = await city.http.get(f"/workbench/{BANK}/signatures?cursor={broken}", headers=header)
        assert answer.status_code == 422, broken


async def test_the_pages_sign_without_scripts(city: City) -> None:
    on = await contract(city)
    await city.project()
    header = {**at(on, city), "Accept": "text/html", "Accept-Language": "zh"}
    page = await city.http.get(f"/workbench/{BANK}/signatures", headers=header)
    assert on.here in page.text
    assert "待签文件" in page.text
    document = await city.http.get(on.here, headers=header)
    assert "测试路 1 号" in document.text
    assert "认领后方可办理" in document.text
    claim = await city.http.post(f"{on.here}/claim", data={"version": "0"}, headers=header)
    assert (claim.status_code, claim.headers["location"]) == (303, on.here)
    document = await city.http.get(on.here, headers=header)
    forms = re.findall(rf'<form method="post" action="{on.here}/acts">(.*?)</form>', document.text, re.DOTALL)
    assert len(forms) == 2
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', forms[0]))
    assert fields["act"] == "signed"
    answer = await city.http.post(f"{on.here}/acts", data=fields, headers=header)
    assert (answer.status_code, answer.headers["location"]) == (303, on.here)
    assert city.cases.states[on.case_no].items[CONTRACT].signing.signed(BANK)  # type: ignore[union-attr]
    english = await city.http.get(on.here, headers={**header, "Accept-Language": "en"})
    assert "Your signature is not awaited any more" in english.text
    assert "signed it" in english.text
