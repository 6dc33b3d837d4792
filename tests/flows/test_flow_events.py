"""Cases begun by a department's event, and linked changes that fail alone, on the real servers."""

from datetime import timedelta

from one_things import events as e
from one_things.case import CaseState, ItemStatus
from one_things.events import CaseOutcome
from one_things.evolving import fold
from tests.flows import event_stories as stories
from tests.flows.town import Town, of_kind


async def whole(town: Town, case_no: str) -> CaseState:
    """The closed case; the record, the workflow and its result say the same."""
    state = await town.closed(case_no)
    assert fold(town.events(case_no)) == state
    assert await town.cases.handle(case_no).result() == state.outcome
    assert (await town.cases.state(case_no)).model_dump() == state.model_dump()
    return state


async def test_an_event_begins_a_case_that_runs_once_confirmed(town: Town) -> None:
    owner = stories.an_owner()
    case_no = await stories.proposed(town, owner)
    repeated = await town.control.event("land-registry", town.city.urls["gateway"], **owner.event)
    assert repeated == (200, {"outcome": "repeat", "cases": [case_no]})
    assert (await town.journal(case_no)).keys == ()
    stranger = stories.an_owner()
    assert (await town.http.get(f"/cases/{case_no}", headers=stranger.headers(town))).status_code == 404
    await stories.confirm(town, case_no, owner)
    state = await whole(town, case_no)
    assert state.outcome is CaseOutcome.COMPLETED
    types = town.types(case_no)
    assert types.index("case_confirmed") < types.index("item_submitted")
    received = await town.control._client.get("/submissions", params={"case_no": case_no, "item": stories.WATER})
    fields = received.json()["fields"]
    assert (fields["owner.phone"], fields["home.since"]) == (stories.PHONE, "2026-03-02")
    view = (await town.http.get(f"/cases/{case_no}", headers=owner.headers(town))).json()
    assert (view["phase"], view["progress"]) == ("closed", {"done": 3, "total": 3})


async def test_a_declined_proposal_ends_and_nothing_was_submitted(town: Town) -> None:
    case_no = await stories.declined(town)
    assert (await whole(town, case_no)).outcome is CaseOutcome.DECLINED
    assert (await town.journal(case_no)).keys == ()


async def test_what_nobody_confirms_lapses_after_its_working_days(town: Town) -> None:
    case_no = await stories.not_confirmed(town)
    state = await whole(town, case_no)
    assert state.outcome is CaseOutcome.NOT_CONFIRMED
    assert state.confirmation.ends_at is not None
    (closed,) = of_kind(town.events(case_no), e.CaseClosed)
    assert closed.at >= state.confirmation.ends_at
    assert (await town.journal(case_no)).keys == ()


async def test_a_refused_linked_change_fails_alone_and_the_case_is_completed(town: Town) -> None:
    case_no = await stories.linked_refused(town)
    state = await whole(town, case_no)
    assert state.outcome is CaseOutcome.COMPLETED
    assert state.items["residence"].status is ItemStatus.APPROVED
    assert of_kind(town.events(case_no), e.OperatorTaskOpened) == []
    view = (await town.http.get(f"/cases/{case_no}", headers=town.operator())).json()
    failed = {item["id"]: item["failed_alone"] for item in view["items"] if item["failed_alone"]}
    assert set(failed) == {stories.WATER}
    assert "自来水公司" in failed[stories.WATER]["zh"]


async def test_a_linked_change_that_nobody_answers_for_a_day_is_given_up_alone(town: Town) -> None:
    case_no = await stories.linked_given_up(town)
    state = await whole(town, case_no)
    assert state.outcome is CaseOutcome.COMPLETED
    (away,) = of_kind(town.events(case_no), e.DepartmentUnreachable)
    (given_up,) = of_kind(town.events(case_no), e.LinkedChangeGivenUp)
    assert (away.item, given_up.item, state.items[stories.WATER].status) == (
        stories.WATER,
        stories.WATER,
        ItemStatus.LAPSED,
    )
    assert given_up.at - away.at >= timedelta(hours=state.plan.silence_hours)
    (late,) = of_kind(town.events(case_no), e.DecisionSetAside)
    assert (late.item, late.why) == (stories.WATER, e.WhySetAside.LAPSED)
    assert state.items["power-account"].status is ItemStatus.APPROVED
    assert of_kind(town.events(case_no), e.OperatorTaskOpened) == []
    view = (await town.http.get(f"/cases/{case_no}", headers=town.operator())).json()
    (failed,) = [item for item in view["items"] if item["failed_alone"]]
    assert "自来水公司" in failed["failed_alone"]["zh"]
