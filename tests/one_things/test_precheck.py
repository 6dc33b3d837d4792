"""The pre-check says what an application would meet, and reckons dates from the promises alone."""

from datetime import UTC, date, datetime

from one_things.application import Application
from one_things.precheck import expectation, precheck
from tests.one_things.given import EXIT, GENERAL, SIMPLE, a_digest, a_plan, an_application

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # 10 o'clock in Shanghai


def test_a_complete_application_has_no_fault_and_a_date():
    found = precheck(EXIT, an_application(), a_digest(), MONDAY)

    assert found.faults == ()
    assert found.plan is not None
    assert found.expected is not None
    # The notice runs 20 calendar days from 2 March, to the 22nd, a Sunday; the registry has one working day after it,
    # Monday the 23rd; the seals and the bank one more.
    ends = {item.item: item.ends_on for item in found.expected.items}
    assert ends["simple-notice"] == date(2026, 3, 22)
    assert ends["registry-deregistration"] == date(2026, 3, 23)
    assert ends["seal-destruction"] == ends["bank-account-closing"] == date(2026, 3, 24)
    assert found.expected.ends_on == date(2026, 3, 24)
    assert found.expected.working_days == 16
    assert not found.expected.provisional


def test_side_by_side_items_begin_together_and_the_slowest_holds_up_what_comes_after():
    expected = {item.item: item for item in expectation(a_plan(SIMPLE), MONDAY).items}

    assert expected["tax-clearance"].begins_on == expected["social-insurance-closing"].begins_on == date(2026, 3, 2)
    assert expected["tax-clearance"].ends_on == date(2026, 3, 16)
    assert expected["social-insurance-closing"].ends_on == date(2026, 3, 3)
    assert expected["registry-deregistration"].begins_on == date(2026, 3, 22)


def test_the_general_route_counts_the_creditors_45_days_after_the_filing():
    expected = {item.item: item for item in expectation(a_plan(GENERAL), MONDAY).items}

    assert expected["liquidation-group-filing"].ends_on == date(2026, 3, 3)
    assert expected["general-notice"].calendar_days == 45
    assert expected["general-notice"].working_days is None
    assert expected["general-notice"].ends_on == date(2026, 4, 17)


def test_a_date_beyond_the_published_calendar_is_provisional_and_so_is_all_that_follows():
    late = datetime(2026, 12, 18, 2, 0, tzinfo=UTC)

    expected = expectation(a_plan(SIMPLE), late)

    by_item = {item.item: item for item in expected.items}
    assert not by_item["social-insurance-closing"].provisional
    assert by_item["registry-deregistration"].provisional
    assert by_item["seal-destruction"].provisional
    assert expected.provisional


def test_what_is_missing_and_what_bars_is_said_together_with_the_date():
    barred = {**SIMPLE, "pending_suit": True}

    found = precheck(EXIT, Application(answers=barred), a_digest(), MONDAY)

    codes = {fault.code for fault in found.faults}
    assert {"simple-route-pending-suit", "field-missing", "material-missing"} <= codes
    assert found.expected is not None


def test_open_answers_leave_the_plan_open_but_name_what_has_to_be_answered():
    found = precheck(EXIT, Application(), a_digest(), MONDAY)

    assert found.plan is None
    assert found.expected is None
    assert "answers.route" in {fault.field for fault in found.faults}


def test_what_comes_along_is_explained():
    found = precheck(EXIT, Application(answers=SIMPLE, chosen=("seal-destruction",)), a_digest(), MONDAY)

    assert found.came_along["registry-deregistration"] == "seal-destruction"


def test_what_departments_hold_is_fetched_and_not_asked():
    found = precheck(EXIT, Application(answers=SIMPLE), a_digest(), MONDAY)

    assert "company.name" not in {field.id for field in found.asked_fields}
    assert "market-regulation.enterprise-basic" in {lookup.id for lookup in found.fetched}
