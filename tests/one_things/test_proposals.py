"""Cases begun by a department's event: proposed, confirmed, declined, lapsed; and what a bundle must say for it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from one_things import commands as c
from one_things import events as e
from one_things.application import Application
from one_things.bundle_file import parse_bundle
from one_things.case import CasePhase
from one_things.deciding import open_case
from one_things.evolving import fold
from one_things.faults import ApplicationRefused, CommandRefused
from one_things.plan import Plan
from one_things.planning import open_situations
from one_things.proposal_steps import ReckonConfirmation
from one_things.provisional import has_provisional_dates
from one_things.starting import confirmed_plan, filled_in, foreign_changes, proposal_of, proposed_plan
from one_things.steps import SubmitItem, deadlines
from one_things.yaml_file import FileRefused
from tests.one_things.given import OPENED_AT, SEALED, Story, a_digest
from tests.one_things.test_bundle_file import line_of
from tests.one_things.test_linked_changes import BUNDLE, FORM, TEXT

STARTING = BUNDLE.started_by[0]
EVENT = {
    "name": "测试申请人甲",
    "identity_number": "11010519491231002x",
    "address": "测试路九十九号",
    "registered_on": "2026-03-02",
    "more": "is not read",
}
ENDS_AT = datetime(2026, 3, 16, 16, tzinfo=UTC)


def a_proposed_plan() -> Plan:
    return proposed_plan(BUNDLE, STARTING, filled_in(BUNDLE, STARTING, EVENT), a_digest())


class Proposed(Story):
    """A case that an event began."""

    def __init__(self) -> None:
        opening = c.OpenCase(
            case_no="4419-2026-000018",
            plan=a_proposed_plan(),
            form=SEALED,
            owner="person:0",
            channel=e.Channel.WEB,
            proposal=proposal_of(BUNDLE, STARTING, filled_in(BUNDLE, STARTING, EVENT)),
        )
        self.now = OPENED_AT
        self.events = [open_case(opening, self.now)]
        self.state = fold(self.events)

    def reckoned(self, provisional: bool = False) -> "Proposed":
        """Until when to confirm is known."""
        self.when(
            c.RecordConfirmation(
                confirm_by=date(2026, 3, 16),
                ends_at=ENDS_AT,
                provisional=provisional,
                reckoning=self.state.confirmation.reckonings,
            )
        )
        return self


def confirmation() -> c.ConfirmCase:
    application = Application(answers={"moves_family": False}, form=FORM)
    plan = confirmed_plan(BUNDLE, application, a_digest(), date(2026, 3, 2), date(2026, 3, 3))
    return c.ConfirmCase(plan=plan, form=SEALED, channel=e.Channel.PHONE)


def test_nothing_is_submitted_before_the_applicant_confirms():
    story = Proposed()

    assert story.state.phase is CasePhase.PROPOSED
    assert story.steps() == (ReckonConfirmation(reckoning=0),)
    story.reckoned()
    assert story.steps() == ()
    with pytest.raises(CommandRefused, match="not confirmed") as refused:
        story.when(c.BeginSubmission(item="residence"))
    assert refused.value.code == "case-not-confirmed"


def test_what_is_confirmed_goes_on_like_any_application():
    story = Proposed().reckoned()

    assert story.when(confirmation()) == ["case_confirmed"]
    assert (story.state.phase, story.state.channel) == (CasePhase.OPEN, e.Channel.PHONE)
    assert story.state.handed_in_at == story.now
    assert story.steps() == (SubmitItem(item="residence"),)
    assert deadlines(story.state) == ()
    assert story.when(confirmation()) == []


def test_confirming_does_not_wait_for_the_day_to_be_reckoned():
    story = Proposed()

    assert story.when(confirmation()) == ["case_confirmed"]
    late = c.RecordConfirmation(confirm_by=date(2026, 3, 16), ends_at=ENDS_AT, provisional=False, reckoning=0)
    assert story.when(late) == []


def test_who_declines_ends_it_and_nothing_is_undone():
    story = Proposed().reckoned()

    assert story.when(c.Cancel(channel=e.Channel.WEB)) == ["case_declined", "case_closed"]
    assert (story.state.outcome, story.steps()) == (e.CaseOutcome.DECLINED, ())


def test_what_nobody_confirms_lapses():
    story = Proposed().reckoned()
    (deadline,) = deadlines(story.state)
    assert (deadline.at, deadline.command) == (ENDS_AT, c.LapseProposal())
    assert story.when(deadline.command) == []  # not yet

    story.now = ENDS_AT - timedelta(minutes=1)
    assert story.when(deadline.command) == ["case_closed"]
    assert story.state.outcome is e.CaseOutcome.NOT_CONFIRMED
    with pytest.raises(CommandRefused) as refused:
        story.when(confirmation())
    assert refused.value.code == "case-closed"


def test_a_provisional_day_is_reckoned_anew_before_anything_lapses_by_it():
    story = Proposed().reckoned(provisional=True)
    story.now = ENDS_AT - timedelta(minutes=1)

    assert story.when(c.LapseProposal()) == ["confirmation_doubted"]
    assert (deadlines(story.state), story.steps()) == ((), (ReckonConfirmation(reckoning=1),))
    old = c.RecordConfirmation(confirm_by=date(2026, 3, 16), ends_at=ENDS_AT, provisional=False, reckoning=0)
    assert story.when(old) == []
    story.reckoned()
    assert story.when(c.LapseProposal()) == ["case_closed"]


def test_a_provisional_day_that_has_come_is_final_also_where_no_calendar_was_published():
    story = Proposed().reckoned(provisional=True)
    story.now = ENDS_AT - timedelta(minutes=1)
    assert story.when(c.LapseProposal()) == ["confirmation_doubted"]

    story.reckoned(provisional=True)
    assert not story.state.confirmation.provisional
    assert story.when(c.LapseProposal()) == ["case_closed"]


def test_a_published_calendar_has_a_provisional_day_reckoned_at_once():
    story = Proposed().reckoned()
    assert story.when(c.LearnCalendar(publication=1)) == [], "its day is certain"

    story = Proposed().reckoned(provisional=True)
    assert has_provisional_dates(story.state)
    assert story.when(c.LearnCalendar(publication=1)) == ["calendar_known"]
    assert (deadlines(story.state), story.steps()) == ((), (ReckonConfirmation(reckoning=1),))
    story.reckoned()
    assert not has_provisional_dates(story.state)
    assert story.when(c.LearnCalendar(publication=1)) == []
    assert [deadline.command for deadline in deadlines(story.state)] == [c.LapseProposal()]


def test_the_event_fills_in_what_it_says_in_its_normal_form():
    form = filled_in(BUNDLE, STARTING, {**EVENT, "registered_on": " "})

    assert form == {
        "owner.name": "测试申请人甲",
        "owner.identity_number": "11010519491231002X",
        "home.address": "测试路九十九号",
    }
    proposal = proposal_of(BUNDLE, STARTING, form)
    assert proposal.filled == tuple(form)
    changed = foreign_changes(proposal, {"owner.name": "x", "owner.phone": "1"}, {"moves_family": True, "more": "y"})
    assert [fault.field for fault in changed] == ["form.owner.name", "answers.moves_family"]


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"identity_number": ""}, [("data.identity_number", "applicant-missing")]),
        ({"identity_number": None}, [("data.identity_number", "applicant-missing")]),
        ({"identity_number": "110105194912310021"}, [("data.identity_number", "identity-number-check-digit")]),
        (
            {"name": 5, "registered_on": "soon"},
            [("data.name", "value-not-text"), ("data.registered_on", "value-not-a-date")],
        ),
    ],
)
def test_an_event_that_does_not_fit_is_refused_by_its_own_fields(
    changes: dict[str, object], faults: list[tuple[str, str]]
):
    with pytest.raises(ApplicationRefused) as refused:
        filled_in(BUNDLE, STARTING, {**EVENT, **changes})  # type: ignore[dict-item]

    assert [(fault.field, fault.code) for fault in refused.value.faults] == faults


def test_a_version_that_ended_meanwhile_can_still_be_confirmed():
    ended = BUNDLE.model_copy(update={"valid_until": date(2026, 3, 2)})
    application = Application(answers={"moves_family": False}, form=FORM)

    assert confirmed_plan(ended, application, a_digest(), date(2026, 3, 2), date(2026, 3, 9)).items
    with pytest.raises(ApplicationRefused):
        confirmed_plan(ended, application, a_digest(), date(2026, 3, 3), date(2026, 3, 9))


@pytest.mark.parametrize(
    ("old", "new", "at", "code"),
    [
        ("department: land-registry\n", "department: land-office\n", "land-office", "department-unknown"),
        ("{owner.name: name, ", "{owner.nam: name, ", "owner.nam:", "field-unknown"),
        ("answers: {moves_family: false}", "answers: {moves_family: maybe}", "maybe", "option-unknown"),
        ("answers: {moves_family: false}", "answers: {moves: false}", "{moves: false}", "situation-unknown"),
        ("    applicant: owner.identity_number", "    applicant: owner.name", "applicant:", "applicant-unknown"),
        ("    applicant: owner.identity_number", "    applicant: owner.phone", "applicant:", "field-unknown"),
        ("confirm_within: 10", "confirm_within: 0", "confirm_within: 0", "model-greater-than-equal"),
        ("{id: home.address, title: {zh: 房屋坐落, en: Address}}",
         "{id: home.address, title: {zh: 房屋坐落, en: Address},\n"
         "     source: {department: police, dataset: homes, field: a, by: owner.phone}}",
         "fields: {owner.name", "event-field-held"),
    ],
)  # fmt: skip
def test_a_starting_event_must_say_enough(old: str, new: str, at: str, code: str):
    assert old in TEXT
    text = TEXT.replace(old, new, 1)

    with pytest.raises(FileRefused) as refused:
        parse_bundle(text, "new-home.yaml")

    assert (line_of(text, at), code) in [(fault.line, fault.code) for fault in refused.value.faults]


def test_an_event_whose_answers_are_barred_is_a_mistake():
    rule = (
        "rules:\n"
        "  - id: nobody\n"
        '    refuse_when: "!moves_family"\n'
        "    answer: moves_family\n"
        "    reason: {zh: 不予办理, en: Not handled}\n"
        "    fix: {zh: 请改办, en: Apply for something else}\n"
        "    source: {document: 测试规定}\n"
        "items:\n"
    )
    text = TEXT.replace("items:\n", rule, 1)

    with pytest.raises(FileRefused) as refused:
        parse_bundle(text, "new-home.yaml")

    found = [(fault.line, fault.code) for fault in refused.value.faults]
    assert (line_of(text, "answers: {moves_family: false}"), "event-barred") in found


def test_an_event_that_settles_no_item_leaves_everything_open():
    everywhere = TEXT.replace("    pivot: true\n", "    pivot: true\n    when: moves_family\n")
    limits = "    limits: {statutory: 5, committed: 1}\n"
    text = everywhere.replace(limits, f"{limits}    when: moves_family\n")
    text = text.replace("answers: {moves_family: false}", "answers: {}")

    with pytest.raises(FileRefused) as refused:
        parse_bundle(text, "new-home.yaml")

    assert (line_of(text, "answers: {}"), "event-leaves-open") in [(f.line, f.code) for f in refused.value.faults]


def test_what_the_event_leaves_unanswered_is_asked_when_confirming():
    starting = STARTING.model_copy(update={"answers": {}})
    plan = proposed_plan(BUNDLE, starting, filled_in(BUNDLE, starting, EVENT), a_digest())

    assert [item.id for item in plan.items] == ["residence", "water-account", "power-account"]
    assert [situation.id for situation in open_situations(BUNDLE, {})] == ["moves_family"]
    application = Application(answers={"moves_family": True}, form=FORM)
    whole = confirmed_plan(BUNDLE, application, a_digest(), date(2026, 3, 2), date(2026, 3, 3))
    assert [item.id for item in whole.items] == ["residence", "water-account", "power-account", "power-meter"]


def test_an_event_stands_once():
    again = TEXT + TEXT[TEXT.index("  - id: home-registered") :]

    with pytest.raises(FileRefused) as refused:
        parse_bundle(again, "new-home.yaml")

    assert [fault.code for fault in refused.value.faults] == ["event-twice"]
