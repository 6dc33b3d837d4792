"""Every body of the contract by its name, and its JSON Schema."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from adapters.contract_versions import SubmissionEvent
from adapters.port import Submission
from adapters.wire_bodies import (
    CorrectionBody,
    DecisionList,
    DoneBody,
    FoundBody,
    LicenceBody,
    LookupRequest,
    ProblemBody,
    RefusalBody,
    SupplyRequest,
    TakenBody,
    UndoRequest,
)
from gateway.decisions import DecisionReceipt
from gateway.problems import ProblemDocument
from gateway.proposals import DepartmentEvent, EventReceipt
from one_things.department_bodies import ActOfDepartmentBody, DepartmentDecision

TO_THE_DEPARTMENT: Final[Mapping[str, type[BaseModel]]] = {
    "submission": Submission,
    "submission-event": SubmissionEvent,
    "undo-request": UndoRequest,
    "supply-request": SupplyRequest,
    "lookup-request": LookupRequest,
}
OF_THE_DEPARTMENT: Final[Mapping[str, type[BaseModel]]] = {
    "done": DoneBody,
    "taken": TakenBody,
    "refusal": RefusalBody,
    "correction": CorrectionBody,
    "problem": ProblemBody,
    "found": FoundBody,
    "licence": LicenceBody,
    "decision-list": DecisionList,
}
TO_THE_PLATFORM: Final[Mapping[str, type[BaseModel]]] = {
    "decision": DepartmentDecision,
    "act": ActOfDepartmentBody,
    "event": DepartmentEvent,
}
OF_THE_PLATFORM: Final[Mapping[str, type[BaseModel]]] = {
    "decision-receipt": DecisionReceipt,
    "event-receipt": EventReceipt,
    "platform-problem": ProblemDocument,
}
BODIES: Final[Mapping[str, type[BaseModel]]] = {
    **TO_THE_DEPARTMENT,
    **OF_THE_DEPARTMENT,
    **TO_THE_PLATFORM,
    **OF_THE_PLATFORM,
}
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schema(name: str) -> dict[str, Any]:
    """The body as one JSON Schema by itself."""
    model = BODIES[name]
    # The shape that may be sent: fields with a default can be left out, and a reader must not insist on them.
    return {"$schema": _DIALECT, "$id": f"{name}.json", **model.model_json_schema()}


def components(names: Mapping[str, type[BaseModel]], reference: str) -> dict[str, Any]:
    """The bodies together, referring to each other by this template."""
    wanted = [(BODIES[name], "validation") for name in names]
    _, found = models_json_schema(wanted, ref_template=reference)  # type: ignore[arg-type]
    schemas: dict[str, Any] = found["$defs"]
    return schemas
