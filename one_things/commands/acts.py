"""What a department does on the way to a decision, and to the results on paper after it."""

from typing import Annotated, Literal

from pydantic import Field

from one_things import events as e
from one_things.commands.delivery import DeliverPaper, DispatchPaper, HandOutPaper, LayOutPaper, TakeBackPaper
from one_things.commands.of_department import ActOfDepartment
from one_things.sealed import Sealed
from one_things.text import Line


class BeginProcedure(ActOfDepartment):
    """A special procedure begins: the clock stands."""

    act: Literal["procedure_begun"] = "procedure_begun"
    procedure: str


class EndProcedure(ActOfDepartment):
    """The special procedure has ended: the clock runs on."""

    act: Literal["procedure_ended"] = "procedure_ended"
    procedure: str


class ExtendLimit(ActOfDepartment):
    """The limit is extended; without ``working_days`` by as much as the bundle allows."""

    act: Literal["extended"] = "extended"
    working_days: int | None = Field(default=None, ge=1)
    approver: Sealed
    reason: Sealed


class AcceptItem(ActOfDepartment):
    """The department accepts what it had only received."""

    act: Literal["accepted"] = "accepted"
    reference: Line | None = None


class ReturnItem(ActOfDepartment):
    """The department gives the item back before acceptance."""

    act: Literal["returned"] = "returned"
    reason: e.ReturnReason
    responsible: e.Responsible
    note: Sealed | None = None


DepartmentAct = Annotated[
    BeginProcedure
    | EndProcedure
    | ExtendLimit
    | AcceptItem
    | ReturnItem
    | DispatchPaper
    | LayOutPaper
    | DeliverPaper
    | HandOutPaper
    | TakeBackPaper,
    Field(discriminator="act"),
]
