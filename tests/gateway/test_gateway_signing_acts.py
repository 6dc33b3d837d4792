"""What institutions sign, or refuse to, through their signed door: what counts, and what leaves a trace."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from one_things import commands as c
from one_things.events import CaseOutcome, Channel, DecisionSetAside, event_from_json
from runtime.embedded.postgres import EmbeddedPostgres
from tests.gateway.gateway_city import City
from tests.gateway.house_sales import CONTRACT, OTHER_DIGEST, bank_says, on_paper, people_sign, sales_city


@pytest.fixture
async def city(gateway_postgres: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[City]:
    async with sales_city(gateway_postgres, tmp_path) as running:
        yield running


async def traces(city: City, case_no: str) -> list[tuple[str, str, str, str]]:
    """Who said what out of place, under which id, and why it does not count."""
    events = [event_from_json(record.data) for record in await city.services.store.read(case_no)]
    return [
        (one.department, one.said, one.decision_id, one.why.value)
        for one in events
        if isinstance(one, DecisionSetAside)
    ]


async def test_what_a_bank_signs_out_of_place_is_kept_and_what_it_signs_right_counts(city: City) -> None:
    case_no = await on_paper(city)
    stale = await bank_says(city, case_no, "signed", "s-1", digest=OTHER_DIGEST)
    assert (stale.status_code, stale.json()["code"]) == (409, "document-changed")
    strange = await bank_says(city, case_no, "signed", "s-2", bank="tax", party="old-bank")
    assert (strange.status_code, strange.json()["code"]) == (403, "foreign")
    assert (await bank_says(city, case_no, "signed", "s-3")).json() == {"outcome": "counted"}
    assert (await bank_says(city, case_no, "signed", "s-3")).json() == {"outcome": "repeat"}

    assert await traces(city, case_no) == [
        ("old-bank", "signed", "s-1", "wrong_attempt"),
        ("tax", "signed", "s-2", "wrong_department"),
    ]
    await city.project()
    answer = await city.http.get("/departments/old-bank/set-aside", headers=city.operator())
    assert [(one["said"], one["decision_id"]) for one in answer.json()["set_aside"]] == [("signed", "s-1")]


async def test_after_the_case_was_given_up_nothing_is_signed_any_more(city: City) -> None:
    case_no = await on_paper(city)
    await city.cases.play(case_no, c.Cancel(channel=Channel.WEB))
    late = await bank_says(city, case_no, "signature_refused", "n-1")
    assert (late.status_code, late.json()["code"]) == (409, "too-late")

    assert await traces(city, case_no) == [("old-bank", "signature_refused", "n-1", "withdrawn")]


async def test_a_signature_after_the_case_closed_is_kept_in_its_record(city: City) -> None:
    case_no = await on_paper(city)
    assert (await bank_says(city, case_no, "signature_refused", "n-1")).json() == {"outcome": "counted"}
    await city.cases.finished(case_no, CaseOutcome.REFUSED)
    assert (await bank_says(city, case_no, "signature_refused", "n-1")).json() == {"outcome": "repeat"}
    for _ in range(2):
        late = await bank_says(city, case_no, "signed", "s-1")
        assert (late.status_code, late.json()["code"]) == (409, "case-closed")

    assert await traces(city, case_no) == [("old-bank", "signed", "s-1", "case_closed")]


async def test_a_bank_that_takes_its_signature_back_is_an_operators_task(city: City) -> None:
    case_no = await on_paper(city)
    assert (await bank_says(city, case_no, "signed", "s-1")).json() == {"outcome": "counted"}
    await people_sign(city, case_no, "seller", "buyer", "new-bank")
    against = await bank_says(city, case_no, "signature_refused", "n-1")
    assert (against.status_code, against.json()["code"]) == (409, "contradicting")

    assert await traces(city, case_no) == [("old-bank", "signature_refused", "n-1", "contradicting")]
    shown = (await city.http.get(f"/cases/{case_no}", headers=city.operator())).json()
    assert [(task["kind"], task["item"], task["reason"]) for task in shown["tasks"]] == [
        ("decisions_differ", CONTRACT, "贷款未获批准（测试）")
    ]
    told = (await city.http.get(f"/cases/{case_no}/timeline", headers=city.bearer())).json()["entries"]
    assert [one["text"]["en"] for one in told if one["type"] == "decision_set_aside"] == [
        "“Refused to sign” by Seller's bank about “Filing of the contract” does not count: "
        "it contradicts the earlier decision, which counts; our staff looks into it"
    ]
