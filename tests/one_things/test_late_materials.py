"""Materials after the application: deferred by a date, or coming into being on the way; late, twice, unasked."""

from datetime import timedelta
from pathlib import Path

import pytest

from one_things import commands as c
from one_things.application import Application
from one_things.bundle_file import read_bundle
from one_things.case import CasePhase, ItemStatus
from one_things.events import Channel, StopReason, TaskKind
from one_things.faults import CommandRefused
from one_things.hand_in import Why, lacking, materials_of, owed, waiting_for_applicant
from one_things.material_steps import ReckonDeferral, SupplyMaterial
from one_things.plan import HandedIn
from one_things.planning import application_faults, make_plan
from one_things.pointless import is_pointless
from one_things.provisional import has_provisional_dates
from one_things.steps import CloseCase, SubmitItem, UndoItem, deadlines
from tests.one_things.given import SEALED, TODAY, VALUES, Story, a_digest

SHOP = read_bundle(Path(__file__).parents[1] / "flows" / "bundles" / "shop-opening.yaml")
SHOP_ITEM, HYGIENE, FIRE, OPENING = "shop-registration", "hygiene-permit", "fire-check", "opening"
EQUIPMENT, CERTIFICATES, PHOTOS = "equipment-list", "health-certificates", "fire-photos"
NEW, OTHER = "sha-256:" + "1" * 64, "sha-256:" + "2" * 64


def shop_application(
    *, deferred: tuple[str, ...] = (), without: tuple[str, ...] = (), chosen: tuple[str, ...] | None = None
) -> Application:
    """An application for the shop that hands in all but what is deferred or left out."""
    listed = {m for item in SHOP.items if chosen is None or item.id in chosen for m in item.materials}
    fields = {f for item in SHOP.items if chosen is None or item.id in chosen for f in item.fields}
    missing = {*deferred, *without, PHOTOS}
    return Application(
        chosen=chosen,
        form={name: VALUES[name] for name in fields},
        materials=tuple(HandedIn(id=m.id, digest=a_digest()) for m in SHOP.materials if m.id in listed - missing),
        deferred=deferred,
    )


def shop(*, deferred: tuple[str, ...] = (), chosen: tuple[str, ...] | None = None) -> Story:
    """The case of that application, with the dates of what was deferred reckoned: five days each."""
    story = Story(make_plan(SHOP, shop_application(deferred=deferred, chosen=chosen), a_digest(), TODAY))
    for step in story.steps():
        if isinstance(step, ReckonDeferral):
            story.when(due(story, step.material))
    return story


def due(story: Story, material: str, *, provisional: bool = False) -> c.RecordDeferral:
    at = story.now + timedelta(days=5)
    return c.RecordDeferral(material=material, due_on=at.date(), due_at=at, provisional=provisional)


def hand_in(material: str, digest: str = NEW) -> c.HandInMaterials:
    return c.HandInMaterials(materials={material: digest}, channel=Channel.COUNTER)


def refusal(story: Story, command: c.Command) -> str:
    with pytest.raises(CommandRefused) as refused:
        story.when(command)
    return refused.value.code


def codes(application: Application) -> dict[str, str]:
    return {fault.field: fault.code for fault in application_faults(SHOP, application, TODAY)}


def test_a_deferred_material_is_no_fault_and_its_item_goes_ahead_without_it():
    assert codes(shop_application(deferred=(CERTIFICATES,))) == {}
    story = shop(deferred=(CERTIFICATES,))

    assert SubmitItem(item=HYGIENE) in story.steps()
    assert materials_of(story.state.plan, HYGIENE, story.state.handed_in) == ()
    story.when(c.BeginSubmission(item=HYGIENE))
    assert story.state.item(HYGIENE).lacks == (CERTIFICATES,)
    assert [(one.id, one.why, one.items) for one in owed(story.state)] == [
        (PHOTOS, Why.ON_THE_WAY, (FIRE,)),
        (CERTIFICATES, Why.DEFERRED, (HYGIENE,)),
    ]


def test_an_item_waits_until_it_is_known_by_when_its_material_comes():
    story = Story(make_plan(SHOP, shop_application(deferred=(CERTIFICATES,)), a_digest(), TODAY))

    assert ReckonDeferral(material=CERTIFICATES) in story.steps()
    assert SubmitItem(item=HYGIENE) not in story.steps()
    assert SubmitItem(item=SHOP_ITEM) in story.steps(), "nobody else waits for it"


@pytest.mark.parametrize(
    ("application", "expected"),
    [
        (shop_application(deferred=("application-form",)), {"deferred.application-form": "deferral-not-allowed"}),
        (shop_application(deferred=(CERTIFICATES, CERTIFICATES)), {f"deferred.{CERTIFICATES}": "deferral-twice"}),
        (shop_application(deferred=("love-letter",)), {"deferred.love-letter": "material-unknown"}),
        (
            shop_application(deferred=(CERTIFICATES,), chosen=(SHOP_ITEM,)),
            {f"deferred.{CERTIFICATES}": "material-not-needed"},
        ),
        (
            shop_application().model_copy(update={"deferred": (CERTIFICATES,)}),
            {f"deferred.{CERTIFICATES}": "deferral-and-handed-in"},
        ),
        (shop_application(without=(CERTIFICATES,)), {f"materials.{CERTIFICATES}": "material-missing"}),
    ],
)
def test_what_may_not_be_deferred(application: Application, expected: dict[str, str]):
    found = codes(application)

    assert expected.items() <= found.items()
    assert len(found) == len(expected) + (expected.get("deferred.application-form") is not None)


def test_what_comes_in_time_is_passed_on_once_to_every_department_that_lacks_it():
    story = shop(deferred=(CERTIFICATES,)).submitted(HYGIENE).taken(HYGIENE)

    assert not any(isinstance(step, SupplyMaterial) for step in story.steps())
    assert story.when(hand_in(CERTIFICATES)) == ["material_handed_in"]
    assert story.when(hand_in(CERTIFICATES)) == [], "the same again"
    assert refusal(story, hand_in(CERTIFICATES, OTHER)) == "material-handed-in"
    assert SupplyMaterial(item=HYGIENE, material=CERTIFICATES) in story.steps()
    supplied = c.RecordSupplied(item=HYGIENE, material=CERTIFICATES)
    assert story.when(supplied) == ["material_supplied"]
    assert story.when(supplied) == []
    assert not any(isinstance(step, SupplyMaterial) for step in story.steps())
    assert not [one for one in deadlines(story.state) if isinstance(one.command, c.MissMaterial)]


def test_a_department_that_will_not_take_it_leaves_it_to_a_person():
    story = shop(deferred=(CERTIFICATES,)).submitted(HYGIENE).taken(HYGIENE)
    story.when(hand_in(CERTIFICATES))

    refused = c.RecordSupplied(item=HYGIENE, material=CERTIFICATES, failed=True, refused=SEALED)
    assert story.when(refused) == ["material_supplied", "operator_task_opened"]
    assert [task.kind for task in story.state.tasks] == [TaskKind.MATERIAL_NOT_TAKEN]


def test_what_is_handed_in_before_the_submission_goes_with_it():
    story = shop(deferred=(CERTIFICATES,))
    story.when(hand_in(CERTIFICATES))

    story.submitted(HYGIENE)
    assert lacking(story.state, HYGIENE) == story.state.item(HYGIENE).lacks == ()
    assert [m.digest for m in materials_of(story.state.plan, HYGIENE, story.state.handed_in)] == [NEW]


def late(story: Story, material: str) -> Story:
    story.now = story.state.deferrals[material].due_at
    return story


def test_missing_in_time_refuses_its_item_and_stops_the_case_and_what_lies_there_is_withdrawn():
    story = late(shop(deferred=(CERTIFICATES,)).submitted(HYGIENE).taken(HYGIENE), CERTIFICATES)

    assert story.when(c.MissMaterial(material=CERTIFICATES)) == ["material_missed", "item_refused", "case_stopped"]
    assert story.state.item(HYGIENE).code == "material-missing"
    assert (story.state.phase, story.state.stop_reason) == (CasePhase.STOPPING, StopReason.REFUSED)
    assert story.steps() == (UndoItem(item=HYGIENE),)
    assert story.when(c.RecordUndone(item=HYGIENE)) == ["submission_withdrawn"]
    assert story.state.item(HYGIENE).status is ItemStatus.REFUSED
    assert isinstance(story.steps()[0], CloseCase)


def test_without_a_pivot_only_the_item_is_refused_and_its_department_is_told():
    story = late(shop(deferred=(CERTIFICATES,), chosen=(HYGIENE,)).submitted(HYGIENE).taken(HYGIENE), CERTIFICATES)

    assert story.when(c.MissMaterial(material=CERTIFICATES)) == ["material_missed", "item_refused"]
    assert story.state.phase is CasePhase.OPEN
    assert story.steps() == (UndoItem(item=HYGIENE),), "the case does not end before the department knows"
    failed = c.RecordUndone(item=HYGIENE, failed=True, refused=SEALED)
    assert story.when(failed) == ["submission_withdrawn", "operator_task_opened"]
    assert [task.kind for task in story.state.tasks] == [TaskKind.WITHDRAWAL_FAILED]


def test_missing_in_time_may_be_left_to_a_person_and_the_item_goes_on():
    story = late(shop(deferred=(EQUIPMENT,)).submitted(SHOP_ITEM).taken(SHOP_ITEM), EQUIPMENT)

    assert story.when(c.MissMaterial(material=EQUIPMENT)) == ["material_missed", "operator_task_opened"]
    assert story.when(c.MissMaterial(material=EQUIPMENT)) == []
    assert [task.kind for task in story.state.tasks] == [TaskKind.MATERIAL_MISSING]
    assert story.state.item(SHOP_ITEM).status is ItemStatus.ACCEPTED
    assert EQUIPMENT not in {one.id for one in owed(story.state)}


def test_what_was_approved_meanwhile_is_not_taken_back_by_a_machine():
    story = late(shop(deferred=(CERTIFICATES,)).approved(HYGIENE), CERTIFICATES)

    assert story.when(c.MissMaterial(material=CERTIFICATES)) == ["material_missed", "operator_task_opened"]
    assert story.state.item(HYGIENE).status is ItemStatus.APPROVED


@pytest.mark.parametrize("noticed", [True, False])
def test_late_is_late_whether_or_not_the_case_has_noticed_it(noticed: bool):
    story = late(shop(deferred=(EQUIPMENT,)).submitted(SHOP_ITEM).taken(SHOP_ITEM), EQUIPMENT)
    if noticed:
        story.when(c.MissMaterial(material=EQUIPMENT))
    before = story.state

    assert refusal(story, hand_in(EQUIPMENT)) == "material-late"
    assert story.state == before, "nothing is lost and nothing counted"


def test_a_provisional_date_is_reckoned_anew_before_anything_follows():
    story = Story(make_plan(SHOP, shop_application(deferred=(CERTIFICATES,)), a_digest(), TODAY))
    story.when(due(story, CERTIFICATES, provisional=True))
    late(story, CERTIFICATES)

    assert [one.command for one in deadlines(story.state)] == [c.DoubtDeferral(material=CERTIFICATES)]
    assert story.when(c.DoubtDeferral(material=CERTIFICATES)) == ["deferral_doubted"]
    assert story.when(c.DoubtDeferral(material=CERTIFICATES)) == []
    assert story.when(hand_in(CERTIFICATES)) == ["material_handed_in"], "it may still come"
    again = shop(deferred=(CERTIFICATES,))
    assert again.when(due(again, CERTIFICATES)) == [], "a date that is certain was promised"


def test_a_rest_moves_the_date_of_a_deferral_and_nothing_is_missed_meanwhile():
    story = shop(deferred=(CERTIFICATES,))
    story.when(c.BeginSubmission(item=HYGIENE))
    due_at = story.state.deferrals[CERTIFICATES].due_at
    story.when(c.SuspendCase(channel=Channel.WEB))
    assert [type(one.command) for one in deadlines(story.state)] == [c.ResumeCase]
    story.now = due_at
    assert story.when(c.MissMaterial(material=CERTIFICATES)) == []

    assert "case_resumed" in story.when(c.ResumeCase(channel=Channel.WEB))

    assert ReckonDeferral(material=CERTIFICATES, rests=1) in story.steps()
    assert story.when(c.MissMaterial(material=CERTIFICATES)) == [], "its date is being reckoned"
    assert story.when(due(story, CERTIFICATES)) == [], "reckoned before the rest was over"
    moved = due(story, CERTIFICATES).model_copy(update={"rests": 1})
    assert story.when(moved) == ["material_deferred"]
    assert story.state.deferrals[CERTIFICATES].due_at == moved.due_at
    assert c.MissMaterial(material=CERTIFICATES) in [one.command for one in deadlines(story.state)]
    assert not [step for step in story.steps() if isinstance(step, ReckonDeferral)]


def test_a_date_that_was_being_reckoned_when_a_rest_ended_is_asked_for_anew():
    story = shop(deferred=(CERTIFICATES,))
    story.when(c.BeginSubmission(item=HYGIENE))
    for rest in (1, 2):
        story.when(c.SuspendCase(channel=Channel.WEB))
        story.when(c.ResumeCase(channel=Channel.WEB))
        asked = ReckonDeferral(material=CERTIFICATES, rests=rest)
        assert asked in story.steps()
        assert not is_pointless(story.state, asked)
    overtaken = ReckonDeferral(material=CERTIFICATES, rests=1)
    assert is_pointless(story.state, overtaken), "or its answer, which counts no more, would be all that ever comes"


def test_what_was_due_in_the_rest_is_taken_during_it_and_after_it():
    for resumes in (False, True):
        story = shop(deferred=(CERTIFICATES,))
        story.when(c.BeginSubmission(item=HYGIENE))
        due_at = story.state.deferrals[CERTIFICATES].due_at
        story.when(c.SuspendCase(channel=Channel.WEB))
        story.now = due_at + timedelta(days=1)
        if resumes:
            story.when(c.ResumeCase(channel=Channel.WEB))
        assert story.when(hand_in(CERTIFICATES)) == ["material_handed_in"]


def test_a_published_calendar_throws_open_the_date_of_a_deferral_that_it_may_move():
    story = Story(make_plan(SHOP, shop_application(deferred=(EQUIPMENT, CERTIFICATES)), a_digest(), TODAY))
    story.when(due(story, EQUIPMENT))
    story.when(due(story, CERTIFICATES, provisional=True))
    assert has_provisional_dates(story.state)

    assert story.when(c.LearnCalendar(publication=1)) == ["calendar_known"]

    assert [step for step in story.steps() if isinstance(step, ReckonDeferral)] == [
        ReckonDeferral(material=CERTIFICATES, calendar=1)
    ]
    assert story.when(due(story, CERTIFICATES)) == [], "reckoned by the calendar of before"
    assert story.when(due(story, CERTIFICATES).model_copy(update={"calendar": 1})) == ["material_deferred"]
    assert not has_provisional_dates(story.state)


def test_in_a_plan_of_before_neither_a_rest_nor_a_calendar_moves_the_date_of_a_deferral():
    plan = make_plan(SHOP, shop_application(deferred=(CERTIFICATES,)), a_digest(), TODAY)
    story = Story(plan.model_copy(update={"deferrals_move": False}))
    story.when(due(story, CERTIFICATES, provisional=True))
    assert story.when(c.LearnCalendar(publication=1)) == []
    story.when(c.SuspendCase(channel=Channel.WEB))
    assert c.DoubtDeferral(material=CERTIFICATES) in [one.command for one in deadlines(story.state)]
    story.when(c.ResumeCase(channel=Channel.WEB))
    assert not [step for step in story.steps() if isinstance(step, ReckonDeferral)]


def test_a_case_does_not_end_while_a_deferred_material_may_still_come():
    story = shop(deferred=(CERTIFICATES,), chosen=(HYGIENE,)).approved(HYGIENE)

    assert story.steps() == ()
    story.when(hand_in(CERTIFICATES))
    story.when(c.RecordSupplied(item=HYGIENE, material=CERTIFICATES))
    assert [type(step) for step in story.steps()] == [CloseCase]


def test_an_item_waits_for_what_comes_into_being_on_the_way_and_the_applicant_is_named():
    story = shop()

    assert waiting_for_applicant(story.state) == {}, "not yet: the registration comes first"
    story.approved(SHOP_ITEM, HYGIENE)
    assert waiting_for_applicant(story.state) == {FIRE: (PHOTOS,)}
    story.when(c.NoteAsked(item=FIRE))
    assert story.steps() == (), "and the case stays open"
    assert story.when(hand_in(PHOTOS)) == ["material_handed_in"]
    assert story.steps() == (SubmitItem(item=FIRE),)
    assert [m.id for m in materials_of(story.state.plan, FIRE, story.state.handed_in)] == [PHOTOS]


@pytest.mark.parametrize(
    ("material", "code"), [("application-form", "material-not-awaited"), ("love-letter", "material-not-awaited")]
)
def test_what_nobody_waits_for_is_not_taken(material: str, code: str):
    assert refusal(shop(), hand_in(material)) == code


def test_a_stopped_case_takes_no_material():
    story = shop()
    story.when(c.Cancel(channel=Channel.WEB))

    assert refusal(story, hand_in(PHOTOS)) == "material-not-awaited"


def test_nobody_is_asked_for_what_only_items_that_never_start_need():
    plan = make_plan(
        SHOP, shop_application(deferred=(CERTIFICATES,), chosen=(SHOP_ITEM, FIRE, HYGIENE)), a_digest(), TODAY
    )
    story = Story(plan)
    story.when(due(story, CERTIFICATES))
    assert PHOTOS in {one.id for one in owed(story.state)}

    story.submitted(SHOP_ITEM).taken(SHOP_ITEM).when(story.decision(SHOP_ITEM, c.Verdict.REFUSED))
    assert story.state.phase is CasePhase.OPEN, "nothing of what is left lies before a pivot"
    assert [one.id for one in owed(story.state)] == [CERTIFICATES]
    assert refusal(story, hand_in(PHOTOS)) == "material-not-awaited"


def test_while_an_operator_may_set_it_going_again_its_material_is_asked_for():
    after_pivot = tuple(
        item.model_copy(update={"pivot": item.id == HYGIENE, "after": () if item.id == HYGIENE else item.after})
        for item in make_plan(SHOP, shop_application(), a_digest(), TODAY).items
    )
    plan = make_plan(SHOP, shop_application(), a_digest(), TODAY).model_copy(update={"items": after_pivot})
    story = Story(plan).approved(HYGIENE).submitted(SHOP_ITEM).taken(SHOP_ITEM)
    story.when(story.decision(SHOP_ITEM, c.Verdict.REFUSED))
    assert PHOTOS in {one.id for one in owed(story.state)}

    story.when(c.SettleTask(item=SHOP_ITEM, operator="operator-1", note=SEALED))
    assert owed(story.state) == ()
    assert isinstance(story.steps()[0], CloseCase)


def silent_about_what_was_passed_on(*, known: bool = True) -> Story:
    """The hygiene permit is approved while its department does not answer about the certificates."""
    plan = make_plan(SHOP, shop_application(deferred=(CERTIFICATES,), chosen=(HYGIENE,)), a_digest(), TODAY)
    story = Story(plan.model_copy(update={"left_behind_is_seen": known, "silence_hours": 24}))
    story.when(due(story, CERTIFICATES))
    story.submitted(HYGIENE).taken(HYGIENE).when(hand_in(CERTIFICATES))
    assert story.when(c.RecordUnreachable(item=HYGIENE)) == ["department_unreachable"]
    story.when(story.decision(HYGIENE, c.Verdict.APPROVED))
    return story


def test_an_approval_is_no_answer_about_what_was_passed_on_and_a_person_is_told_of_the_silence():
    story = silent_about_what_was_passed_on()
    assert SupplyMaterial(item=HYGIENE, material=CERTIFICATES) in story.steps()

    (silence,) = [one for one in deadlines(story.state) if isinstance(one.command, c.ReportSilence)]
    story.now = silence.at
    assert story.when(silence.command) == ["operator_task_opened"]
    assert [task.kind for task in story.state.tasks] == [TaskKind.DEPARTMENT_SILENT]
    assert story.when(c.RecordSupplied(item=HYGIENE, material=CERTIFICATES)) == ["material_supplied"]
    assert story.state.tasks == ()
    assert isinstance(story.steps()[0], CloseCase)


def test_in_a_plan_of_before_an_approval_ended_every_silence():
    story = silent_about_what_was_passed_on(known=False)

    assert not [one for one in deadlines(story.state) if isinstance(one.command, c.ReportSilence)]


def test_nothing_is_retried_before_what_lies_there_is_withdrawn():
    planned = make_plan(SHOP, shop_application(deferred=(CERTIFICATES,)), a_digest(), TODAY)
    items = tuple(
        item.model_copy(update={"pivot": item.id == SHOP_ITEM, "after": () if item.id == HYGIENE else item.after})
        for item in planned.items
    )
    story = Story(planned.model_copy(update={"items": items}))
    story.when(due(story, CERTIFICATES))
    story.approved(SHOP_ITEM).submitted(HYGIENE).taken(HYGIENE)
    late(story, CERTIFICATES)
    assert story.when(c.MissMaterial(material=CERTIFICATES)) == [
        "material_missed",
        "item_refused",
        "operator_task_opened",
    ]
    retry = c.RetryItem(item=HYGIENE, operator="operator-1")

    assert refusal(story, retry) == "withdrawal-open"
    story.when(c.RecordUndone(item=HYGIENE))
    assert story.when(retry) == ["item_retried"]
    assert story.state.item(HYGIENE).status is ItemStatus.WAITING
