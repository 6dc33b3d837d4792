"""A bundle tried out: one case of it in a city of its own, which is thrown away, with the waiting days skipped.

Real servers, simulated departments. What a person or a department has to do on the way is played, and said so.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple
from uuid import uuid4

import httpx
import yaml

from adapters.sandbox.control_routes import RecordScenario, Scenario
from adapters.sandbox.event_routes import EventAnswered
from adapters.sandbox.licences import data_set_of
from adapters.sandbox.records import SetRecord
from gateway.proposals import EventReceipt
from gateway.routes.applicants import CaseCreated
from gateway.views.case_view import CaseView
from one_things.application import Application
from one_things.case import CaseState, ItemStatus
from one_things.definition import Bundle, StartingEvent
from one_things.events import Event
from one_things.steps import deadlines
from runtime.authoring.acts_on_the_way import Doors, Stage, acts_on_the_way
from runtime.authoring.plays import Play, Plays, behaviour_of, starting_event
from runtime.case_drawing import whom_it_waits_for
from runtime.demo.activity import Activity
from runtime.demo.case_book import CaseBook
from runtime.demo.city_settings import settings_of
from runtime.demo.time_skipping import TimeMachine, waits_until
from runtime.embedded.city import City
from runtime.embedded.places import scratch_data_dir
from runtime.embedded.supervisor import Report
from runtime.settings import PREFIX
from runtime.wiring import connect_temporal, open_record
from security.tokens import Role
from workflows.handles import TemporalCases

_LOOK_AGAIN: Final = 0.5  # seconds, when nothing happens
_DECISION_SECONDS: Final = "0.05"
_APPLICANT: Final = "applicant-of-the-trial"


class TrialFailed(Exception):
    """The trial came to no end; the message says why in one line."""

    code = "trial-failed"


class Trial(NamedTuple):
    """What is tried: a bundle that passed its check, an application that passes the door, and what is to differ."""

    bundle: Bundle
    application: Application
    plays: Plays = Plays()
    patience: float = 60.0
    """After so many seconds without any event the case counts as stuck."""


class Happened(NamedTuple):
    """An event, with the case as it stood after it."""

    state: CaseState
    event: Event


class Played(NamedTuple):
    """Something that a person or a department has to do, done by the trial."""

    said: str


@contextlib.asynccontextmanager
async def under_way(trial: Trial, report: Report) -> AsyncIterator[Running]:
    """The trial in its own city, applied for. Raises TrialFailed, EmbeddedFault."""
    async with contextlib.AsyncExitStack() as opened:
        folder = opened.enter_context(scratch_data_dir("onething-trial"))
        city = await opened.enter_async_context(
            City(folder / "city", report=report, environment=_environment(trial.bundle, folder / "bundles"))
        )
        settings = settings_of(city.environment)
        record = await opened.enter_async_context(open_record(settings, "trial"))
        temporal = await connect_temporal(settings)
        doors = await opened.enter_async_context(_doors(city, _identity(trial)))
        for item, play in trial.plays.items.items():
            await _behave(doors, trial.bundle, item, play)
        for listed in _excluded(trial):
            await _tell(doors, "records", listed.model_dump_json())
        for licence in _licences(trial):
            await _tell(doors, "records", licence.model_dump_json())
        case_no = await _apply(doors, trial)
        book = CaseBook(record.events)
        await book.begin((case_no,))
        machine = TimeMachine(temporal, TemporalCases(temporal, settings.temporal_task_queue))
        running = Running(trial, case_no, book, machine, doors)
        following = asyncio.create_task(book.follow())
        try:
            yield running
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)


class Running:
    """A trial under way."""

    def __init__(self, trial: Trial, case_no: str, book: CaseBook, machine: TimeMachine, doors: Doors) -> None:
        self.case_no = case_no
        self._trial = trial
        self._book = book
        self._machine = machine
        self._doors = doors
        self._stage = Stage(doors, trial.bundle, trial.application, trial.plays)
        self._activity = Activity()
        self._heard: list[Happened] = []
        self._played: set[str] = set()
        book.tell(self._hear)

    async def to_its_end(self) -> AsyncIterator[Happened | Played]:
        """Everything that happens, until the case is closed. Raises TrialFailed when it gets stuck."""
        while True:
            ended = self._book.all_closed
            heard, self._heard = self._heard, []
            for happened in heard:
                yield happened
            if ended:
                return
            for state in self._book.open:
                acted = False
                for act in acts_on_the_way(state, self._stage):
                    if act.key not in self._played:
                        self._played.add(act.key)
                        acted = True
                        yield Played(act.said)
                        await act.do()
                until = waits_until(state) or (None if acted else self._next_wait(state))
                if until is not None:
                    await self._machine.skip(state, until)
            if self._activity.silent_for(self.case_no) > self._trial.patience:
                raise TrialFailed(f"the case does not go on: {whom_it_waits_for(await self.view())}")
            if self._book.open and self._book.open[0].tasks and not self._moves():
                raise TrialFailed(f"the case waits for an operator: {whom_it_waits_for(await self.view())}")
            await self._book.turn(_LOOK_AGAIN)

    async def view(self) -> CaseView:
        """The case as its applicant sees it."""
        answer = await self._doors.gateway.get(f"/cases/{self.case_no}")
        answer.raise_for_status()
        return CaseView.model_validate_json(answer.content)

    def _next_wait(self, state: CaseState) -> datetime | None:
        """What is skipped to because the author wants to see it pass: silence, a limit, a material that never comes."""
        plays, upcoming = self._trial.plays, deadlines(state)
        waits = any(
            (state.items[item].status is ItemStatus.RECEIVED and play is Play.SILENT)
            or (state.items[item].status is ItemStatus.ACCEPTED and play is Play.LATE)
            for item, play in plays.items.items()
            if item in state.items
        ) or any(
            material in state.deferrals and not state.deferrals[material].missed and not _under_way(state)
            for material in plays.missed
        )
        quiet = self._activity.silent_for(self.case_no) >= _QUIET
        return upcoming[0].at if waits and quiet and upcoming and not state.tasks else None

    def _moves(self) -> bool:
        """Whether something happened a moment ago, so that more may follow."""
        return self._activity.silent_for(self.case_no) < _A_MOMENT

    def _hear(self, state: CaseState, event: Event) -> None:
        self._activity.seen(self.case_no)
        self._heard.append(Happened(state, event))


def _under_way(state: CaseState) -> bool:
    """Whether a department is about to answer something."""
    return any(item.status is ItemStatus.SUBMITTED for item in state.items.values())


_QUIET: Final = 1.5  # seconds: what departments answer at once has been answered
_A_MOMENT: Final = 5.0  # seconds: quick departments and an idle machine answer in a tenth of it


def forget_other_cities() -> None:
    """Take the settings of any other city out of this process: a trial must never reach its record."""
    for name in [name for name in os.environ if name.startswith(PREFIX) and name != f"{PREFIX}LOG_LEVEL"]:
        del os.environ[name]


def _environment(bundle: Bundle, folder: Path) -> dict[str, str]:
    """The caller's environment without the settings of any city, and the bundle in a folder of its own."""
    folder.mkdir()
    written = yaml.safe_dump(bundle.model_dump(mode="json", exclude_defaults=True), allow_unicode=True)
    (folder / f"{bundle.bundle}.yaml").write_text(written, encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return kept | {
        f"{PREFIX}BUNDLE_DIRECTORY": str(folder),
        f"{PREFIX}SANDBOX_DECISION_SECONDS": _DECISION_SECONDS,
        f"{PREFIX}LOG_LEVEL": "warning",
    }


@contextlib.asynccontextmanager
async def _doors(city: City, identity: str | None) -> AsyncIterator[Doors]:
    settings = settings_of(city.environment)
    if settings.sandbox_control_token is None:
        raise TrialFailed("the city of the trial has no sandbox departments")
    token = city.secrets.token(_APPLICANT, Role.APPLICANT, identity=identity)
    control = settings.sandbox_control_token.get_secret_value()
    async with contextlib.AsyncExitStack() as opened:

        async def client(url: str, bearer: str) -> httpx.AsyncClient:
            headers = {"Authorization": f"Bearer {bearer}", "Accept": "application/json"}
            return await opened.enter_async_context(
                httpx.AsyncClient(base_url=url, headers=headers, timeout=30, trust_env=False)
            )

        yield Doors(
            gateway=await client(city.urls["gateway"], token),
            control=await client(f"{city.urls['departments']}/control", control),
            city=city,
        )


async def _behave(doors: Doors, bundle: Bundle, item_id: str, play: Play) -> None:
    item = next(one for one in bundle.items if one.id == item_id)
    scenario = Scenario(item=item_id, behaviour=behaviour_of(item, play))
    await _tell(doors, "scenarios", scenario.model_dump_json())


def _identity(trial: Trial) -> str | None:
    """Who may confirm what the event proposes; None where the applicant applies."""
    starting = starting_event(trial.bundle, trial.plays)
    return None if starting is None else str(trial.application.form[starting.applicant])


def _excluded(trial: Trial) -> Iterator[RecordScenario]:
    """The lists of those who may not promise, with the applicant on them."""
    for material in trial.bundle.materials:
        listed = material.commitment.excluded_by if material.commitment is not None else None
        if listed is not None and material.id in trial.plays.excluded:
            yield RecordScenario(
                department=listed.department,
                dataset=listed.dataset,
                subject=str(trial.application.form.get(listed.by, "")),
                entry=SetRecord(fields={listed.field: True}),
            )


def _licences(trial: Trial) -> Iterator[RecordScenario]:
    """The licences whose holder the applicant names: they are in that name."""
    form = trial.application.form
    for material in trial.bundle.materials:
        licence = material.licence
        if licence is None or licence.holder is None or material.id not in trial.application.authorisations:
            continue
        holder, number = form.get(licence.holder), form.get(licence.by)
        if holder is not None and isinstance(number, str):
            yield RecordScenario(
                department=licence.department,
                dataset=data_set_of(licence.type),
                subject=number,
                entry=SetRecord(fields={"holder": holder}),
            )


async def _tell(doors: Doors, path: str, body: str) -> None:
    """Tell the sandbox departments something. Raises TrialFailed."""
    answer = await doors.control.put(f"/{path}", content=body, headers={"Content-Type": "application/json"})
    if answer.is_error:
        raise TrialFailed(f"the sandbox departments refused to be told: {answer.text}")


async def _apply(doors: Doors, trial: Trial) -> str:
    """The number of the case: applied for, or begun by the event."""
    starting = starting_event(trial.bundle, trial.plays)
    if starting is not None:
        return await _begun(doors, trial, starting)
    body = {"bundle": trial.bundle.bundle, **trial.application.model_dump(mode="json")}
    answer = await doors.gateway.post("/cases", json=body, headers={"Idempotency-Key": uuid4().hex})
    if answer.is_error:
        raise TrialFailed(f"the application was not taken: {answer.text}")
    return CaseCreated.model_validate_json(answer.content).case_no


async def _begun(doors: Doors, trial: Trial, starting: StartingEvent) -> str:
    form = trial.application.model_dump(mode="json")["form"]
    data = {theirs: form[ours] for ours, theirs in starting.fields.items() if ours in form}
    event = {"gateway": doors.city.urls["gateway"], "type": starting.event, "data": data}
    answer = await doors.control.post(f"/departments/{starting.department}/events", json=event)
    if answer.is_error:
        raise TrialFailed(f"the event could not be sent: {answer.text}")
    answered = EventAnswered.model_validate_json(answer.content)
    if answered.status not in {201, 202}:
        raise TrialFailed(f"the event was not taken: {answered.answer}")
    return EventReceipt.model_validate_json(answered.answer).cases[0]
