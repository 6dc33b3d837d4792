"""Dates in a year whose calendar nobody has published: reckoned anew when they have come, and final after that."""

from collections.abc import Sequence

from one_things import events as e
from one_things.clock import CORRECTION_NOTICE_WORKING_DAYS, due_date, published_until, shanghai_date
from one_things.delivery import DeliveryStatus
from tests.flows import unpublished_stories as stories
from tests.flows.soundness import whole_record
from tests.flows.town import Town, in_order, of_kind
from tests.flows.unpublished_stories import BOTH, HYGIENE, INVENTORY, REVIEW, SUCCESSION


async def test_every_date_of_a_case_beyond_all_calendars_is_reckoned_anew_before_anything_follows_from_it(
    town: Town,
) -> None:
    case_no = await stories.succeeded(town)
    record = await whole_record(town, case_no)
    types = [event.type for event in record]
    (confirmed,) = of_kind(record, e.CaseConfirmed)
    assert shanghai_date(confirmed.at) > published_until()

    for item in (REVIEW, HYGIENE):
        of_item = [event.type for event in record if getattr(event, "item", "") == item]
        assert in_order(of_item, "item_accepted", "date_doubted", "date_reckoned", "limit_breached", "limit_escalated")
    joint = [event.type for event in record if getattr(event, "limit", "") == BOTH]
    assert joint[-4:] == [
        "joint_limit_doubted",
        "joint_limit_reckoned",
        "joint_limit_breached",
        "joint_limit_escalated",
    ]
    first, final = (event.dates for event in of_kind(record, e.JointLimitReckoned))
    assert (first.provisional, final.provisional, first.due_on) == (True, False, final.due_on)
    assert _once(types, "deferral_doubted", "material_missed")
    (missed,) = of_kind(record, e.MaterialMissed)
    promised, at_last = of_kind(record, e.MaterialDeferred)
    assert (promised.provisional, at_last.provisional) == (True, False)
    assert (missed.material, missed.due_on) == (INVENTORY, promised.due_on)

    (received,) = of_kind(record, e.ItemReceived, SUCCESSION)
    assert received.provisional
    assert received.deemed_on == due_date(received.handed_in_at, CORRECTION_NOTICE_WORKING_DAYS).date
    assert _once(types, "silence_doubted", "silence_reckoned", "item_deemed_accepted")

    assert _once(types, "delivery_doubted", "delivery_breached", "delivery_escalated")
    assert in_order(types, "delivery_began", "delivery_doubted", "delivery_breached", "paper_ready", "case_closed")
    state = (await town.closed(case_no)).deliveries[SUCCESSION]
    assert state.status is DeliveryStatus.PICKED_UP


async def test_a_proposal_lapses_on_its_day_although_no_calendar_was_published(town: Town) -> None:
    case_no = await stories.not_confirmed(town)
    record = await whole_record(town, case_no)
    assert _once([event.type for event in record], "confirmation_doubted", "case_closed")
    proposed, at_last = of_kind(record, e.ConfirmationReckoned)
    assert (proposed.provisional, at_last.provisional, proposed.ends_at) == (True, False, at_last.ends_at)
    (closed,) = of_kind(record, e.CaseClosed)
    assert closed.outcome is e.CaseOutcome.NOT_CONFIRMED
    assert closed.at >= proposed.ends_at


def _once(types: Sequence[str], *expected: str) -> bool:
    """Whether each of them happened once, in this order."""
    return in_order(types, *expected) and all(types.count(one) == 1 for one in expected)
