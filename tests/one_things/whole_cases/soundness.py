"""What holds for every case whatever happened, read off its events and the states between them."""

from collections import Counter

from one_things import events as e
from one_things.case import PENDING, CasePhase, CaseState, ItemStatus
from one_things.evolving import fold
from one_things.hand_in import owed
from one_things.order import predecessors
from one_things.promises import reports_due
from tests.one_things.whole_cases.acts import AGENT
from tests.one_things.whole_cases.course import Course

_LIMIT_EVENTS = (e.LimitWarned, e.LimitBreached, e.LimitEscalated)
_JOINT_EVENTS = (e.JointLimitWarned, e.JointLimitBreached, e.JointLimitEscalated)


def check(course: Course) -> None:
    """Everything that holds at any moment."""
    before_each = [None, *course.states]
    for event, before, after in zip(course.events[1:], before_each[1:], course.states[1:], strict=False):
        assert before is not None
        _check_order(event, before)
        _check_pivot(event, before)
        _check_clock(event, before, after)
        _check_rest(event, before)
        _check_signatures(event, before)
        _check_materials(event, before, after)
        _check_agent(event, before)
    _check_fold(course)


def check_ended(course: Course) -> None:
    """What holds once a case has closed, beside all that."""
    state = course.state
    assert state.phase is CasePhase.CLOSED
    assert not state.tasks, "a person's task is left over"
    assert not {item.status for item in state.items.values()} & PENDING
    assert not any(item.to_withdraw for item in state.items.values())
    if state.stop_reason is not None:
        assert state.outcome == state.stop_reason.outcome
    if state.pivot_passed:
        assert state.outcome is e.CaseOutcome.COMPLETED
    assert sum(isinstance(event, e.CaseClosed) for event in course.events) == 1
    _check_everything_is_undone(course)
    _check_no_submission_is_forgotten(course)
    _check_money(course)
    _check_promises_are_told(course)


def _check_order(event: e.Event, before: CaseState) -> None:
    if isinstance(event, e.ItemSubmitted | e.SigningBegan):
        earlier = predecessors(before.plan)[event.item]
        statuses = {before.items[item].status for item in earlier}
        assert statuses <= {ItemStatus.APPROVED}, "an item started before its predecessors"
        assert before.phase is CasePhase.OPEN


def _check_pivot(event: e.Event, before: CaseState) -> None:
    if isinstance(event, e.CaseStopped | e.ItemUndone | e.MoneyGivenBack):
        assert not before.pivot_passed, f"{event.type} after the pivot"
    if isinstance(event, e.ItemUndone):
        assert before.phase is CasePhase.STOPPING
        order = predecessors(before.plan)
        later = [item for item in before.items if event.item in order[item] and _stands(before, item)]
        assert not later, "undone before what came after it"
    if isinstance(event, e.NoticeEnded):
        assert before.items[event.item].notice_ends_at is not None
        assert event.at >= before.items[event.item].notice_ends_at, "nobody shortens a public notice"
    if isinstance(event, e.ItemApproved):
        assert before.plan.item(event.item).notice is None, "a public notice ends by itself"


def _stands(state: CaseState, item_id: str) -> bool:
    """Whether it is approved and can be undone, or lies with its department."""
    item, planned = state.items[item_id], state.plan.item(item_id)
    undoable = item.status is ItemStatus.APPROVED and (planned.undo is not None or item.money is not None)
    return undoable or item.lies_with_department


def _check_clock(event: e.Event, before: CaseState, after: CaseState) -> None:
    if isinstance(event, _LIMIT_EVENTS) and event.procedure is None:
        assert not before.clock_stands(event.item), f"{event.type} while the clock stands"
    if isinstance(event, _JOINT_EVENTS):
        joint = next(limit for limit in before.plan.joint_limits if limit.id == event.limit)
        assert not any(before.clock_stands(item) for item in joint.items), f"{event.type} while the clock stands"
    for item_id, item in after.items.items():
        if item.status is ItemStatus.ACCEPTED and after.clock_stands(item_id):
            assert item.due_at is None, "a clock that stands has a due date"
            assert item.watch.dates is None, "a clock that stands has a due date"


def _check_rest(event: e.Event, before: CaseState) -> None:
    if before.rest is not None:
        assert not isinstance(event, e.ItemSubmitted), "begun while the case rests"
        assert not isinstance(event, e.ItemLapsed) or _is_window(event, before), "lapsed while the case rests"


def _is_window(event: e.Event, before: CaseState) -> bool:
    """The window that the law opens behind a notice (公司法 240) is not the case's to stop."""
    return isinstance(event, e.ItemLapsed) and before.items[event.item].window_ends_at is not None


def _check_signatures(event: e.Event, before: CaseState) -> None:
    match event:
        case e.SignatureGiven(item=item, party=party, digest=digest):
            planned, signing = before.plan.item(item).signing, before.items[item].signing
            assert planned is not None
            assert signing is not None
            assert party in planned.parties, "a stranger signed"
            assert not signing.signed(party), "signed twice"
            assert signing.digest == digest
            assert event.at < signing.ends_at or before.rest is not None, "signed after the time to sign"
        case e.ItemSubmitted(item=item) if before.plan.item(item).signing is not None:
            planned, signing = before.plan.item(item).signing, before.items[item].signing
            assert planned is not None
            assert signing is not None
            assert signing.corrections == len(before.corrections), "signed was another document"
            assert all(signing.signed(party) for party in planned.parties)


def _check_materials(event: e.Event, before: CaseState, after: CaseState) -> None:
    match event:
        case e.MaterialHandedIn(material=material):
            assert material not in before.handed_in, "a material was taken twice"
            assert material in {one.id for one in owed(before)}, "nobody had asked for it"
        case e.MaterialSupplied(item=item, material=material):
            assert material in before.items[item].lacks, "supplied twice"
    asked = [one.id for one in owed(after)]
    assert len(asked) == len(set(asked)), "a material is asked for twice at once"
    there = {*after.handed_in, *(material.id for material in after.plan.materials)}
    assert not there & set(asked), "a material is asked for that is there"


def _check_agent(event: e.Event, before: CaseState) -> None:
    if getattr(event, "by", None) == AGENT and not isinstance(event, e.SignatureGiven):
        assert before.mandates[AGENT].holds(event.at), "an agent acted without a mandate"


def _check_fold(course: Course) -> None:
    assert fold(course.events) == course.state
    assert course.state.version == len(course.events)
    assert CaseState.model_validate_json(course.state.model_dump_json()) == course.state
    rewritten = [e.event_from_json(e.event_to_json(event)) for event in course.events]
    assert rewritten == course.events


def _check_everything_is_undone(course: Course) -> None:
    if course.state.stop_reason is None:
        return
    for item in course.state.plan.items:
        if item.undo is not None:
            assert course.state.items[item.id].status is not ItemStatus.APPROVED, "not undone, and nobody was asked"


def _check_no_submission_is_forgotten(course: Course) -> None:
    """Each submission ends with its department: decided, given back, withdrawn, or a person was asked."""
    open_at: dict[str, int] = {}
    for event in course.events:
        match event:
            case e.ItemSubmitted(item=item, attempt=attempt):
                open_at[item] = attempt
            case (
                e.ItemApproved(item=item) | e.NoticeEnded(item=item) | e.ItemReturned(item=item)
                | e.ItemUndone(item=item) | e.SubmissionWithdrawn(item=item) | e.LinkedChangeGivenUp(item=item)
            ):  # fmt: skip
                open_at.pop(item, None)
            case e.ItemRefused(item=item, by_platform=False):
                open_at.pop(item, None)
            case e.OperatorTaskOpened(item=item, kind=e.TaskKind.UNDO_FAILED):
                open_at.pop(item, None)
    assert not open_at, f"departments still hold {open_at}"


def _check_money(course: Course) -> None:
    kept: Counter[str] = Counter()
    references: list[str] = []
    for event in course.events:
        match event:
            case e.PaymentConfirmed(role=role, amount_fen=fen):
                kept[role] += fen
            case e.PaymentReleased(amount_fen=fen):
                kept["deposit"] -= fen
            case e.MoneyGivenBack(item=item, amount_fen=fen):
                kept[course.state.plan.item(item).payment.role] -= fen
            case _:
                continue
        references.append(event.reference)
    assert len(references) == len(set(references)), "one confirmation moved money twice"
    assert kept["deposit"] == 0, "money in is not money out"
    if course.state.stop_reason is not None:
        assert kept["charge"] == 0, "a stopped case kept money"


def _check_promises_are_told(course: Course) -> None:
    """Who supervises a promise knows what became of every item that it went into."""
    assert reports_due(course.state) == ()
