"""Both routes to the end, and one chosen item: everything done once, in order, with its results."""

from one_things.case import ItemStatus
from one_things.events import CaseOutcome, ItemApproved, ItemSubmitted
from tests.flows import stories
from tests.flows.companies import CONTACT, SIMPLE, company
from tests.flows.soundness import assert_sound
from tests.flows.town import Town, in_order, of_kind


async def test_the_simple_route_ends_with_everything_done(town: Town) -> None:
    case_no = await stories.simple(town)
    state = await assert_sound(town, case_no)
    assert state.outcome is CaseOutcome.COMPLETED
    assert {item.status for item in state.items.values()} == {ItemStatus.APPROVED}
    assert state.pivot_passed
    approved = [event.item for event in of_kind(town.events(case_no), ItemApproved)]
    assert in_order(approved, stories.TAX, stories.REGISTRY, stories.SEALS)
    assert in_order(approved, stories.REGISTRY, stories.BANK)
    assert state.seconds_ahead > 19 * 86400, "the notice of 20 days was skipped, and the record says so"
    view = await town.view(case_no)
    issued = {result["id"]: result["reference"] for result in view["results"] if result["issued"]}
    assert {"deregistration-notice", "business-licence-withdrawn", "seals-destroyed"} <= set(issued)
    assert view["progress"]["done"] == view["progress"]["total"] == len(state.items)


async def test_the_general_route_goes_through_all_nine_departments(town: Town) -> None:
    case_no = await stories.general(town)
    state = await assert_sound(town, case_no)
    assert state.outcome is CaseOutcome.COMPLETED
    assert len({item.department for item in state.plan.items}) == 9
    journal = await town.journal(case_no)
    assert len({key.department for key in journal.keys}) == 9
    assert {key.times for key in journal.keys} == {1}, "nothing was sent twice where nothing went wrong"
    submitted = [event.item for event in of_kind(town.events(case_no), ItemSubmitted)]
    assert submitted[:2] == ["liquidation-group-filing", "general-notice"]
    assert set(submitted[2:8]) == {stories.TAX, *stories.SIDE_BY_SIDE}
    assert submitted[8] == stories.REGISTRY
    assert set(submitted[9:]) == {stories.SEALS, stories.BANK}


async def test_one_chosen_item_needs_nothing_else(town: Town) -> None:
    case_no = await stories.chosen(town)
    state = await assert_sound(town, case_no)
    assert state.outcome is CaseOutcome.COMPLETED
    assert list(state.items) == ["medical-insurance-closing"]
    assert {key.department for key in (await town.journal(case_no)).keys} == {"medical-insurance"}


async def test_departments_see_what_their_item_needs_and_nothing_else(town: Town) -> None:
    """The bank's number goes to the bank alone; the applicant's contact reaches who needs it (最小必要)."""
    asked = company(SIMPLE, chosen=("medical-insurance-closing",)).application["form"]
    assert set(asked) == {"company.credit_code", "contact.name", "contact.phone"}
    assert asked["contact.name"] == CONTACT
