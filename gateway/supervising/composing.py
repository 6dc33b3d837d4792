"""Puts together what supervision says, for whoever may see it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from event_store.collecting import Standing as Collected
from event_store.department_health import Tally
from gateway import errors
from gateway.access import is_operator
from gateway.offers import Offers
from gateway.services import GatewayServices
from gateway.supervising.figures import by_department, by_item, figures
from gateway.supervising.reading import CaseRow, Place, Read
from gateway.supervising.views import (
    DepartmentCard,
    DepartmentDetail,
    Fetching,
    HandledCase,
    HandledCases,
    LeftAlone,
    Lies,
    Period,
    Supervised,
    SupervisedDepartment,
    SupervisedItem,
    System,
    Which,
)
from one_things.text import Text
from security.tokens import Principal, Role

_NOTHING = figures(())


def supervised_by(caller: Principal) -> tuple[str, ...] | None:
    """The departments that this caller supervises; None for all. Raises NotAllowed for applicants."""
    if is_operator(caller):
        return None
    if caller.has(Role.OFFICER):
        return tuple(sorted(caller.departments))
    raise errors.NotAllowed(
        Text(zh="仅限平台运行人员和部门工作人员。", en="Only operators and officers of departments may see this.")
    )


def require_supervised(caller: Principal, department: str) -> None:
    """Raises NotAllowed unless the caller supervises this department."""
    theirs = supervised_by(caller)
    if theirs is not None and department not in theirs:
        raise errors.NotAllowed(Text(zh="只能查看本部门的情况。", en="You see your own department only."))


async def supervised(services: GatewayServices, departments: Sequence[str] | None, period: Period) -> Supervised:
    """Every department of these, or all of the directory and of the record for None."""
    now = datetime.now(UTC)
    read = await services.supervision.read(departments, period, now, by_item=False)
    cards, titles = services.department_cards(), Titles(services.catalogue)
    done = by_department(read.counted)
    codes = _codes(read, cards) if departments is None else departments
    found = [
        SupervisedDepartment(
            code=code,
            title=titles.department(code, cards),
            lies=read.lies.get(Place(code, "", ""), Lies()),
            figures=done.get(code, _NOTHING),
            system=_system(code, cards.get(code), read, now),
        )
        for code in codes
    ]
    return Supervised(period=period, at=now, departments=tuple(sorted(found, key=_pressing)))


async def detail(services: GatewayServices, code: str, period: Period) -> DepartmentDetail:
    """One department with its items. Raises DepartmentNotFound for one that nobody knows."""
    now = datetime.now(UTC)
    read = await services.supervision.read((code,), period, now, by_item=True)
    cards, titles = services.department_cards(), Titles(services.catalogue)
    if code not in cards and code not in titles.departments and not read.lies and not read.counted:
        raise errors.DepartmentNotFound
    done = by_item(read.counted)
    lying = {(place.bundle, place.item): lies for place, lies in read.lies.items()}
    items = [
        SupervisedItem(
            bundle=bundle,
            item=item,
            title=titles.item(bundle, item),
            lies=lying.get((bundle, item), Lies()),
            figures=done.get((bundle, item), _NOTHING),
        )
        for bundle, item in sorted(done.keys() | lying.keys())
    ]
    return DepartmentDetail(
        code=code,
        title=titles.department(code, cards),
        lies=_together(lying.values()),
        figures=figures(read.counted),
        system=_system(code, cards.get(code), read, now),
        period=period,
        at=now,
        items=tuple(sorted(items, key=lambda one: (-one.lies.overdue, -one.lies.due_soon, -one.lies.open))),
    )


async def cases_behind(
    services: GatewayServices,
    code: str,
    which: Which,
    period: Period,
    *,
    item: str | None,
    reason: str | None,
    responsible: str | None,
    cursor: str | None,
    limit: int,
) -> HandledCases:
    """The cases behind a number. Raises CursorInvalid, StoreUnavailable."""
    rows, following = await services.supervision.cases(
        code, which, period, datetime.now(UTC),
        item=item, reason=reason, responsible=responsible, cursor=cursor, limit=limit,
    )  # fmt: skip
    titles = Titles(services.catalogue)
    handled = which in {Which.RETURNED, Which.CORRECTED}
    return HandledCases(cases=tuple(_case(row, titles, handled=handled) for row in rows), next=following)


def _case(row: CaseRow, titles: "Titles", *, handled: bool) -> HandledCase:
    said = {
        "case_no": row.case_no,
        "item": row.item,
        "title": titles.item(None, row.item),
        "status": row.status,
        "due_on": row.due_on,
    }
    if handled:
        said |= {"at": row.at, "reason": row.reason, "responsible": row.responsible}
    return HandledCase.model_validate(said)


class Titles:
    """What departments and items are called, by the versions of bundles that this gateway knows; the last one wins."""

    def __init__(self, offers: Offers) -> None:
        bundles = [one.bundle for one in offers]
        self.departments = {department.id: department.title for bundle in bundles for department in bundle.departments}
        self._items = {(bundle.bundle, item.id): item.title for bundle in bundles for item in bundle.items}
        self._of_any_bundle = {item: title for (_, item), title in self._items.items()}

    def department(self, code: str, cards: Mapping[str, DepartmentCard]) -> Text:
        """The directory's word first; the code where nobody has a word for it."""
        card = cards.get(code)
        title = card.title if card is not None else None
        return title or self.departments.get(code) or Text(zh=code, en=code)

    def item(self, bundle: str | None, item: str) -> Text:
        """The same of an item; without a bundle by its id alone."""
        title = self._items.get((bundle, item)) if bundle is not None else self._of_any_bundle.get(item)
        return title or Text(zh=item, en=item)


def _codes(read: Read, cards: Mapping[str, DepartmentCard]) -> set[str]:
    return {*cards, *(place.department for place in read.lies), *(one.department for one in read.counted)}


def _system(code: str, card: DepartmentCard | None, read: Read, now: datetime) -> System:
    made, failed = read.calls.get(code, Tally(0, 0))
    return System(
        kind=None if card is None else card.kind,
        calls=made,
        failures=failed,
        error_rate=round(failed / made, 4) if made else None,
        left_alone=tuple(
            LeftAlone(**{name: value for name, value in one._asdict().items() if name != "department"})
            for one in read.trouble
            if one.department == code
        ),
        maintenance_until=None if card is None else card.maintenance_until,
        office=() if card is None else card.office,
        fetching=_fetching(read.fetching[code], now) if code in read.fetching else None,
        passed_over=read.passed_over.get(code, 0),
    )


def _fetching(found: Collected, now: datetime) -> Fetching:
    return Fetching(
        succeeded_at=found.succeeded_at,
        behind_seconds=max(0, int((now - (found.succeeded_at or found.since)).total_seconds())),
        failures=found.failures,
        cause=found.cause,
        gap=found.gap,
        next_at=found.next_at,
    )


def _together(several: Iterable[Lies]) -> Lies:
    rows = list(several)
    return Lies(**{name: sum(getattr(one, name) for one in rows) for name in Lies.model_fields})


def _pressing(one: SupervisedDepartment) -> tuple[int, int, int, str]:
    return (-one.lies.overdue, -one.lies.due_soon, -one.lies.open, one.code)
