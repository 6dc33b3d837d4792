"""The workbench over HTTP: the inbox, claims, what an item shows, and acts that become the case's own commands."""

from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx
import pytest

from event_store.workbench import AboutItem
from one_things import commands as c
from one_things.case import ItemStatus
from one_things.events import Channel
from one_things.inbox import OfficerDid
from tests.gateway.applications import IDENTITY_NUMBER
from tests.gateway.gateway_city import City
from tests.gateway.officers import DEPARTMENT, ITEM, RESULT, claimed, does, looks, officer, on_desk, place, received

PDF = b"%PDF-1.7 test"


async def inbox(city: City, header: dict[str, str], **query: str) -> list[tuple[str, str, str]]:
    await city.project()
    answer = await city.http.get(f"/workbench/{DEPARTMENT}/items", params=query, headers=header)
    assert answer.status_code == 200, answer.text
    return [(one["case_no"], one["state"], one["light"]) for one in answer.json()["items"]]


async def test_the_inbox_lists_what_lies_with_the_department_by_its_date(city: City) -> None:
    later, soon, calm = [await city.apply() for _ in range(3)]
    await received(city, later, days=20)
    await received(city, soon, days=0)
    await city.cases.submitted(calm, ITEM)
    await city.cases.accepted(calm, ITEM)
    found = await inbox(city, officer(city))
    assert found[0] == (soon, "to_accept", "over")
    assert {case_no: (state, light) for case_no, state, light in found[1:]} == {
        later: ("to_accept", "in_time"),
        calm: ("to_decide", "in_time"),
    }
    assert await inbox(city, officer(city), state="to_decide") == [(calm, "to_decide", "in_time")]


async def test_the_light_follows_the_clock_of_the_case(city: City) -> None:
    late, warned = await city.apply(), await city.apply()
    for case_no in (late, warned):
        await city.cases.submitted(case_no, ITEM)
        await city.cases.accepted(case_no, ITEM)
    await city.cases.ahead(late, days=60)
    dates = city.cases.states[warned].item(ITEM).watch.dates
    assert dates is not None
    seconds = (dates.warn_at - datetime.now(UTC)).total_seconds() + 60
    await city.cases.play(warned, c.FastForward(seconds=int(seconds)))
    assert {case_no: light for case_no, _, light in await inbox(city, officer(city))} == {
        late: "over",
        warned: "soon",
    }
    assert [case_no for case_no, *_ in await inbox(city, officer(city), overdue="true")] == [late]


async def test_the_inbox_is_paged_without_gaps(city: City) -> None:
    numbers = [await city.apply() for _ in range(5)]
    for place_in_line, case_no in enumerate(numbers):
        await received(city, case_no, days=9 - place_in_line)
    await city.cases.play(numbers[4], c.Decide(
        decision_id="d", department=DEPARTMENT, item=ITEM, attempt=1, verdict=c.Verdict.CORRECTION,
        points=await city.sealed(numbers[4], "[]"),
    ))  # fmt: skip
    await city.project()
    found: list[str] = []
    query: dict[str, str | int] = {"limit": 2}
    while True:
        page = (await city.http.get(f"/workbench/{DEPARTMENT}/items", params=query, headers=officer(city))).json()
        found += [one["case_no"] for one in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    # What has no date comes last.
    assert found == [numbers[3], numbers[2], numbers[1], numbers[0], numbers[4]]


async def test_two_officers_on_one_item_and_the_slower_is_told_who_and_since_when(city: City) -> None:
    case_no, one, other = await on_desk(city), officer(city, "officer-1"), officer(city, "officer-2")
    await claimed(city, case_no, one)
    again = await city.http.post(place(case_no, "/claim"), json={"version": 0}, headers=one)
    assert (again.status_code, again.json()["version"]) == (200, 1)  # a double click
    refused = await city.http.post(place(case_no, "/claim"), json={"version": 0}, headers=other)
    assert (refused.status_code, refused.json()["code"]) == (409, "claimed")
    assert "officer-1" in refused.json()["detail"]
    assert f"{datetime.now(UTC).year}" in refused.json()["detail"]
    acting = await does(city, case_no, "accepted", other)
    assert (acting.status_code, acting.json()["code"]) == (409, "claimed")
    assert [case for case, *_ in await inbox(city, one, mine="true")] == [case_no]
    assert await inbox(city, other, mine="true") == []


async def test_a_claim_is_handed_over_released_and_taken_over_and_all_of_it_is_on_record(city: City) -> None:
    case_no, one, other = await on_desk(city), officer(city, "officer-1"), officer(city, "officer-2")
    await claimed(city, case_no, one)
    given = await city.http.post(place(case_no, "/hand-over"), json={"version": 1, "to": "officer-2"}, headers=one)
    assert (given.status_code, given.json()["holder"], given.json()["mine"]) == (200, "officer-2", False)
    stale = await city.http.post(place(case_no, "/release"), json={"version": 1}, headers=other)
    assert (stale.status_code, stale.json()["code"]) == (409, "claim-changed")
    released = await city.http.post(place(case_no, "/release"), json={"version": 2}, headers=other)
    assert (released.status_code, released.json()["holder"]) == (200, None)
    await city.http.post(place(case_no, "/claim"), json={"version": 3}, headers=one)
    head = officer(city, "head-1", supervises=True)
    taken = await city.http.post(place(case_no, "/claim"), json={"version": 4}, headers=head)
    assert (taken.status_code, taken.json()["holder"]) == (200, "head-1")
    done = [
        (entry["officer"], entry["act"], entry["about"]) for entry in (await looks(city, case_no, head))["officers"]
    ]
    assert done == [
        ("officer-1", "claimed", None),
        ("officer-1", "handed_over", "officer-2"),
        ("officer-2", "released", None),
        ("officer-1", "claimed", None),
        ("head-1", "taken_over", None),
    ]


async def test_what_officers_did_cannot_be_changed(city: City) -> None:
    await city.services.workbench.note(AboutItem(DEPARTMENT, "4419-2026-000001", ITEM, "officer-1"), OfficerDid.FETCHED)
    async with city.database.connection() as connection:
        for statement in ("UPDATE workbench_log SET officer = 'x'", "DELETE FROM workbench_log"):
            with pytest.raises(asyncpg.RestrictViolationError):
                await connection.execute(statement)


async def test_an_item_shows_what_it_needs_and_nothing_else_of_the_case(city: City) -> None:
    case_no = await on_desk(city)
    view = await looks(city, case_no, officer(city))
    plan = city.cases.states[case_no].plan
    assert [one["id"] for one in view["fields"]] == [name for name in plan.item(ITEM).fields if name != "company.name"]
    assert {one["id"] for one in view["materials"]} <= set(plan.item(ITEM).materials)
    others = [item.title.en for item in plan.items if item.department != DEPARTMENT]
    shown = str(view)
    assert IDENTITY_NUMBER not in shown or "legal_representative.identity_number" in plan.item(ITEM).fields
    assert not [title for title in others if title in shown]
    await city.cases.play(case_no, c.Cancel(channel=Channel.WEB))
    await city.cases.play(case_no, c.RecordUndone(item=ITEM))
    later = await looks(city, case_no, officer(city))
    assert (later["shown"], later["fields"], later["materials"]) == (False, [], [])


async def test_accepting_correcting_and_approving_are_the_cases_own_commands(city: City) -> None:
    case_no, one = await on_desk(city), officer(city)
    unclaimed = await does(city, case_no, "accepted", one)
    assert (unclaimed.status_code, unclaimed.json()["code"]) == (409, "not-claimed")
    await claimed(city, case_no, one)
    assert (await does(city, case_no, "accepted", one)).json() == {"outcome": "counted"}
    assert (await does(city, case_no, "accepted", one)).json() == {"outcome": "repeat"}
    assert city.cases.states[case_no].item(ITEM).status is ItemStatus.ACCEPTED
    points = [{"text": "测试：请重新上传", "about": ""}]
    asked = await does(city, case_no, "correction", one, points=points)
    assert asked.json() == {"outcome": "counted"}, asked.text
    view = await looks(city, case_no, one)
    assert [point["text"] for point in view["correction_points"]] == ["测试：请重新上传"]
    assert view["state"] == "with_applicant"
    await city.cases.play(case_no, c.AnswerCorrection(
        item=ITEM, fields=(), form=await city.sealed(case_no, "{}"), channel=Channel.WEB
    ))  # fmt: skip
    await received(city, case_no)
    stored = await city.http.post(place(case_no, "/contents"), content=PDF, headers=one)
    assert stored.status_code == 201, stored.text
    result = {"id": RESULT, "reference": "测试-1", "digest": stored.json()["digest"]}
    approved = await does(city, case_no, "approved", one, attempt=2, results=[result])
    assert approved.json() == {"outcome": "counted"}, approved.text
    item = city.cases.states[case_no].item(ITEM)
    assert (item.status, item.results[0].digest) == (ItemStatus.APPROVED, stored.json()["digest"])
    fetched = await city.http.get(place(case_no, f"/contents/{stored.json()['digest']}"), headers=one)
    assert fetched.content == PDF
    acts = [entry["act"] for entry in (await looks(city, case_no, one))["officers"]]
    assert acts == ["claimed", "accepted", "correction", "approved", "fetched"]
    records = await city.services.store.read(case_no)
    signed = {record.type for record in records if '"officer":"officer-1"' in record.data}
    assert signed == {"acceptance_declared", "correction_requested", "item_approved"}


async def test_what_was_seen_of_an_older_attempt_does_not_count(city: City) -> None:
    case_no, one = await on_desk(city), officer(city)
    await claimed(city, case_no, one)
    stale = await does(city, case_no, "approved", one, attempt=2)
    assert (stale.status_code, stale.json()["code"]) == (409, "too-late")


async def test_a_refusal_names_its_reason_and_article_and_a_return_whose_doing_it_was(city: City) -> None:
    case_no, other_case, one = await on_desk(city), await on_desk(city), officer(city)
    await claimed(city, case_no, one)
    await claimed(city, other_case, one)
    incomplete = await does(city, case_no, "refused", one)
    assert incomplete.status_code == 422
    assert {fault["field"].rpartition(".")[2] for fault in incomplete.json()["faults"]} == {"reason", "article"}
    refused = await does(city, case_no, "refused", one, reason="测试理由", article="税收征收管理法第十六条")
    assert refused.status_code == 200, refused.text
    item = city.cases.states[case_no].item(ITEM)
    assert (item.status, item.article) == (ItemStatus.REFUSED, "税收征收管理法第十六条")
    returned = await does(
        city, other_case, "returned", one, reason="form-faulty", responsible="applicant", note="测试说明"
    )
    assert returned.status_code == 200, returned.text
    assert city.cases.states[other_case].item(ITEM).status is ItemStatus.RETURNED


async def test_only_declared_points_results_and_procedures_count(city: City) -> None:
    case_no, one = await on_desk(city), officer(city)
    await claimed(city, case_no, one)
    point = await does(city, case_no, "correction", one, points=[{"review_point": "nothing-such"}])
    assert (point.status_code, point.json()["faults"][0]["code"]) == (422, "not-declared")
    result = await does(city, case_no, "approved", one, results=[{"id": "nothing-such", "reference": "x"}])
    assert (result.status_code, result.json()["faults"][0]["field"]) == (422, "results.0.id")
    await does(city, case_no, "accepted", one)
    procedure = await does(city, case_no, "procedure_begun", one, procedure="nothing-such")
    assert (procedure.status_code, procedure.json()["code"]) == (409, "procedure-unknown")


async def test_an_item_of_another_department_or_that_has_not_come_yet_is_not_found(city: City) -> None:
    case_no = await city.apply()
    waiting = await city.http.get(place(case_no), headers=officer(city))
    nothing = await city.http.get(place("4419-2026-999999"), headers=officer(city))
    await received(city, case_no)
    foreign = await city.http.get(place(case_no, department="human-resources"),
                                  headers=officer(city, "officer-3", "human-resources"))  # fmt: skip
    assert [answer.status_code for answer in (waiting, nothing, foreign)] == [404, 404, 404]
    assert {answer.json()["code"] for answer in (waiting, nothing, foreign)} == {"unknown-case"}


async def test_a_department_with_a_system_has_no_desk(city: City) -> None:
    answer = await city.http.get("/workbench/customs/items", headers=officer(city, "officer-4", "customs"))
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-workbench")
    assert (await city.http.get("/workbench", headers=officer(city, "officer-4", "customs", "tax"))).json() == {
        "departments": ["tax"]
    }


async def test_what_was_approved_is_undone_by_hand_once(city: City) -> None:
    case_no, one = await on_desk(city), officer(city)
    await claimed(city, case_no, one)
    early = await does(city, case_no, "undone", one)
    assert (early.status_code, early.json()["code"]) == (409, "nothing-to-undo")
    await does(city, case_no, "approved", one, results=[{"id": RESULT, "reference": "测试-1"}])
    await city.cases.play(case_no, c.Cancel(channel=Channel.WEB))
    assert (case_no, "to_undo", "soon") in await inbox(city, one)
    assert (await does(city, case_no, "undone", one)).json() == {"outcome": "counted"}
    assert (await does(city, case_no, "undo_refused", one, reason="测试")).json() == {"outcome": "repeat"}
    settled = await city.services.workbench.undoing(f"{case_no}:{ITEM}:1:undo")
    assert settled is not None
    assert settled.refused is None


async def test_an_undecided_item_of_a_stopped_case_leaves_the_inbox(city: City) -> None:
    case_no = await on_desk(city)
    assert await inbox(city, officer(city)) != []
    await city.cases.play(case_no, c.Cancel(channel=Channel.WEB))
    assert await inbox(city, officer(city)) == []


async def test_pages_carry_the_same_acts_and_a_double_click_counts_once(city: City) -> None:
    case_no, one = await on_desk(city), officer(city)
    page = {**one, "Accept": "text/html"}
    form = {"version": "0"}
    claimed_ = await city.http.post(place(case_no, "/claim"), data=form, headers=page)
    assert (claimed_.status_code, claimed_.headers["location"]) == (303, place(case_no))
    shown = (await city.http.get(place(case_no), headers=page)).text
    assert "受理" in shown
    assert f'action="{place(case_no)}/acts"' in shown
    fields = {"act": "accepted", "act_id": "click-1", "attempt": "1"}
    for _ in range(2):
        answer = await city.http.post(place(case_no, "/acts"), data=fields, headers=page)
        assert answer.status_code == 303
    assert city.cases.states[case_no].item(ITEM).act_ids == ("click-1",)
    approval = {"act": "approved", "act_id": "click-2", "attempt": "1", f"result.{RESULT}": "测试-2"}
    files = {f"file.{RESULT}": ("result.pdf", PDF, "application/pdf")}
    answer = await city.http.post(place(case_no, "/acts"), data=approval, files=files, headers=page)
    assert answer.status_code == 303, answer.text
    assert city.cases.states[case_no].item(ITEM).results[0].digest is not None
    listed = await city.http.get(f"/workbench/{DEPARTMENT}/items", headers=page)
    assert listed.status_code == 200
    one_desk = await city.http.get("/workbench", headers=page)
    assert (one_desk.status_code, one_desk.headers["location"]) == (303, f"/workbench/{DEPARTMENT}/items")


async def test_erased_data_is_said_to_be_erased_and_nothing_can_be_written(city: City) -> None:
    case_no, one = await on_desk(city), officer(city)
    await claimed(city, case_no, one)
    await city.erase(case_no)
    view = await looks(city, case_no, one)
    assert (view["erased"], view["fields"]) == (True, [])
    answer = await does(city, case_no, "returned", one, reason="form-faulty", responsible="window", note="测试")
    assert (answer.status_code, answer.json()["code"]) == (409, "case-closed")


async def test_an_extension_takes_two_officers_and_counts_once(city: City) -> None:
    registry, item = "market-regulation", "registry-deregistration"
    case_no, one = await city.apply(), officer(city, "officer-1", registry)
    head, same = (officer(city, who, registry, supervises=True) for who in ("head-1", "officer-1"))
    await received(city, case_no, item)
    here = place(case_no, department=registry, item=item)

    async def does(act: str, header: dict[str, str], act_id: str = "act-1", **about: Any) -> httpx.Response:
        body = {"act": act, "act_id": act_id, "attempt": 1, **about}
        return await city.http.post(f"{here}/acts", json=body, headers=header)

    await city.http.post(f"{here}/claim", json={"version": 0}, headers=one)
    await does("accepted", one)
    allowed = (await city.http.get(here, headers=one)).json()["extension_days"]
    longer = await does("extension_asked", one, "ask-0", working_days=allowed + 1, reason="测试")
    assert (longer.status_code, longer.json()["code"]) == (409, "extension-too-long")
    assert (await does("extension_asked", one, "ask-1", reason="测试理由")).status_code == 200
    assert city.cases.states[case_no].item(item).extension is None
    second = await does("extension_asked", one, "ask-2", reason="测试")
    assert (second.status_code, second.json()["code"]) == (409, "extension-asked")
    answer = {"request": "ask-1", "approved": True}
    by_officer = await does("extension_answered", one, **answer)
    by_same = await does("extension_answered", same, **answer)
    assert (by_officer.status_code, by_same.json()["code"]) == (403, "four-eyes")
    for outcome in ("counted", "repeat"):
        granted = await does("extension_answered", head, **answer)
        assert granted.json() == {"outcome": outcome}, granted.text
    extension = city.cases.states[case_no].item(item).extension
    assert extension is not None
    assert extension.working_days == allowed
    view = (await city.http.get(here, headers=one)).json()
    assert (view["clock"]["extension"]["approver"], view["extension"]["approved"]) == ("head-1", True)


async def test_officers_find_the_workbench_on_the_first_page(city: City) -> None:
    page = {"Accept": "text/html"}
    theirs = (await city.http.get("/", headers={**officer(city), **page})).text
    assert 'href="/workbench"' in theirs
    assert 'href="/supervision"' in theirs
    assert 'href="/workbench"' not in (await city.http.get("/", headers={**city.bearer(), **page})).text
