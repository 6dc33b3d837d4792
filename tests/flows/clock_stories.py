"""How the clock of a case can go: procedures, an extension, breaches, a rest; each story drives a case to its end."""

from datetime import date

from adapters.sandbox.behaviours import Procedures, Silent
from one_things.case import CaseState, ItemStatus
from one_things.clock import FREE_EVERY_YEAR, CalendarYear, published_until
from one_things.provisional import has_provisional_dates
from tests.flows.companies import Company, credit_code
from tests.flows.stories import Story
from tests.flows.town import Condition, Town

FOOD, FIRE, OPENING = "food-permit", "fire-safety", "opening"
CHECK = "on-site-check"
REVIEW, SURVEY = "review", "survey"
REASON = "情况复杂，需补充论证（模拟）"


def caterer(*, small: bool = False) -> Company:
    """A company that opens a restaurant."""
    code = credit_code()
    return Company(
        code,
        {
            "bundle": "catering-opening",
            "answers": {"small": small},
            "form": {"company.credit_code": code},
            "channel": "web",
        },
    )


async def under_review(town: Town, *items: str, small: bool = False) -> str:
    """A case whose permits are accepted and lie there; those of ``items`` until somebody decides."""
    opening = caterer(small=small)
    for item in items:
        await town.switch(opening, item, Silent())
    answer = await town.post_application(opening)
    assert answer.status_code in (201, 202), answer.text
    case_no = str(answer.json()["case_no"])
    await town.until_items(case_no, ItemStatus.ACCEPTED, *items)
    return case_no


async def acted(town: Town, case_no: str, item: str, act: str, **about: object) -> None:
    answer = await town.act(case_no, item, act, **about)
    assert (answer.status_code, answer.json()) == (200, {"outcome": "counted"}), answer.text


def reckoned(item: str) -> Condition:
    return lambda state: state.items[item].due_on is not None and not state.items[item].date_in_doubt


async def stopped_and_extended(town: Town) -> str:
    """An on-site check stops the clock and outlasts its time; then the limit is extended, and the permit granted."""
    case_no = await under_review(town, FOOD)
    await acted(town, case_no, FOOD, "procedure_begun", procedure=CHECK)
    await town.skip_until(case_no, _check_breached, "the check to last longer than promised")
    await acted(town, case_no, FOOD, "procedure_ended", procedure=CHECK)
    await town.until(case_no, reckoned(FOOD), "the date after the check")
    await acted(town, case_no, FOOD, "extended", approver="测试负责人戊", reason=REASON)
    await town.until(case_no, lambda state: _extension_in(state) == 5, "the date with the extension")
    await town.decide(case_no, FOOD)
    await town.closed(case_no)
    return case_no


async def inspected(town: Town) -> str:
    """The department begins its on-site check by itself, ends it, and grants the permit."""
    opening = caterer()
    await town.switch(opening, FOOD, Procedures(lasts_seconds=1.0, delay_seconds=2.0))
    answer = await town.post_application(opening)
    assert answer.status_code in (201, 202), answer.text
    case_no = str(answer.json()["case_no"])
    await town.closed(case_no)
    return case_no


async def breached_and_escalated(town: Town) -> str:
    """Nobody decides: warned, breached by promise and by law, told to both levels; the joint limit as well."""
    case_no = await under_review(town, FOOD, FIRE)
    await town.skip_until(case_no, _all_breached, "every limit to pass")
    for item in (FOOD, FIRE):
        await town.decide(case_no, item)
    await town.closed(case_no)
    return case_no


async def rested(town: Town) -> str:
    """The applicant rests the case, goes on, rests it until the longest rest is over, and it ends."""
    case_no = await under_review(town, FOOD, FIRE)
    assert (await town.suspend(case_no)).status_code == 200
    assert (await town.resume(case_no)).status_code == 200
    await town.until(case_no, reckoned(FOOD), "the date after the rest")
    assert (await town.suspend(case_no)).status_code == 200
    await town.until(case_no, lambda state: state.rest is not None, "the second rest")
    await town.skip_until(case_no, lambda state: state.rest is None, "the longest rest to be over")
    await town.until(case_no, reckoned(FOOD), "the date after the longest rest")
    for item in (FOOD, FIRE):
        await town.decide(case_no, item)
    await town.closed(case_no)
    return case_no


async def calendar_published(town: Town) -> str:
    """A review lasts beyond every calendar that is known; the next two years are published, and its date moves."""
    case_no = await provisional(town)
    before = (await town.cases.state(case_no)).items[REVIEW].due_on
    for year in unpublished_years():
        await publish(town, year)
    await town.until(case_no, lambda state: not has_provisional_dates(state), "dates that are certain")
    assert (await town.cases.state(case_no)).items[REVIEW].due_on != before
    for item in (REVIEW, SURVEY):
        await town.decide(case_no, item)
    await town.closed(case_no)
    return case_no


async def provisional(town: Town) -> str:
    """A case whose date lies in a year without a calendar."""
    reviewed = Company(code := credit_code(), {**caterer().application, "bundle": "long-review", "answers": {}})
    reviewed.application["form"] = {"company.credit_code": code}
    for item in (REVIEW, SURVEY):
        await town.switch(reviewed, item, Silent())
    answer = await town.post_application(reviewed)
    assert answer.status_code in (201, 202), answer.text
    case_no = str(answer.json()["case_no"])
    state = await town.until_items(case_no, ItemStatus.ACCEPTED, REVIEW, SURVEY)
    state = await town.until(case_no, lambda state: state.joint["both"].watch.dates is not None, "the joint limit")
    assert has_provisional_dates(state)
    return case_no


def unpublished_years() -> list[CalendarYear]:
    """Holiday notices, made up, for the two years that no release knows: the first week of March is free in both."""
    first = published_until().year + 1
    years = []
    for year in (first, first + 1):
        free = [date(year, month, day) for month, day in FREE_EVERY_YEAR]
        free += [date(year, 3, day) for day in range(1, 8)]
        years.append(CalendarYear(year=year, notice=f"测试通知{year}", free_days=tuple(sorted(free)), make_up_days=()))
    return years


async def publish(town: Town, year: CalendarYear) -> None:
    """As `onething calendar publish` does."""
    await town.record.calendars.publish(year)


def _check_breached(state: CaseState) -> bool:
    # Told to the first level at once, but after the breach itself: who went on at the breach would come in between.
    return any(run.watch.breached and run.watch.escalated for run in state.items[FOOD].procedures)


def _extension_in(state: CaseState) -> int:
    dates = state.items[FOOD].watch.dates
    return dates.extension_days if dates else 0


def _all_breached(state: CaseState) -> bool:
    items = all(
        state.items[item].watch.breached_statutory and len(state.items[item].watch.escalated) == 2
        for item in (FOOD, FIRE)
    )
    return items and len(state.joint["permits"].watch.escalated) == 2


CLOCK_STORIES: dict[str, Story] = {
    "stopped-and-extended": stopped_and_extended,
    "inspected": inspected,
    "breached-and-escalated": breached_and_escalated,
    "rested": rested,
    "calendar-published": calendar_published,
}
"""Every branch of the clock, under the name of its recorded history."""
