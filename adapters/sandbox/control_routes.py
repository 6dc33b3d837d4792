"""The control of the sandbox city: switches, scenarios, records, decisions by hand, and the journal."""

import hmac
import time
from collections.abc import Collection, Iterator
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import Field, JsonValue, SecretStr, model_validator
from pydantic_core import from_json

from adapters.sandbox.answers import Ruling
from adapters.sandbox.behaviours import Behaviour, Correction, Objection, Operation
from adapters.sandbox.city import City
from adapters.sandbox.journal import Journal, journal_of
from adapters.sandbox.records import Entry
from adapters.sandbox.switchboard import ALL, EVERYTHING, Switch
from one_things.model import Record

_NOT_FOR_UNDO = (Correction, Objection)


class Scenario(Record):
    """A behaviour for one subject, one item, or one item of one subject."""

    subject: str = ALL
    """Credit code of a company or identity number of a person; empty: anybody."""
    item: str = ALL
    operation: Operation = Operation.SUBMIT
    behaviour: Behaviour

    @model_validator(mode="after")
    def _means_something(self) -> Self:
        if not self.subject and not self.item:
            raise ValueError("a scenario names a subject, an item or both")
        if self.operation is not Operation.SUBMIT and isinstance(self.behaviour, _NOT_FOR_UNDO):
            raise ValueError(f"an undoing cannot be answered with {self.behaviour.behaviour}")
        return self

    @property
    def where(self) -> Switch:
        """Where it applies."""
        return Switch(subject=self.subject, item=self.item, operation=self.operation)


class RecordScenario(Record):
    """What a department holds about one subject."""

    department: str
    dataset: str
    subject: str
    entry: Entry


class DecisionByHand(Record):
    """A decision as an officer of the department makes it, about the latest attempt."""

    case_no: str
    item: str
    operation: Operation = Operation.SUBMIT
    ruling: Ruling = Ruling()
    delay_seconds: float = Field(default=0.0, ge=0)


class DecisionMade(Record):
    """The id under which the decision is sent."""

    decision_id: str


class Switches(Record):
    """Everything that is switched."""

    everything: Behaviour | None = None
    departments: dict[str, Behaviour]
    scenarios: tuple[Scenario, ...]


class Health(Record):
    """The city answers."""

    status: Literal["up"] = "up"


def _city(request: Request) -> City:
    city: City = request.state.city
    return city


TheCity = Annotated[City, Depends(_city)]


def control_routes(control_token: SecretStr, departments: Collection[str]) -> APIRouter:
    """The routes under `/control`, for the bearer of ``control_token``; ``departments`` are those that are served."""
    expected = control_token.get_secret_value().encode()
    bearer = HTTPBearer()

    async def guard(credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]) -> None:
        if not hmac.compare_digest(credentials.credentials.encode(), expected):
            raise HTTPException(401, "this is not the control token")

    def known(department: str) -> str:
        if department not in departments:
            raise HTTPException(404, f"the sandbox has no department {department!r}")
        return department

    router = APIRouter(prefix="/control", tags=["control"], dependencies=[Depends(guard)])

    @router.get("/switches")
    async def switches(city: TheCity) -> Switches:
        """Everything that is switched."""
        return Switches(
            everything=city.switchboard.all().get(EVERYTHING),
            departments={where.department: behaviour for where, behaviour in _of_departments(city)},
            scenarios=tuple(
                Scenario(subject=where.subject, item=where.item, operation=where.operation, behaviour=behaviour)
                for where, behaviour in city.switchboard.all().items()
                if where.department == ALL and where != EVERYTHING
            ),
        )

    @router.put("/departments/{department}/behaviour", status_code=204)
    async def switch_department(city: TheCity, department: str, behaviour: Behaviour) -> None:
        """From now on the department behaves so to every submission that no scenario names."""
        city.switchboard.switch(Switch(department=known(department)), behaviour)

    @router.delete("/departments/{department}/behaviour", status_code=204)
    async def reset_department(city: TheCity, department: str) -> None:
        """The department works in its ordinary way again."""
        city.switchboard.reset(Switch(department=known(department)))

    @router.put("/scenarios", status_code=204)
    async def set_scenario(city: TheCity, scenario: Scenario) -> None:
        """From now on this scenario applies."""
        city.switchboard.switch(scenario.where, scenario.behaviour)

    @router.delete("/scenarios", status_code=204)
    async def reset_scenario(
        city: TheCity, subject: str = ALL, item: str = ALL, operation: Operation = Operation.SUBMIT
    ) -> None:
        """This scenario does not apply any more."""
        city.switchboard.reset(Switch(subject=subject, item=item, operation=operation))

    @router.put("/records", status_code=204)
    async def set_record(city: TheCity, record: RecordScenario) -> None:
        """From now on this is what the department holds about the subject."""
        city.records.put(known(record.department), record.dataset, record.subject, record.entry)

    @router.post("/decisions", status_code=202)
    async def decide(city: TheCity, decision: DecisionByHand) -> DecisionMade:
        """Decide what was taken: needed after `silent`, and good for decisions that contradict an earlier one."""
        kept = city.ledger.latest(decision.case_no, decision.item, decision.operation)
        if kept is None or not kept.callback_url:
            raise HTTPException(404, "nothing was taken for this item of this case")
        decision_id = city.reception.decide(kept, decision.ruling, decision.delay_seconds)
        city.sender.wake_for(time.time() + decision.delay_seconds)
        return DecisionMade(decision_id=decision_id)

    @router.get("/submissions")
    async def submission(city: TheCity, case_no: str, item: str, operation: Operation = Operation.SUBMIT) -> JsonValue:
        """The latest attempt at an item, or what else was asked about it, as its department received it."""
        kept = city.ledger.latest(case_no, item, operation)
        if kept is None:
            raise HTTPException(404, "nothing arrived for this item of this case")
        received: JsonValue = from_json(kept.body)
        return received

    @router.get("/journal")
    async def journal(city: TheCity, case_no: str) -> Journal:
        """Everything the departments saw of this case and sent about it."""
        return journal_of(city.ledger, case_no)

    @router.post("/reset", status_code=204)
    async def reset(city: TheCity) -> None:
        """Forget everything: submissions, decisions, switches and records."""
        city.forget()

    _add_everything(router)
    return router


def _add_everything(router: APIRouter) -> None:
    @router.put("/everything", status_code=204)
    async def switch_everything(city: TheCity, behaviour: Behaviour) -> None:
        """From now on all departments behave so to whatever no other switch names, undoings and the rest included."""
        city.switchboard.switch(EVERYTHING, behaviour)

    @router.delete("/everything", status_code=204)
    async def reset_everything(city: TheCity) -> None:
        """What no other switch names is treated in the ordinary way again."""
        city.switchboard.reset(EVERYTHING)


def _of_departments(city: City) -> Iterator[tuple[Switch, Behaviour]]:
    return ((where, behaviour) for where, behaviour in city.switchboard.all().items() if where.department != ALL)
