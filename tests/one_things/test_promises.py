"""Commitments: a promise stands for a material or may not; its items wait to know; who supervises is told."""

import pytest

from one_things import commands as c
from one_things.application import Application, Promise
from one_things.case import ItemStatus
from one_things.events import Channel, TaskKind
from one_things.hand_in import Why, materials_of, owed
from one_things.plan import HandedIn
from one_things.planning import application_faults, make_plan
from one_things.promises import CheckExclusion, ReportCommitment, promises_of
from one_things.steps import CloseCase, SubmitItem
from tests.one_things.given import TODAY, Story, a_digest
from tests.one_things.test_late_materials import EQUIPMENT, NEW, SHOP, SHOP_ITEM, hand_in, shop_application

LEASE = "lease-contract"
WORDS = next(m.commitment.text for m in SHOP.materials if m.commitment is not None)


def promising(text: str = WORDS.zh, times: int = 1, **changes: object) -> Application:
    application = shop_application(without=(LEASE,), chosen=(SHOP_ITEM,))
    return application.model_copy(update={"commitments": (Promise(material=LEASE, text=text),) * times, **changes})


def promised(chosen: tuple[str, ...] | None = (SHOP_ITEM,)) -> Story:
    application = shop_application(without=(LEASE,), chosen=chosen)
    promise = Promise(material=LEASE, text=WORDS.zh)
    plan = make_plan(SHOP, application.model_copy(update={"commitments": (promise,)}), a_digest(), TODAY)
    return Story(plan)


def judged(*, excluded: bool, chosen: tuple[str, ...] | None = (SHOP_ITEM,)) -> Story:
    story = promised(chosen)
    story.when(c.RecordExclusion(material=LEASE, excluded=excluded))
    return story


def codes(application: Application) -> dict[str, str]:
    return {fault.field: fault.code for fault in application_faults(SHOP, application, TODAY)}


@pytest.mark.parametrize("words", [WORDS.zh, WORDS.en, f" {WORDS.zh}\n"])
def test_a_promise_in_the_words_that_were_shown_is_no_fault(words: str):
    assert codes(promising(words)) == {}


@pytest.mark.parametrize(
    ("application", "expected"),
    [
        (promising("我随便承诺一下"), {f"commitments.{LEASE}": "commitment-text-differs"}),
        (promising(times=2), {f"commitments.{LEASE}": "commitment-twice"}),
        (promising(deferred=(LEASE,)), {
            f"commitments.{LEASE}": "commitment-not-needed", f"deferred.{LEASE}": "deferral-not-allowed",
        }),
        (
            promising(commitments=(Promise(material=EQUIPMENT, text="x"),), materials=(
                HandedIn(id="application-form", digest=NEW), HandedIn(id=LEASE, digest=NEW),
            )),
            {f"commitments.{EQUIPMENT}": "commitment-not-allowed", f"materials.{EQUIPMENT}": "material-missing"},
        ),
        (
            promising(commitments=(Promise(material="love-letter", text="x"),)),
            {"commitments.love-letter": "material-unknown", f"materials.{LEASE}": "material-missing"},
        ),
    ],
)  # fmt: skip
def test_what_may_not_be_promised(application: Application, expected: dict[str, str]):
    assert codes(application) == expected


def test_its_item_waits_until_the_list_was_asked():
    story = promised()

    assert story.steps() == (CheckExclusion(material=LEASE),)
    unavailable = c.RecordExclusionUnavailable(material=LEASE)
    assert story.when(unavailable) == ["exclusion_unavailable"]
    assert story.when(unavailable) == []
    assert story.steps() == (CheckExclusion(material=LEASE),), "a list that is down is no empty list"


def test_a_promise_that_stands_goes_in_place_of_its_material():
    story = judged(excluded=False)

    assert story.steps() == (SubmitItem(item=SHOP_ITEM),)
    assert [one.material for one in promises_of(story.state, SHOP_ITEM)] == [LEASE]
    assert LEASE not in {m.id for m in materials_of(story.state.plan, SHOP_ITEM, story.state.handed_in)}
    assert story.when(c.RecordExclusion(material=LEASE, excluded=True)) == [], "asked once"


def test_who_may_not_promise_hands_the_material_in_and_is_told_why():
    story = judged(excluded=True)
    story.when(c.NoteAsked(item=SHOP_ITEM))

    assert story.steps() == ()
    assert [(one.id, one.why) for one in owed(story.state)] == [(LEASE, Why.EXCLUDED)]
    assert story.when(hand_in(LEASE)) == ["material_handed_in"]
    assert story.steps() == (SubmitItem(item=SHOP_ITEM),)
    assert LEASE in {m.id for m in materials_of(story.state.plan, SHOP_ITEM, story.state.handed_in)}
    assert promises_of(story.state, SHOP_ITEM) == ()
    story.approved(SHOP_ITEM)
    assert not [step for step in story.steps() if isinstance(step, ReportCommitment)]


@pytest.mark.parametrize(("verdict", "told"), [(c.Verdict.APPROVED, "approved"), (c.Verdict.REFUSED, "refused")])
def test_who_supervises_is_told_once_and_the_case_does_not_end_before(verdict: c.Verdict, told: str):
    story = judged(excluded=False).submitted(SHOP_ITEM).taken(SHOP_ITEM)
    story.when(story.decision(SHOP_ITEM, verdict))

    assert story.steps() == (ReportCommitment(item=SHOP_ITEM, material=LEASE, verdict=told),)
    report = c.RecordCommitmentReport(item=SHOP_ITEM, material=LEASE, verdict=told)
    assert story.when(report) == ["commitment_reported"]
    assert story.when(report) == []
    assert [type(step) for step in story.steps()] == [CloseCase]


def test_a_report_that_never_arrives_is_left_to_a_person():
    story = judged(excluded=False).approved(SHOP_ITEM)
    failed = c.RecordCommitmentReport(item=SHOP_ITEM, material=LEASE, verdict="approved", failed=True)

    assert story.when(failed) == ["commitment_report_failed", "operator_task_opened"]
    assert [task.kind for task in story.state.tasks] == [TaskKind.COMMITMENT_UNREPORTED]
    assert story.steps() == ()


def test_an_approval_that_is_undone_is_told_as_withdrawn():
    story = judged(excluded=False, chosen=None).approved(SHOP_ITEM)
    story.when(c.RecordCommitmentReport(item=SHOP_ITEM, material=LEASE, verdict="approved"))
    story.when(c.Cancel(channel=Channel.WEB))
    story.when(c.RecordUndone(item=SHOP_ITEM))

    assert story.state.item(SHOP_ITEM).status is ItemStatus.UNDONE
    assert story.steps() == (ReportCommitment(item=SHOP_ITEM, material=LEASE, verdict="withdrawn"),)
