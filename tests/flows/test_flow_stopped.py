"""Cases that stop before the pivot, or cannot any more: refused, objected, lapsed, taken back, and what is undone."""

from collections.abc import Sequence

from adapters.sandbox.behaviours import Silent
from adapters.sandbox.journal import Journal
from one_things.case import CaseState, ItemStatus
from one_things.events import CaseOutcome, DecisionSetAside, ItemLapsed, NoticeBegan, NoticeEnded, WhySetAside
from tests.flows import stories
from tests.flows.companies import SMALL, company
from tests.flows.soundness import assert_sound
from tests.flows.town import Town, of_kind

FILING, NOTICE = "liquidation-group-filing", "general-notice"


def undone(journal: Journal) -> list[str]:
    """The items whose undoing took effect, in the order in which departments saw it."""
    return [call.key.split(":")[1] for call in journal.calls if call.kind == "undo" and call.effect]


def statuses(state: CaseState, items: Sequence[str]) -> set[ItemStatus]:
    return {state.items[item].status for item in items}


async def test_a_refusal_undoes_everything_in_reverse_order_and_says_why(town: Town) -> None:
    case_no = await stories.refused(town)
    state = await assert_sound(town, case_no)
    assert state.outcome is CaseOutcome.REFUSED
    assert state.stopped_by == stories.TAX
    order = undone(await town.journal(case_no))
    assert set(order[:-2]) == set(stories.SIDE_BY_SIDE)
    assert order[-2:] == [NOTICE, FILING]
    assert state.items[stories.REGISTRY].status is ItemStatus.WAITING
    refusal = next(item for item in (await town.view(case_no))["items"] if item["id"] == stories.TAX)
    assert refusal["status"] == "refused"
    assert "有一笔滞纳金未缴清" in refusal["reason"]


async def test_an_objection_stops_the_simple_route(town: Town) -> None:
    case_no = await stories.objected(town)
    state = await assert_sound(town, case_no)
    assert state.outcome is CaseOutcome.OBJECTED
    assert state.stopped_by == "simple-notice"
    assert state.items["simple-notice"].status is ItemStatus.REFUSED
    assert statuses(state, (stories.TAX, *stories.SIDE_BY_SIDE[:3])) == {ItemStatus.UNDONE}
    assert stories.REGISTRY not in {key.key.split(":")[1] for key in (await town.journal(case_no)).keys}


async def test_the_window_after_the_notice_lapses(town: Town) -> None:
    case_no = await stories.lapsed(town)
    state = await assert_sound(town, case_no)
    assert state.outcome is CaseOutcome.LAPSED
    assert state.stopped_by == stories.REGISTRY
    assert state.items[stories.REGISTRY].status is ItemStatus.LAPSED
    assert statuses(state, (stories.TAX, "simple-notice")) == {ItemStatus.UNDONE}
    began, ended = await town.until_event(case_no, NoticeBegan), await town.until_event(case_no, NoticeEnded)
    lapsed = await town.until_event(case_no, ItemLapsed)
    assert lapsed.window_ended_at == began.windows[stories.REGISTRY] <= lapsed.at
    # 20 days (公司法 240); a window whose last day is a holiday ends with the next working day (民法典 203).
    assert 20 <= round((lapsed.at - ended.at).total_seconds() / 86400) < 32
    late = await town.decide(case_no, stories.TAX)
    assert await town.until_answered(case_no, late) == [(409, "case-closed")]


async def test_taken_back_before_the_pivot_everything_is_undone_in_reverse_order(town: Town) -> None:
    case_no = await stories.cancelled(town)
    state = await assert_sound(town, case_no)
    assert state.outcome is CaseOutcome.CANCELLED
    assert undone(await town.journal(case_no)) == [NOTICE, FILING]
    again = await town.cancel(case_no)
    assert (again.status_code, again.json()["code"]) == (409, "case-closed")


async def test_while_the_pivot_is_decided_and_after_it_nothing_is_taken_back_and_the_case_goes_on(town: Town) -> None:
    closing = company(SMALL)
    await town.switch(closing, stories.REGISTRY, Silent())
    await town.switch(closing, stories.SEALS, Silent())
    case_no = await town.apply(closing)
    await town.skip_notice(case_no, "simple-notice")
    await town.until_items(case_no, ItemStatus.ACCEPTED, stories.REGISTRY)
    answer = await town.cancel(case_no)
    assert (answer.status_code, answer.json()["code"]) == (409, "pivot-being-decided")

    await town.decide(case_no, stories.REGISTRY)
    await town.until_items(case_no, ItemStatus.ACCEPTED, stories.SEALS)
    answer = await town.cancel(case_no)
    assert (answer.status_code, answer.json()["code"]) == (409, "pivot-passed")
    assert not (await town.view(case_no))["may_be_cancelled"]

    await town.decide(case_no, stories.SEALS)
    state = await assert_sound(town, case_no)
    assert state.outcome is CaseOutcome.COMPLETED
    assert undone(await town.journal(case_no)) == []


async def test_an_undoing_that_is_refused_becomes_an_operators_task(town: Town) -> None:
    case_no = await stories.undo_refused(town)
    state = await assert_sound(town, case_no)
    assert state.outcome is CaseOutcome.CANCELLED
    assert state.items[FILING].status is ItemStatus.UNDO_FAILED
    assert state.items[NOTICE].status is ItemStatus.UNDONE
    told = ["operator_task_opened", "decision_set_aside", "operator_task_settled", "case_closed"]
    assert [kind for kind in town.types(case_no) if kind in told] == told
    (late,) = of_kind(town.events(case_no), DecisionSetAside)
    assert (late.item, late.why) == (NOTICE, WhySetAside.WITHDRAWN)


async def test_a_refusal_after_the_pivot_undoes_nothing_and_waits_for_an_operator(town: Town) -> None:
    case_no = await stories.refused_after_pivot(town)
    state = await assert_sound(town, case_no)
    assert state.outcome is CaseOutcome.COMPLETED
    assert state.items[stories.BANK].status is ItemStatus.REFUSED
    assert state.items[stories.SEALS].status is ItemStatus.APPROVED
    assert undone(await town.journal(case_no)) == []
    for refusal, code in ((await town.settle(case_no, stories.BANK, town.bearer()), "not-allowed"),
                          (await town.settle(case_no, stories.BANK), "case-closed")):  # fmt: skip
        assert refusal.json()["code"] == code
