"""The file of departments changes while cases run: what it says is in force, and a broken one changes nothing."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from one_things.case import ItemStatus
from one_things.events import CaseOutcome, DepartmentUnreachable
from tests.flows import stories
from tests.flows.companies import SMALL, company
from tests.flows.soundness import assert_sound
from tests.flows.town import Town, eventually

TAX = stories.TAX
IN_FORCE = "the directory of departments is in force anew"
UNUSABLE = "the directory of departments cannot be used"


class Directory:
    """The town's file of departments, as an operator changes it."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self.file = town.city.secrets.departments.directory_file
        self.as_it_was = self.file.read_text()

    async def becomes(self, text: str, told: str = IN_FORCE) -> None:
        """Replace the file, tell the processes, and wait until both say what they made of it."""
        roles = ("serve", "worker")
        before = {role: self._said(role, told) for role in roles}
        new = self.file.with_suffix(".new")
        new.write_text(text)
        new.rename(self.file)
        for role in roles:
            os.kill(self._town.city.pids[role], signal.SIGHUP)

        async def said() -> list[str]:
            return [role for role in roles if self._said(role, told) > before[role]]

        await eventually(said, lambda those: len(those) == len(roles), f"both processes to say: {told}")

    def without(self, department: str) -> str:
        written = yaml.safe_load(self.as_it_was)
        del written["departments"][department]
        return yaml.safe_dump(written)

    def _said(self, role: str, told: str) -> int:
        return Path(self._town.city.logs / f"{role}.log").read_text().count(told)


@pytest.fixture
def directory(town: Town) -> Iterator[Directory]:
    opened = Directory(town)
    yield opened
    assert opened.file.read_text() == opened.as_it_was, "the next test finds the town as it was"


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
