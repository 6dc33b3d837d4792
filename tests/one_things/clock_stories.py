"""Stories about the clock: a small errand with limits, procedures and a joint limit, told day by day."""

from datetime import datetime, timedelta
from pathlib import Path

from one_things import commands as c
from one_things import events as e
from one_things.bundle_file import read_bundle
from one_things.clock import OFFICIAL, SHANGHAI, WorkingCalendar
from one_things.limit_dates import LimitToReckon, limit_dates
from one_things.reckoning import terms_of_item
from one_things.steps import deadlines
from tests.one_things.given import SEALED, Story, a_plan
from tests.one_things.reckoned import reckoned

CATERING = read_bundle(Path(__file__).parents[1] / "flows" / "bundles" / "catering-opening.yaml")
FOOD, FIRE, OPENING = "food-permit", "fire-safety", "opening"
CHECK, HEARING = "on-site-check", "hearing"


def moment(day: str, clock: str = "10:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=SHANGHAI)


class ClockStory(Story):
    """A story whose dates are reckoned as the activities do, and whose deadlines come as its time goes by."""

    def __init__(self, *, small: bool = False, calendar: WorkingCalendar = OFFICIAL, bundle=CATERING) -> None:
        super().__init__(a_plan({"small": small}, bundle=bundle))
        self.calendar = calendar
        self._acts = 0

    def at(self, day: str, clock: str = "10:00") -> "ClockStory":
        """Lets time go by until then: deadlines come, and what has to be reckoned is reckoned."""
        until = moment(day, clock)
        self.reckon()
        while (upcoming := deadlines(self.state)) and upcoming[0].at <= until:
            self.now = max(upcoming[0].at, self.now) - timedelta(minutes=1)
            self.when(upcoming[0].command)
            self.reckon()
        self.now = until - timedelta(minutes=1)
        return self

    def reckon(self) -> None:
        """Carries out the steps that reckon dates."""
        for command in reckoned(self.state, self.calendar):
            self.when(command)

    def accepted(self, *items: str) -> "ClockStory":
        """Each item is submitted and accepted now, with its dates."""
        for item in items:
            self.when(c.BeginSubmission(item=item))
            terms = terms_of_item(self.state.plan, item)
            assert terms is not None
            dates = limit_dates(LimitToReckon(begins_at=self.now + timedelta(minutes=1), terms=terms), self.calendar)
            taken = c.Taken(
                reference=f"受理-{item}",
                due_on=dates.due_on,
                due_at=dates.due_at,
                provisional=dates.provisional,
                limit=dates,
            )
            self.when(c.RecordReply(item=item, attempt=self.state.item(item).attempt, reply=taken))
        self.reckon()
        return self

    def begins(self, procedure: str = CHECK, item: str = FOOD, **about: object) -> list[str]:
        return self._acted(c.BeginProcedure(procedure=procedure, **self._about(item, about)))

    def ends(self, procedure: str = CHECK, item: str = FOOD, **about: object) -> list[str]:
        return self._acted(c.EndProcedure(procedure=procedure, **self._about(item, about)))

    def extends(self, item: str = FOOD, days: int | None = None, **about: object) -> list[str]:
        command = c.ExtendLimit(working_days=days, approver=SEALED, reason=SEALED, **self._about(item, about))
        return self._acted(command)

    def due(self, item: str = FOOD) -> str | None:
        due_on = self.state.item(item).due_on
        return due_on.isoformat() if due_on else None

    def told(self, *kinds: type[e.EventRecord]) -> list[tuple[str, str]]:
        """The events of these kinds: day and type."""
        return [
            (event.at.astimezone(SHANGHAI).date().isoformat(), event.type)
            for event in self.events
            if isinstance(event, kinds)
        ]

    def _acted(self, command: c.ActOfDepartment) -> list[str]:
        happened = self.when(command)
        self.reckon()
        return happened

    def _about(self, item: str, about: dict[str, object]) -> dict[str, object]:
        self._acts += 1
        standard = {
            "act_id": f"act-{self._acts}",
            "department": self.state.plan.item(item).department,
            "item": item,
            "attempt": self.state.item(item).attempt,
        }
        return {**standard, **about}
