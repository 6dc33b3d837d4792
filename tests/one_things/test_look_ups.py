"""Sources that are down, e-licences and credit records as rules: given what happened, when, then."""

import pytest

from one_things import commands as c
from one_things import events as e
from one_things.application import Application
from one_things.case import ItemStatus
from one_things.events import Channel
from one_things.faults import ApplicationRefused, CommandRefused, Fault
from one_things.hand_in import Why, owed
from one_things.licences import LicenceFault
from one_things.order import precedes_pivot
from one_things.planning import make_plan, needed_for
from one_things.preparing import CheckCredit, LookUpLicence, known_facts, materials_with, standing_licences
from one_things.sealed import Sealed
from one_things.steps import FetchSharedData, SubmitItem
from tests.one_things.given import SEALED, TODAY, Story, a_digest
from tests.one_things.stations import (
    ANSWERS,
    FILING,
    LICENCE,
    PERMIT,
    REGISTRY,
    STATION,
    TAX,
    a_plan,
    an_application,
)

HANDED = Sealed(suite="test", data="aGFuZGVk")
FETCHED = c.RecordSharedData(lookup=REGISTRY, fields=SEALED, digest="as-fetched")
STANDS = c.RecordLicence(material=LICENCE, verdict=c.LicenceStands(reference=SEALED, digest="d"))
FAILS = c.RecordLicence(material=LICENCE, verdict=c.LicenceFails(fault=LicenceFault.EXPIRED, digest="d"))
PAPER = c.HandInMaterials(materials={LICENCE: a_digest()}, channel=Channel.WEB)


def instead(digest: str = "as-handed") -> c.HandInInstead:
    return c.HandInInstead(lookup=REGISTRY, form=HANDED, digest=digest, channel=Channel.WEB)


def a_story(*, authorised: bool = True, chosen: tuple[str, ...] | None = None) -> Story:
    return Story(a_plan(authorised=authorised, chosen=chosen))


def refusal(story: Story, command: c.Command) -> str:
    with pytest.raises(CommandRefused) as refused:
        story.when(command)
    return refused.value.code


# --- sources that are down ------------------------------------------------------------------------------------------


def test_while_a_source_is_down_the_items_wait_and_what_was_handed_in_lets_them_go_on():
    story = a_story(authorised=False, chosen=(TAX,))
    story.when(c.RecordSourceDown(lookup=REGISTRY))
    assert story.steps() == (FetchSharedData(lookup=REGISTRY),)

    assert story.when(instead()) == ["handed_in_instead"]

    assert story.steps() == (SubmitItem(item=TAX),)
    assert known_facts(story.state, (REGISTRY,)) == (HANDED,)


def test_a_late_answer_never_takes_the_place_of_what_was_handed_in():
    story = a_story(authorised=False, chosen=(TAX,))
    story.when(c.RecordSourceDown(lookup=REGISTRY))
    story.when(instead())

    assert story.when(FETCHED) == ["source_answered_late", "operator_task_opened"]

    assert known_facts(story.state, (REGISTRY,)) == (HANDED,)
    assert story.state.facts[REGISTRY] == SEALED, "recorded beside it"
    assert [(task.item, task.kind) for task in story.state.tasks] == [(TAX, e.TaskKind.SOURCE_DIFFERS)]


def test_a_late_answer_that_says_the_same_is_noted_only():
    story = a_story(authorised=False, chosen=(TAX,))
    story.when(c.RecordSourceDown(lookup=REGISTRY))
    story.when(instead("as-fetched"))

    assert story.when(FETCHED) == ["source_answered_late"]
    assert story.when(FETCHED) == [], "said twice"


def test_a_source_that_holds_nothing_after_all_is_for_a_person_to_compare():
    story = a_story(authorised=False, chosen=(TAX,))
    story.when(c.RecordSourceDown(lookup=REGISTRY))
    story.when(instead())

    answered = story.when(c.RecordSharedData(lookup=REGISTRY, fields=None))

    assert answered == ["source_answered_late", "operator_task_opened"]


def test_only_what_does_not_answer_is_handed_in_instead():
    story = a_story(authorised=False, chosen=(TAX,))
    assert refusal(story, instead()) == "source-not-down"
    assert refusal(story, instead().model_copy(update={"lookup": "no.such"})) == "lookup-unknown"
    story.when(c.RecordSourceDown(lookup=REGISTRY))
    story.when(instead())
    assert story.when(instead()) == [], "the same again is a repeat"
    assert refusal(story, instead("another")) == "handed-in-already"

    answered = a_story(authorised=False, chosen=(TAX,))
    answered.when(FETCHED)
    assert refusal(answered, instead()) == "source-answered"


# --- e-licences -----------------------------------------------------------------------------------------------------


def test_a_licence_is_looked_up_when_its_turn_has_come_and_the_holder_is_known():
    story = a_story()
    assert story.steps() == (FetchSharedData(lookup=REGISTRY),)

    story.when(FETCHED)

    assert story.steps() == (LookUpLicence(material=LICENCE),)


def test_a_verified_licence_goes_along_in_place_of_the_paper_with_every_item():
    story = a_story()
    story.when(FETCHED)

    assert story.when(STANDS) == ["licence_verified"]

    assert story.steps() == (SubmitItem(item=FILING),)
    for item in (FILING, PERMIT):
        planned = story.state.plan.item(item)
        assert [licence.material for licence, _ in standing_licences(story.state, planned)] == [LICENCE]
        assert LICENCE not in {material.id for material in materials_with(story.state, planned)}
    assert story.when(FAILS) == [], "judged once"


def test_a_licence_that_fails_waits_for_the_paper():
    story = a_story()
    story.when(FETCHED)

    assert story.when(FAILS) == ["licence_rejected"]
    story.when(c.NoteAsked(item=FILING))

    assert story.steps() == ()
    assert [(one.id, one.why) for one in owed(story.state)] == [(LICENCE, Why.LICENCE_FAILED)]
    assert story.when(PAPER) == ["material_handed_in"]
    assert story.steps() == (SubmitItem(item=FILING),)
    planned = story.state.plan.item(FILING)
    assert standing_licences(story.state, planned) == ()
    assert LICENCE in {material.id for material in materials_with(story.state, planned)}
    assert story.when(PAPER) == []


def test_an_issuer_that_is_away_is_waited_for_or_the_paper_handed_in():
    story = a_story()
    story.when(FETCHED)
    away = c.RecordLicenceUnavailable(material=LICENCE)
    assert story.when(away) == ["licence_unavailable"]
    assert story.when(away) == [], "said once"
    assert story.steps() == (LookUpLicence(material=LICENCE),), "asking goes on"
    assert [(one.id, one.why) for one in owed(story.state)] == [(LICENCE, Why.LICENCE_UNAVAILABLE)]

    story.when(PAPER)

    assert story.steps() == (SubmitItem(item=FILING),)
    assert story.when(STANDS) == [], "what was handed in stays"


def test_a_verified_licence_needs_no_paper():
    story = a_story()
    story.when(FETCHED)
    story.when(STANDS)

    assert refusal(story, PAPER) == "material-not-awaited"


def test_without_authorisation_nothing_is_looked_up_and_the_paper_is_asked_for():
    story = a_story(authorised=False)
    assert story.state.plan.licences == ()
    assert LICENCE in {material.id for material in story.state.plan.materials}
    story.when(FETCHED)
    assert story.steps() == (SubmitItem(item=FILING),)


def test_the_authorisation_says_on_which_basis_and_which_fields():
    (planned,) = a_plan().licences

    assert (planned.by, planned.holder, planned.department) == (
        "company.credit_code",
        "company.name",
        "market-regulation",
    )
    assert "个人信息保护法" in planned.basis


def test_the_key_and_the_holder_of_an_authorised_licence_are_asked_for_or_fetched():
    with_licence = needed_for(STATION, ANSWERS, (PERMIT,), (LICENCE,))

    assert "company.credit_code" in {field.id for field in with_licence.fields}
    assert LICENCE not in {material.id for material in with_licence.materials}
    assert LICENCE in {material.id for material in needed_for(STATION, ANSWERS, (PERMIT,)).materials}


# --- credit records -------------------------------------------------------------------------------------------------


def at_the_permit() -> Story:
    """The filing is done, and the permit's turn has come."""
    story = a_story(authorised=False)
    story.when(FETCHED)
    return story.approved(FILING)


def test_the_credit_record_is_looked_up_before_the_submission_and_not_read_as_clear_while_it_is_away():
    story = at_the_permit()
    assert story.steps() == (CheckCredit(item=PERMIT),)
    assert story.when(c.RecordCreditUnavailable(item=PERMIT)) == ["credit_unavailable"]
    assert story.when(c.RecordCreditUnavailable(item=PERMIT)) == []
    assert story.steps() == (CheckCredit(item=PERMIT),)

    assert story.when(c.RecordCredit(item=PERMIT, digest="d", barred=False)) == ["credit_checked"]

    assert story.steps() == (SubmitItem(item=PERMIT),)
    assert story.state.items[PERMIT].credit_unavailable_since is None


def test_who_is_barred_is_refused_and_before_the_pivot_everything_is_undone():
    story = at_the_permit()
    assert precedes_pivot(story.state.plan, PERMIT)

    followed = story.when(c.RecordCredit(item=PERMIT, digest="d", barred=True))

    assert followed == ["credit_checked", "item_refused", "case_stopped"]
    refused = story.state.items[PERMIT]
    assert (refused.status, refused.code, refused.attempt) == (ItemStatus.REFUSED, "credit-barred", 0)
    assert refused.article == "《快递业务经营许可管理办法》第七条"
    assert not refused.to_withdraw, "its department never heard of it"


def test_the_credit_record_is_asked_once():
    story = at_the_permit()
    story.when(c.RecordCredit(item=PERMIT, digest="d", barred=False))

    assert story.when(c.RecordCredit(item=PERMIT, digest="d", barred=True)) == []


def test_an_operator_who_retries_what_the_credit_record_barred_has_it_asked_again():
    story = at_the_permit()
    plan = story.state.plan
    behind_the_pivot = tuple(
        item.model_copy(update={"pivot": item.id == FILING}) if item.pivot or item.id == FILING else item
        for item in plan.items
    )
    story = Story(plan.model_copy(update={"items": behind_the_pivot}))
    story.when(FETCHED)
    story.approved(FILING)
    story.when(c.RecordCredit(item=PERMIT, digest="d", barred=True))
    assert [task.kind for task in story.state.tasks] == [e.TaskKind.REFUSED_AFTER_PIVOT]

    story.when(c.RetryItem(item=PERMIT, operator="operator-1", credit_anew=True))
    assert CheckCredit(item=PERMIT) in story.steps(), "nobody would wait for anything otherwise"
    story.when(c.RecordCredit(item=PERMIT, digest="d2", barred=False))

    assert SubmitItem(item=PERMIT) in story.steps()


# --- at the door ----------------------------------------------------------------------------------------------------


def faults(**changes: object) -> dict[str, Fault]:
    application = an_application().model_copy(update=changes)
    with pytest.raises(ApplicationRefused) as refused:
        make_plan(STATION, application, a_digest(), TODAY)
    return {fault.field: fault for fault in refused.value.faults}


def test_authorisations_that_mean_nothing_are_refused():
    paper = an_application(authorised=False).materials

    found = faults(authorisations=("floor-plan", "passport", LICENCE, LICENCE))
    assert {field: fault.code for field, fault in found.items()} == {
        "authorisations.floor-plan": "authorisation-without-licence",
        "authorisations.passport": "material-unknown",
        f"authorisations.{LICENCE}": "authorisation-twice",
    }
    assert faults(materials=paper)[f"authorisations.{LICENCE}"].code == "authorisation-and-material"


def test_an_authorisation_that_no_chosen_item_needs_is_refused():
    form = an_application(chosen=(TAX,), authorised=False).form
    found = faults(chosen=(TAX,), form=form, materials=())

    assert found[f"authorisations.{LICENCE}"].code == "authorisation-not-needed"


def test_the_way_round_a_missing_paper_is_told():
    missing = faults(authorisations=())[f"materials.{LICENCE}"]

    assert missing.code == "material-missing"
    assert "authorise" in missing.fix.en


def test_a_choice_against_the_order_of_the_law_is_refused_with_its_source():
    found = faults(chosen=(PERMIT,), without=(FILING,))["without.0"]

    assert found.code == "choice-against-order"
    assert "《中华人民共和国邮政法》第五十一条" in found.reason.zh
    assert "Courier permit" in found.reason.en


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"without": ("make-coffee",)}, "item-unknown"),
        ({"chosen": (PERMIT,), "without": (PERMIT,)}, "item-chosen-and-unwanted"),
        ({"without": (TAX,)}, "item-unwanted"),
    ],
)
def test_items_that_cannot_be_left_out(changes: dict[str, object], code: str):
    assert faults(**changes)["without.0"].code == code


def test_leaving_out_what_nothing_requires_is_no_fault():
    application = an_application(chosen=(PERMIT,)).model_copy(update={"without": (TAX, "fire-inspection")})

    plan = make_plan(STATION, application, a_digest(), TODAY)

    assert [item.id for item in plan.items] == [FILING, PERMIT]
    assert plan.item(FILING).required_by == PERMIT
    assert plan.item(PERMIT).required_by is None


def test_answers_to_which_nothing_applies_are_refused_as_answers():
    only_with_warehouse = STATION.model_copy(
        update={"items": tuple(item for item in STATION.items if item.when is not None)}
    )
    with pytest.raises(ApplicationRefused) as refused:
        make_plan(only_with_warehouse, Application(answers=ANSWERS), a_digest(), TODAY)

    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("answers", "no-item-applies")]
