"""The embedded city as its users, its departments and its operators see it: apply, be decided about, watch, skip days.

Everything is awaited by the record: nothing here sleeps in the hope that something has happened meanwhile.
"""

import asyncio
import contextlib
import itertools
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
from temporalio.client import Client

from adapters.sandbox.behaviours import Behaviour, Operation
from adapters.sandbox.journal import Journal
from event_store.errors import StoreUnavailable
from event_store.record import BEGINNING
from one_things.case import CasePhase, CaseState, ItemStatus
from one_things.events import Event, EventRecord, event_from_json
from one_things.evolving import evolve
from one_things.steps import Deadline, deadlines
from runtime.demo.city_settings import settings_of
from runtime.demo.time_skipping import TimeMachine
from runtime.embedded.city import City
from runtime.settings import Settings
from runtime.wiring import OpenRecord, connect_temporal, open_record
from security.signatures import sign
from security.tokens import Role
from tests.contract.control import Control
from tests.flows.companies import COMPANY, Company
from workflows.handles import TemporalCases

BUNDLES = Path(__file__).parent / "bundles"
"""Small bundles of the tests, offered beside the shipped ones."""
PATIENCE = 60.0
"""Seconds: far more than anything here takes, so that a slow machine fails no test."""
_BEFORE_ANOTHER_SKIP = 10.0
BUNDLES = Path(__file__).parent / "bundles"
"""Small one-things for tests, beside the shipped ones."""
APPLICANT = "applicant-1"
OPERATOR = "operator-1"
BUNDLES = Path(__file__).parent / "bundles"
"""Small bundles for single capabilities, beside the shipped ones."""
Condition = Callable[[CaseState], bool]
Kind = TypeVar("Kind", bound=EventRecord)
Found = TypeVar("Found")


@dataclass
class FollowedCase:
    """What the record says of one case so far."""

    events: list[Event] = field(default_factory=list)
    state: CaseState | None = None


class Follower:
    """Reads the whole record as it grows, across restarts of the database, and wakes who waits for a case."""

    def __init__(self, record: OpenRecord) -> None:
        self._record = record
        self._cases: dict[str, FollowedCase] = {}
        self._grew = asyncio.Condition()

    def case(self, case_no: str) -> FollowedCase:
        return self._cases.setdefault(case_no, FollowedCase())

    async def follow(self) -> None:
        async for recorded in self._record.events.tail(BEGINNING):
            case = self.case(recorded.case_no)
            event = event_from_json(recorded.data)
            case.state = evolve(case.state, event)
            case.events.append(event)
            async with self._grew:
                self._grew.notify_all()

    async def grown(self, case_no: str, condition: Callable[[FollowedCase], bool], patience: float) -> FollowedCase:
        """The case once the condition holds of it. Raises TimeoutError."""
        case = self.case(case_no)
        async with asyncio.timeout(patience), self._grew:
            await self._grew.wait_for(lambda: condition(case))
        return case

    async def until(self, case_no: str, condition: Callable[[FollowedCase], bool], what: str) -> FollowedCase:
        try:
            return await self.grown(case_no, condition, PATIENCE)
        except TimeoutError:
            case = self.case(case_no)
            story = "\n".join(told(event) for event in case.events)
            raise AssertionError(
                f"{case_no}: {what} did not happen within {PATIENCE:.0f} s; so far:\n{story}"
            ) from None


def told(event: Event) -> str:
    """An event in one line, for a failing test."""
    return f"{event.at:%m-%d %H:%M:%S} {event.type} {getattr(event, 'item', getattr(event, 'lookup', ''))}"


class Town:
    """A running city and everything a test does in it."""

    def __init__(
        self,
        city: City,
        settings: Settings,
        record: OpenRecord,
        temporal: Client,
        http: httpx.AsyncClient,
        control: Any,
    ) -> None:
        self.city = city
        self.settings = settings
        self.record = record
        self.temporal = temporal
        self.http = http
        self.control = Control(control)
        self.cases = TemporalCases(temporal, settings.temporal_task_queue)
        self.follower = Follower(record)
        self._control = control
        self.machine = TimeMachine(temporal, self.cases)
        self._keys = itertools.count(1)

    # --- who asks ---------------------------------------------------------------------------------------------------

    def bearer(
        self, subject: str = APPLICANT, role: Role = Role.APPLICANT, identity: str | None = None
    ) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.city.secrets.token(subject, role, identity=identity)}"}

    def officer(self, subject: str = "officer-1", *, department: str = "street-office") -> dict[str, str]:
        """An officer of a department that has no system."""
        return {"Authorization": f"Bearer {self.city.secrets.token(subject, Role.OFFICER, departments=(department,))}"}

    def operator(self) -> dict[str, str]:
        return self.bearer(OPERATOR, Role.OPERATOR)

    def new_key(self) -> str:
        return f"key-{next(self._keys)}"

    # --- applicants and operators -----------------------------------------------------------------------------------

    async def prepare(self, company: Company) -> None:
        """The registry knows the company by its name."""
        await self.control.record(
            "market-regulation", "enterprise-basic", company.credit_code, {"entry": "set", "fields": {"name": COMPANY}}
        )

    async def post_application(
        self, company: Company, key: str | None = None, subject: str = APPLICANT
    ) -> httpx.Response:
        headers = {**self.bearer(subject), "Idempotency-Key": key or self.new_key()}
        return await self.http.post("/cases", json=company.application, headers=headers)

    async def apply(self, company: Company, key: str | None = None) -> str:
        """The number of the company's case."""
        await self.prepare(company)
        answer = await self.post_application(company, key)
        assert answer.status_code in (201, 202), answer.text
        return str(answer.json()["case_no"])

    async def cancel(self, case_no: str) -> httpx.Response:
        return await self.http.post(f"/cases/{case_no}/cancel", headers=self.bearer())

    async def correct(self, case_no: str, item: str, **form: str) -> httpx.Response:
        path = f"/cases/{case_no}/items/{item}/correction"
        return await self.http.post(path, json={"form": form}, headers=self.bearer())

    async def settle(self, case_no: str, item: str, headers: dict[str, str] | None = None) -> httpx.Response:
        path = f"/cases/{case_no}/items/{item}/settle"
        return await self.http.post(path, json={"note": "已线下处理（模拟）"}, headers=headers or self.operator())

    async def view(self, case_no: str) -> dict[str, Any]:
        answer = await self.http.get(f"/cases/{case_no}", headers=self.bearer())
        assert answer.status_code == 200, answer.text
        view: dict[str, Any] = answer.json()
        return view

    # --- departments ------------------------------------------------------------------------------------------------

    async def switch(
        self, company: Company, item: str, behaviour: Behaviour, operation: Operation = Operation.SUBMIT
    ) -> None:
        """From now on the department treats this item of this company so."""
        await self.control.scenario(behaviour, subject=company.credit_code, item=item, operation=operation.value)

    async def switch_back(self, company: Company, item: str, operation: Operation = Operation.SUBMIT) -> None:
        where = {"subject": company.credit_code, "item": item, "operation": operation.value}
        answer = await self._control.delete("/scenarios", params=where)
        assert answer.status_code == 204, answer.text

    async def reset_scenario(self, item: str, operation: Operation) -> None:
        """The departments treat this item of anybody in their ordinary way again."""
        answer = await self._control.delete("/scenarios", params={"item": item, "operation": operation.value})
        assert answer.status_code == 204, answer.text

    async def switch_department(self, department: str, behaviour: Behaviour | None) -> None:
        """From now on the whole department behaves so; None: in its ordinary way again."""
        path = f"/departments/{department}/behaviour"
        if behaviour is None:
            answer = await self._control.delete(path)
        else:
            answer = await self._control.put(path, json=behaviour.model_dump())
        assert answer.status_code == 204, answer.text

    async def decide(self, case_no: str, item: str, verdict: str = "approved", **ruling: Any) -> str:
        """An officer of the department decides; returns the decision's id."""
        return await self.control.decide(case_no, item, verdict=verdict, **ruling)

    async def decide_undoing(self, case_no: str, item: str) -> None:
        """An officer undoes what the department took some time for."""
        body = {"case_no": case_no, "item": item, "operation": Operation.UNDO.value}
        answer = await self._control.post("/decisions", json=body)
        assert answer.status_code == 202, answer.text

    async def submitted(self, case_no: str, item: str, operation: Operation = Operation.SUBMIT) -> dict[str, Any]:
        """The latest attempt at this item, or what else was asked about it, as its department received it."""
        about = {"case_no": case_no, "item": item, "operation": operation.value}
        answer = await self._control.get("/submissions", params=about)
        assert answer.status_code == 200, answer.text
        received: dict[str, Any] = answer.json()
        return received

    async def journal(self, case_no: str) -> Journal:
        return await self.control.journal(case_no)

    async def until_answered(self, case_no: str, decision_id: str, times: int = 1) -> list[tuple[int, str]]:
        """The answers (status, code or outcome) that the gateway gave to this decision, once it gave so many."""

        async def answers() -> list[tuple[int, str]]:
            sent = [one for one in (await self.journal(case_no)).decisions if one.decision_id == decision_id]
            return [
                (sending.status, _code_of(sending.answer))
                for decision in sent
                for sending in decision.sendings
                if 200 <= sending.status < 500
            ]

        return await eventually(answers, lambda found: len(found) >= times, f"{decision_id} answered")

    async def send_decision(
        self,
        department: str,
        body: bytes,
        *,
        signed_by: str | None = None,
        signed_at: datetime | None = None,
        signed_body: bytes | None = None,
        door: str = "decisions",
    ) -> httpx.Response:
        """A decision straight to the gateway; by default signed as the department's own system signs."""
        path = f"/departments/{department}/{door}"
        headers = {"Content-Type": "application/json"}
        key = self.city.secrets.departments.signing_key(signed_by or department)
        url = self.city.urls["gateway"] + path
        signature = sign("POST", url, headers, body if signed_body is None else signed_body, key, signed_at)
        return await self.http.post(path, content=body, headers={**headers, **signature})

    async def act(self, case_no: str, item: str, act: str, **about: Any) -> httpx.Response:
        """An act of the item's department on the way to its decision, about the latest attempt."""
        state = await self.cases.state(case_no)
        who = {"act": act, "act_id": self.new_key(), "case_no": case_no, "item": item}
        body = json.dumps({**who, "attempt": state.item(item).attempt, **about}, ensure_ascii=False).encode()
        return await self.send_decision(state.plan.item(item).department, body, door="acts")

    async def suspend(self, case_no: str) -> httpx.Response:
        return await self.http.post(f"/cases/{case_no}/suspend", headers=self.bearer())

    async def resume(self, case_no: str) -> httpx.Response:
        return await self.http.post(f"/cases/{case_no}/resume", headers=self.bearer())

    # --- what happened ----------------------------------------------------------------------------------------------

    def events(self, case_no: str) -> list[Event]:
        return self.follower.case(case_no).events

    def types(self, case_no: str) -> list[str]:
        return [event.type for event in self.events(case_no)]

    async def until(self, case_no: str, condition: Condition, what: str) -> CaseState:
        case = await self.follower.until(case_no, lambda case: case.state is not None and condition(case.state), what)
        assert case.state is not None
        return case.state

    async def until_items(self, case_no: str, status: ItemStatus, *items: str) -> CaseState:
        def reached(state: CaseState) -> bool:
            return all(state.items[item].status is status for item in items)

        return await self.until(case_no, reached, f"{', '.join(items)} {status}")

    async def until_event(self, case_no: str, kind: type[Kind], item: str | None = None) -> Kind:
        """The first event of this kind (of this item), once it has happened."""

        def found(case: FollowedCase) -> list[Kind]:
            return of_kind(case.events, kind, item)

        what = f"{kind.__name__} {item or ''}"
        return found(await self.follower.until(case_no, lambda case: bool(found(case)), what))[0]

    async def closed(self, case_no: str) -> CaseState:
        return await self.until(case_no, lambda state: state.phase is CasePhase.CLOSED, "its end")

    async def skip_until(self, case_no: str, condition: Condition, what: str) -> CaseState:
        """Skip from one deadline of the case to the next until ``condition`` holds."""

        def waits_or_is_there(state: CaseState) -> bool:
            return bool(deadlines(state)) or condition(state)  # neither, while a date is being reckoned

        state = await self.until(case_no, waits_or_is_there, f"a wait ({what})")
        while not condition(state):
            await self._skip(state, deadlines(state)[0])
            state = await self.until(case_no, waits_or_is_there, f"another wait ({what})")
        return state

    async def _skip(self, state: CaseState, deadline: Deadline) -> CaseState:
        """Skip to this deadline and await what follows. Asked again while a part of the city is being restarted."""
        case_no = state.case_no

        async def passed() -> CaseState:
            await self.machine.skip(state, deadline.at)
            with contextlib.suppress(TimeoutError):
                await self.follower.grown(case_no, lambda case: _has_passed(case, deadline), _BEFORE_ANOTHER_SKIP)
            now = self.follower.case(case_no).state
            assert now is not None
            return now

        what = f"{type(deadline.command).__name__} of {case_no}"
        return await eventually(passed, lambda now: deadline not in deadlines(now), what)

    async def skip_days(self, case_no: str, days: float) -> None:
        """Let so many days go by for the case, whatever it waits for; repeated until they have."""
        until = self.follower.case(case_no).state
        assert until is not None
        now = datetime.now(UTC) + timedelta(seconds=until.seconds_ahead)
        await self.machine.skip(until, now + timedelta(days=days))

    async def skip_notice(self, case_no: str, item: str) -> CaseState:
        """Skip to the end of a public notice."""
        await self.until_items(case_no, ItemStatus.NOTICE, item)
        return await self.skip_until(
            case_no, lambda state: state.items[item].status is ItemStatus.APPROVED, f"the end of {item}"
        )


def _has_passed(case: FollowedCase, deadline: Deadline) -> bool:
    return case.state is not None and deadline not in deadlines(case.state)


async def eventually(ask: Callable[[], Awaitable[Found]], enough: Callable[[Found], bool], what: str) -> Found:
    """Ask another process again and again, also while it is away: for what it does not announce."""
    found: Found | None = None
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                with contextlib.suppress(httpx.TransportError, StoreUnavailable):
                    found = await ask()
                    if enough(found):
                        return found
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"{what} did not happen within {PATIENCE:.0f} s; last seen: {found}") from None


def _code_of(answer: str) -> str:
    try:
        document = json.loads(answer)
    except json.JSONDecodeError:
        return answer[:100]
    return str(document.get("code") or document.get("outcome"))


@asynccontextmanager
async def open_town(data_dir: Path, **settings: str) -> AsyncIterator[Town]:
    """A city of its own in this folder, with quick departments and workflow code watched by Temporal's sandbox."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ONETHING_")}
    environment |= {
        "ONETHING_WORKER_SANDBOXED": "true",
        "ONETHING_SANDBOX_DECISION_SECONDS": "0.05",
        "ONETHING_BUNDLE_DIRECTORY": str(BUNDLES),
        "ONETHING_WORKBENCH_DEPARTMENTS": "street-office",
        **settings,
    }
    async with AsyncExitStack() as opened:
        city = await opened.enter_async_context(City(data_dir, environment=environment))
        of_roles = settings_of(city.environment)
        assert of_roles.sandbox_control_token is not None
        record = await opened.enter_async_context(open_record(of_roles, "tests"))
        temporal = await connect_temporal(of_roles)
        http = await opened.enter_async_context(_client(city.urls["gateway"]))
        control = await opened.enter_async_context(
            _client(
                f"{city.urls['departments']}/control",
                {"Authorization": f"Bearer {of_roles.sandbox_control_token.get_secret_value()}"},
            )
        )
        town = Town(city, of_roles, record, temporal, http, control)
        following = asyncio.create_task(town.follower.follow())
        try:
            yield town
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)


def _client(url: str, headers: dict[str, str] | None = None) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, headers=headers, timeout=30, trust_env=False)


def of_kind(events: Sequence[Event], kind: type[Kind], item: str | None = None) -> list[Kind]:
    """Those events that are of this kind (and of this item)."""
    return [event for event in events if isinstance(event, kind) and item in (None, getattr(event, "item", None))]


def in_order(seen: Sequence[str], *expected: str) -> bool:
    """Whether ``expected`` appear among ``seen`` in this order."""
    places = [seen.index(one) for one in expected]
    return places == sorted(places)
