"""With each look-up the record says whose data, by which basis, for which items and which fields, and the answer."""

from datetime import UTC, datetime

from one_things import commands as c
from one_things import events as e
from one_things.looked_up import LookedUp
from tests.one_things.given import SEALED, Story, a_plan

TAX = "tax-clearance"
AS_OF = datetime(2026, 3, 1, tzinfo=UTC)


def made(**changes: object) -> LookedUp:
    said = {
        "department": "market-regulation",
        "source": "enterprise-basic",
        "kind": "shared_data",
        "by": "company.credit_code",
        "fields": ("name",),
        "basis": "政务数据共享条例",
        "answer": "found",
        "as_of": AS_OF,
    }
    return LookedUp.model_validate({**said, **changes})


def last(story: Story) -> LookedUp | None:
    looked_up: LookedUp | None = getattr(story.events[-1], "looked_up", None)
    return looked_up


def test_shared_data_names_every_item_that_needs_it():
    story = Story(a_plan())
    [lookup] = [one for one in story.state.plan.lookups if one.dataset == "enterprise-basic"]
    needing = tuple(item.id for item in story.state.plan.items if lookup.id in item.lookups)
    assert needing

    story.when(c.RecordSharedData(lookup=lookup.id, fields=SEALED, digest="d", looked_up=made()))
    assert last(story) == made(items=needing)


def test_that_nothing_is_held_is_a_look_up_too():
    story = Story(a_plan())
    [lookup] = [one.id for one in story.state.plan.lookups if one.dataset == "enterprise-basic"]

    answer = made(answer="not_found", as_of=None)
    assert story.when(c.RecordSharedData(lookup=lookup, fields=None, looked_up=answer)) == ["shared_data_missing"]
    kept = last(story)
    assert kept is not None
    assert (kept.answer, kept.cached) == ("not_found", False)


def test_a_source_that_answers_late_was_looked_up_as_well():
    story = Story(a_plan())
    [lookup] = [one.id for one in story.state.plan.lookups if one.dataset == "enterprise-basic"]
    story.when(c.RecordSourceDown(lookup=lookup))
    story.when(c.HandInInstead(lookup=lookup, form=SEALED, digest="d", channel=e.Channel.WEB))

    told = story.when(c.RecordSharedData(lookup=lookup, fields=SEALED, digest="d", looked_up=made(cached=True)))
    assert told == ["source_answered_late"]
    kept = last(story)
    assert kept is not None
    assert kept.cached


def test_it_survives_being_written_down_and_records_from_before_read_as_they_are():
    checked = {"at": AS_OF, "item": TAX, "outcome": e.CreditOutcome.CLEAR, "digest": "d"}
    event = e.CreditChecked(**checked, looked_up=made(kind="credit"))
    assert e.event_from_json(e.event_to_json(event)) == event

    before = e.CreditChecked(**checked)
    assert "looked_up" not in e.event_to_json(before)
    assert e.event_from_json(e.event_to_json(before)) == before
