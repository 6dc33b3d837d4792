"""What is counted of how departments handle items."""

from datetime import UTC, date, datetime, timedelta

import pytest

from one_things import events as e
from one_things.case import CaseState
from one_things.evolving import evolve, fold
from one_things.handling import SILENCE, Figure, Lying, figure_of, lying
from tests.event_store.histories import SEALED, completed, opened, waiting_for_an_operator

CASE = "4419-2026-000017"
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
FIRST = date(2026, 3, 2)
TAX = "tax-clearance"


def at(days: float = 0, hours: float = 0) -> datetime:
    return MONDAY + timedelta(days=days, hours=hours)


def figures(*events: e.Event) -> list[Figure]:
    state, found = fold([opened(CASE)]), list[Figure]()
    for event in events:
        figure = figure_of(state, event)
        found += [figure] if figure is not None else []
        state = evolve(state, event)
    return found


def state_after(*events: e.Event) -> CaseState:
    return fold([opened(CASE), *events])


SUBMITTED = e.ItemSubmitted(at=at(), item=TAX, attempt=1)
ACCEPTED = e.ItemAccepted(
    at=at(hours=3),
    item=TAX,
    attempt=1,
    reference="税注-17",
    due_on=date(2026, 3, 16),
    due_at=datetime(2026, 3, 16, 16, 0, tzinfo=UTC),
)


def approved(moment: datetime) -> e.ItemApproved:
    return e.ItemApproved(at=moment, item=TAX, decision_id="d-1")


def test_hand_in_acceptance_and_decision_are_counted_with_the_time_they_took() -> None:
    assert figures(SUBMITTED, ACCEPTED, approved(at(days=4, hours=3))) == [
        Figure("tax", "enterprise-exit", TAX, FIRST, "handed_in", FIRST),
        Figure("tax", "enterprise-exit", TAX, FIRST, "accepted", FIRST, hours=3),
        Figure("tax", "enterprise-exit", TAX, date(2026, 3, 6), "approved", FIRST, hours=96, promised=10),
    ]


@pytest.mark.parametrize(
    ("took", "hours"),
    [(timedelta(seconds=1), 1), (timedelta(hours=1), 1), (timedelta(minutes=61), 2), (timedelta(hours=48), 48),
     (timedelta(hours=49), 72), (timedelta(days=9), 216)],
)  # fmt: skip
def test_hours_are_counted_singly_for_two_days_and_then_by_the_day(took: timedelta, hours: int) -> None:
    assert figures(SUBMITTED, approved(at() + took))[-1].hours == hours


def test_a_decision_without_acceptance_counts_from_this_attempts_submission() -> None:
    again = e.ItemSubmitted(at=at(days=9), item=TAX, attempt=2)
    correction = e.CorrectionRequested(at=at(days=1), item=TAX, attempt=1, decision_id="d-0", points=SEALED)
    answered = e.CorrectionAnswered(at=at(days=8), item=TAX, form=SEALED, channel=e.Channel.WEB)
    found = figures(SUBMITTED, ACCEPTED, correction, answered, again, approved(at(days=9, hours=2)))
    assert [one.measure for one in found] == ["handed_in", "accepted", "correction", "handed_in", "approved"]
    assert (found[-1].since, found[-1].hours, found[-1].late) == (date(2026, 3, 11), 2, False)


def test_a_return_says_why_and_whose_doing_it_was_and_a_final_one_is_no_decision_besides() -> None:
    returned = e.ItemReturned(
        at=at(hours=2), item=TAX, attempt=1, act_id="a-1",
        reason=e.ReturnReason.DUPLICATE, responsible=e.Responsible.APPLICANT,
    )  # fmt: skip
    refused = e.ItemRefused(at=at(hours=2), item=TAX, decision_id="a-1", code="returned-duplicate")
    assert [(one.measure, one.reason, one.responsible) for one in figures(SUBMITTED, returned, refused)] == [
        ("handed_in", "", ""),
        ("returned", "duplicate", "applicant"),
    ]


def test_what_the_platform_refuses_is_no_decision_of_the_department() -> None:
    refused = e.ItemRefused(at=at(hours=2), item=TAX, decision_id="p", code="material-missing", by_platform=True)
    assert [one.measure for one in figures(SUBMITTED, ACCEPTED, refused)] == ["handed_in", "accepted"]


def test_acceptance_by_silence_is_told_apart() -> None:
    received = e.ItemReceived(
        at=at(), item=TAX, attempt=1, reference="税注-17", handed_in_at=at(),
        deemed_on=date(2026, 3, 9), deemed_at=datetime(2026, 3, 9, 16, 0, tzinfo=UTC),
    )  # fmt: skip
    deemed = e.ItemDeemedAccepted(at=at(days=8), item=TAX, handed_in_at=at())
    accepted = ACCEPTED.model_copy(update={"at": at(days=8), "since": at()})
    found = figures(SUBMITTED, received, deemed, accepted)[-1]
    assert (found.measure, found.reason, found.late, found.day) == ("accepted", SILENCE, True, date(2026, 3, 10))
    # Its department has one more day to say something.
    assert lying(state_after(SUBMITTED, received), TAX) == Lying("department", datetime(2026, 3, 8, 16, 0, tzinfo=UTC))


def test_days_in_which_the_clock_stood_are_taken_off_once() -> None:
    began = e.SpecialProcedureBegan(at=at(days=1), item=TAX, attempt=1, act_id="p-1", procedure="visit", working_days=3)
    ended = e.SpecialProcedureEnded(at=at(days=3), item=TAX, attempt=1, act_id="p-2", procedure="visit")
    rested = e.CaseSuspended(at=at(days=2), channel=e.Channel.WEB, resumes_at=at(days=40))
    resumed = e.CaseResumed(at=at(days=5))
    found = figures(SUBMITTED, ACCEPTED, began, rested, ended, resumed, approved(at(days=6, hours=3)))[-1]
    assert found.stopped == ((date(2026, 3, 3), date(2026, 3, 5)), (date(2026, 3, 5), date(2026, 3, 7)))
    assert found.hours == 48
    assert not found.late


def test_late_is_what_is_decided_after_its_limit() -> None:
    assert not figures(SUBMITTED, ACCEPTED, approved(at(days=14, hours=14)))[-1].late
    assert figures(SUBMITTED, ACCEPTED, approved(at(days=14, hours=15)))[-1].late


def test_where_an_item_lies_and_from_when_it_is_late() -> None:
    assert lying(state_after(), TAX) == Lying()
    assert lying(state_after(SUBMITTED), TAX) == Lying("department")
    due = datetime(2026, 3, 16, 16, 0, tzinfo=UTC)
    assert lying(state_after(SUBMITTED, ACCEPTED), TAX) == Lying("department", due - timedelta(days=1), due)
    skipped = state_after(SUBMITTED, ACCEPTED).model_copy(update={"seconds_ahead": 86400})
    assert lying(skipped, TAX) == Lying("department", due - timedelta(days=2), due - timedelta(days=1))
    asked = e.CorrectionRequested(at=at(days=1), item=TAX, attempt=1, decision_id="d-0", points=SEALED)
    assert lying(state_after(SUBMITTED, ACCEPTED, asked), TAX) == Lying("applicant")
    assert lying(state_after(SUBMITTED, ACCEPTED, approved(at(days=1))), TAX) == Lying()


def test_nothing_lies_anywhere_once_a_case_is_closed() -> None:
    closed = fold(completed(CASE))
    assert [lying(closed, item.id) for item in closed.plan.items] == [Lying()] * 3
    assert [lying(fold(waiting_for_an_operator(CASE)), item.id).lies_with for item in closed.plan.items] == [None] * 3
