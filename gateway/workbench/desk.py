"""Whose desk it is: an officer sees the items of their own department that came to it, and nothing else."""

from typing import Annotated, Any, NamedTuple, Protocol

from fastapi import Depends, Path

from event_store.workbench import AboutItem, Claim
from gateway import errors
from gateway.access import Caller, Services
from gateway.open_case import check_case_number
from one_things.case import CaseState, ItemState
from one_things.events import Event, event_from_json
from one_things.evolving import fold
from one_things.model import Record
from one_things.plan import PlannedItem
from one_things.text import Text
from security.tokens import Principal, Role

Department = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,59}$")]


class Desk(NamedTuple):
    """An officer at the desk of a department."""

    department: str
    officer: Principal

    @property
    def supervises(self) -> bool:
        """Whether the officer may approve what another one asks for, and take items over."""
        return self.officer.has(Role.SUPERVISOR)


class OnDesk(Protocol):
    """Something that one officer at a time works on: an item, or a document to sign."""

    @property
    def desk(self) -> Desk:
        """Whose desk it lies on, and who looks."""

    @property
    def claim(self) -> Claim:
        """Who works on it."""

    @property
    def is_mine(self) -> bool:
        """Whether the officer who looks does."""

    @property
    def about(self) -> AboutItem:
        """For what is written down."""

    @property
    def location(self) -> str:
        """Its path."""


class DeskItem(NamedTuple):
    """An item that lies, or lay, with the department, and who works on it."""

    desk: Desk
    state: CaseState
    history: tuple[tuple[int, Event], ...]
    planned: PlannedItem
    claim: Claim

    @property
    def item(self) -> ItemState:
        """Where it stands."""
        return self.state.items[self.planned.id]

    @property
    def is_mine(self) -> bool:
        """Whether the officer who looks works on it."""
        return self.claim.holder == self.desk.officer.subject

    @property
    def about(self) -> AboutItem:
        """For what is written down."""
        return AboutItem(self.desk.department, self.state.case_no, self.planned.id, self.desk.officer.subject)

    @property
    def location(self) -> str:
        """Its path."""
        return location_of(self.desk.department, self.state.case_no, self.planned.id)


def location_of(department: str, case_no: str, item: str) -> str:
    """The path of an item on the workbench."""
    return f"/workbench/{department}/items/{case_no}/{item}"


class DeskView(Record):
    """How everything on a desk begins that is read in full: which case, whose desk, which item."""

    case_no: str
    department: str
    department_title: Text
    bundle_title: Text
    item: str


def head_of(desk: Desk, state: CaseState, item: str) -> dict[str, Any]:
    """The fields of `DeskView`."""
    return {
        "case_no": state.case_no,
        "department": desk.department,
        "department_title": state.plan.departments[desk.department],
        "bundle_title": state.plan.title,
        "item": item,
    }


def require_officer(caller: Principal) -> None:
    """Raises NotAllowed for everybody but officers."""
    if not caller.has(Role.OFFICER):
        raise errors.NotAllowed(Text(zh="仅限部门工作人员。", en="Only officers of departments may do this."))


async def desk_of(services: Services, caller: Caller, department: Department) -> Desk:
    """The desk. Raises NotAllowed for officers of other departments as well, WorkbenchNotFound."""
    require_officer(caller)
    if department not in caller.departments:
        raise errors.NotAllowed(
            Text(zh="您不是该部门的工作人员。", en="You are no officer of this department."),
        )
    if not services.on_workbench(department):
        raise errors.WorkbenchNotFound
    return Desk(department, caller)


DeskNow = Annotated[Desk, Depends(desk_of)]


async def desk_item(services: Services, desk: DeskNow, case_no: str, item: str) -> DeskItem:
    """The item. Raises CaseNotFound for a case that has none of this department, or none that ever reached it."""
    check_case_number(case_no)
    records = await services.store.read(case_no)
    if not records:
        raise errors.CaseNotFound
    history = tuple((record.version, event_from_json(record.data)) for record in records)
    state = fold(event for _, event in history)
    planned = next((one for one in state.plan.items if one.id == item), None)
    if planned is None or planned.department != desk.department or state.items[item].attempt == 0:
        raise errors.CaseNotFound
    return DeskItem(desk, state, history, planned, await services.workbench.claim(case_no, item))


DeskItemNow = Annotated[DeskItem, Depends(desk_item)]
