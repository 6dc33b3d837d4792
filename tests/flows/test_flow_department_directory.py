"""The file of departments changes while cases run: what it says is in force, and a broken one changes nothing."""

from one_things.case import ItemStatus
from one_things.events import CaseOutcome, DepartmentUnreachable
from tests.flows import stories
from tests.flows.companies import SMALL, company
from tests.flows.directory import UNUSABLE, Directory
from tests.flows.soundness import assert_sound
from tests.flows.town import Town

TAX = stories.TAX


async def test_a_department_that_is_taken_out_is_waited_for_and_gets_each_submission_once(
    town: Town, directory: Directory
) -> None:
    await directory.becomes(directory.without("tax"))
    try:
        case_no = await town.apply(company(SMALL))
        await town.until_event(case_no, DepartmentUnreachable, TAX)
        await town.until_items(case_no, ItemStatus.NOTICE, "simple-notice")
        refused = await town.send_decision("tax", b"{}")
        assert (refused.status_code, refused.json()["code"]) == (401, "signature-key-unknown")
        assert not [key for key in (await town.journal(case_no)).keys if key.department == "tax"]
    finally:
        await directory.becomes(directory.as_it_was)
    await town.until_items(case_no, ItemStatus.APPROVED, TAX)
    await town.skip_notice(case_no, "simple-notice")
    assert (await assert_sound(town, case_no)).outcome is CaseOutcome.COMPLETED
    (sent,) = [key for key in (await town.journal(case_no)).keys if key.key == f"{case_no}:{TAX}:1"]
    assert (sent.times, sent.effects) == (1, 1)


async def test_a_new_department_that_answers_before_the_gateway_has_looked_is_known(
    town: Town, directory: Directory
) -> None:
    """A worker may have read the file first, and would have called it by now."""
    await directory.becomes(directory.without("tax"))
    async with directory.until_both_say():
        directory.write(directory.as_it_was)
        answer = await town.send_decision("tax", b"{}")
    assert (answer.status_code, answer.json()["code"]) == (422, "input-invalid")


def both_doors(town: Town) -> tuple[str, str]:
    return f"{town.city.urls['gateway']}/ready", f"{town.city.urls['worker']}/ready"


async def test_a_broken_file_is_told_and_cases_go_on(town: Town, directory: Directory) -> None:
    await directory.becomes("departments: [", told=UNUSABLE)
    try:
        for url in both_doors(town):
            ready = await town.http.get(url)
            assert (ready.status_code, ready.json()["departments"]) == (200, "stale")
        case_no = await town.apply(company(SMALL))
        await town.until_items(case_no, ItemStatus.APPROVED, TAX)
    finally:
        await directory.becomes(directory.as_it_was)
    for url in both_doors(town):
        assert (await town.http.get(url)).json()["departments"] == "ok"
    await town.skip_notice(case_no, "simple-notice")
    assert (await assert_sound(town, case_no)).outcome is CaseOutcome.COMPLETED
