"""Both routes of enterprise exit, told by the rules alone."""

from one_things import commands as c
from one_things.case import CasePhase, ItemStatus
from one_things.events import CaseOutcome
from one_things.steps import CloseCase, FetchSharedData, SubmitItem
from tests.one_things.given import GENERAL, SEALED, Story, a_plan

BEFORE_THE_PIVOT = [
    "simple-notice",
    "tax-clearance",
    "social-insurance-closing",
    "medical-insurance-closing",
    "provident-fund-closing",
    "customs-closing",
]


def test_the_simple_route_begins_with_everything_that_waits_for_nothing():
    story = Story(a_plan())

    assert story.steps() == (FetchSharedData(lookup="market-regulation.enterprise-basic"),)

    story.when(c.RecordSharedData(lookup="market-regulation.enterprise-basic", fields=SEALED, digest="d"))

    assert story.steps() == tuple(SubmitItem(item=item) for item in BEFORE_THE_PIVOT)


def test_the_tax_status_is_looked_up_only_after_the_tax_item_is_decided():
    story = Story(a_plan()).approved(*BEFORE_THE_PIVOT)

    assert story.steps() == (FetchSharedData(lookup="tax.tax-clearance-status"),)


def test_the_simple_route_to_its_end():
    story = Story(a_plan()).approved(*BEFORE_THE_PIVOT, "registry-deregistration")

    assert story.state.pivot_passed
    assert story.steps() == (SubmitItem(item="seal-destruction"), SubmitItem(item="bank-account-closing"))

    story.approved("seal-destruction", "bank-account-closing")

    assert story.steps() == (CloseCase(outcome=CaseOutcome.COMPLETED),)
    assert story.when(c.Close(outcome=CaseOutcome.COMPLETED)) == ["case_closed"]
    assert story.state.phase is CasePhase.CLOSED
    assert story.steps() == ()


def test_the_general_route_pays_nobody_before_the_claims_are_in():
    story = Story(a_plan(GENERAL)).approved("liquidation-group-filing")

    assert story.steps() == (SubmitItem(item="general-notice"),)

    story.submitted("general-notice").taken("general-notice")

    assert story.steps() == (), "during the notice to creditors nothing else begins"

    story.when(c.EndNotice(item="general-notice"))

    assert story.steps() == tuple(
        SubmitItem(item=item)
        for item in (
            "tax-clearance",
            "social-insurance-closing",
            "medical-insurance-closing",
            "provident-fund-closing",
            "commerce-closing",
        )
    )


def test_the_general_route_to_its_end():
    story = Story(a_plan(GENERAL))
    story.approved(*(item.id for item in story.state.plan.items))

    assert story.steps() == (CloseCase(outcome=CaseOutcome.COMPLETED),)
    assert {item.status for item in story.state.items.values()} == {ItemStatus.APPROVED}


def test_a_department_may_decide_at_once():
    story = Story(a_plan()).submitted("tax-clearance")

    assert story.when(c.RecordReply(item="tax-clearance", attempt=1, reply=c.Done())) == ["item_approved"]


def test_what_a_department_does_not_hold_does_not_hold_the_item_up():
    story = Story(a_plan())
    story.when(c.RecordSourceDown(lookup="market-regulation.enterprise-basic"))
    assert story.state.sources_down == ("market-regulation.enterprise-basic",)
    assert story.steps() == (FetchSharedData(lookup="market-regulation.enterprise-basic"),), "it goes on asking"

    assert story.when(c.RecordSharedData(lookup="market-regulation.enterprise-basic", fields=None)) == [
        "shared_data_missing"
    ]
    assert story.state.sources_down == ()
    assert SubmitItem(item="tax-clearance") in story.steps()
