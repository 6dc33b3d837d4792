"""A calendar is published while cases wait for it: their dates are reckoned at once, without a release.

A city of its own: what is published stays published.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from one_things import events as e
from one_things.clock import OFFICIAL, due_date, published_until
from one_things.provisional import has_provisional_dates
from runtime.embedded.places import scratch_data_dir
from tests.flows import clock_stories as stories
from tests.flows.clock_stories import REVIEW
from tests.flows.soundness import assert_sound
from tests.flows.town import BUNDLES, Town, eventually, of_kind, open_town


@pytest.fixture(scope="module")
async def town() -> AsyncIterator[Town]:
    with scratch_data_dir("onething-calendar") as folder:
        async with open_town(folder / "city", ONETHING_BUNDLE_DIRECTORY=str(BUNDLES)) as opened:
            yield opened


def onething(town: Town, *arguments: str) -> subprocess.Popen[str]:
    """The command, on the database of this city."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ONETHING_")}
    assert town.settings.database_url is not None
    environment["ONETHING_DATABASE_URL"] = town.settings.database_url.get_secret_value()
    command = [sys.executable, "-m", "runtime.cli", "calendar", *arguments]
    return subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


async def test_all_open_cases_are_told_although_the_command_is_killed(town: Town, tmp_path: Path) -> None:
    case_nos = [await stories.provisional(town) for _ in range(3)]
    accepted = of_kind(town.events(case_nos[0]), e.ItemAccepted, REVIEW)[0]
    assert accepted.provisional
    assert accepted.due_on == due_date(accepted.at, 300).date
    shown = await town.view(case_nos[0])
    assert next(item for item in shown["items"] if item["id"] == REVIEW)["provisional"] is True
    first, second = stories.unpublished_years()
    file = tmp_path / f"{first.year}.json"
    file.write_text(first.model_dump_json(), encoding="utf-8")

    publishing = onething(town, "publish", str(file))
    await eventually(town.record.calendars.newest, lambda newest: newest == 1, "the publication")
    publishing.send_signal(signal.SIGKILL)
    publishing.communicate()

    known = OFFICIAL.with_years(first)
    for case_no in case_nos:
        told = await town.until_event(case_no, e.CalendarKnown)
        assert told.publication == 1
        reckoned = await town.until_event(case_no, e.DateReckoned, REVIEW)
        first_accepted = of_kind(town.events(case_no), e.ItemAccepted, REVIEW)[0]
        assert reckoned.due_on == due_date(first_accepted.at, 300, calendar=known).date != first_accepted.due_on
        assert reckoned.limit is not None
        assert reckoned.limit.statutory_on == due_date(first_accepted.at, 365, calendar=known).date

    again = onething(town, "publish", str(file))
    out, err = again.communicate(timeout=60)
    assert (again.returncode, "was published before, as 1" in out) == (0, True), out + err
    assert "every open case with provisional dates knows it" in out
    assert [len(of_kind(town.events(case_no), e.CalendarKnown)) for case_no in case_nos] == [1, 1, 1]

    await town.record.calendars.publish(second)
    for case_no in case_nos:
        state = await town.until(case_no, lambda state: not has_provisional_dates(state), "dates that are certain")
        assert state.calendar == 2
        joint = of_kind(town.events(case_no), e.JointLimitReckoned)[-1]
        assert not joint.dates.provisional
        for item in (REVIEW, stories.SURVEY):
            await town.decide(case_no, item)
        await assert_sound(town, case_no)

    shown_by = onething(town, "show")
    out, err = shown_by.communicate(timeout=60)
    assert shown_by.returncode == 0, err
    assert f"this release knows the days until {published_until()}" in out
    assert first.notice in out
    assert "no case waits to be told" in out


async def test_what_is_accepted_after_the_publication_goes_by_it_at_once(town: Town) -> None:
    known = OFFICIAL.with_years(*stories.unpublished_years())

    async def due_as_published() -> bool:
        case_no = await stories.under_review(town, "food-permit")
        accepted = of_kind(town.events(case_no), e.ItemAccepted, "food-permit")[0]
        for item in ("food-permit",):
            await town.decide(case_no, item)
        return accepted.due_on == due_date(accepted.at, 5, calendar=known).date and not accepted.provisional

    assert await due_as_published()


async def test_a_faulty_notice_is_refused_with_every_line_and_nothing_is_published(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "faulty.json"
    file.write_text(json.dumps({"year": 2040, "notice": "测试通知", "free_days": ["2040-01-01", "2041-05-01"]}))
    before = await town.record.calendars.newest()
    refused = onething(town, "publish", str(file))
    out, err = refused.communicate(timeout=60)
    assert refused.returncode == 2
    assert "2041-05-01 is not settled by the notice for 2040" in err
    assert "2040-10-01 is free by law and is missing" in err
    assert out == ""
    assert await town.record.calendars.newest() == before
