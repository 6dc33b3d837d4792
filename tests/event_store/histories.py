"""Histories of real cases for tests of the read models, made of the domain's own events."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

from event_store.record import GENESIS, NewEvent
from event_store.store import EventStore
from one_things import events as e
from one_things.definition import ItemKind
from one_things.plan import Lookup, Plan, PlannedItem
from one_things.sealed import Sealed
from one_things.text import Text

_NAMESPACE = UUID("5b8b9c1e-7a30-4d7e-8b0f-0c9f6f1f2a11")
_MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SEALED = Sealed(suite="international", data="c2VhbGVk")
LOOKUPS = tuple(f"tax.dataset-{letter}" for letter in "abcdefgh")


def a_plan() -> Plan:
    """Tax clearance, then the registry; the seals after it."""
    return Plan(
        bundle="enterprise-exit",
        version="1",
        digest="d" * 64,
        title=Text(zh="企业注销一件事", en="Enterprise exit"),
        answers={"route": "general", "has_customs": False},
        items=(
            PlannedItem(
                id="tax-clearance",
                title=Text(zh="税务注销", en="Tax clearance"),
                department="tax",
                kind=ItemKind.CONFIRMATION,
                lookups=LOOKUPS,
                committed_days=10,
            ),
            PlannedItem(
                id="registry",
                title=Text(zh="企业注销登记", en="Registry de-registration"),
                department="market-regulation",
                kind=ItemKind.PERMIT,
                after=("tax-clearance",),
                pivot=True,
            ),
            PlannedItem(
                id="seals",
                title=Text(zh="公章缴销", en="Seal destruction"),
                department="public-security",
                kind=ItemKind.PUBLIC_SERVICE,
                after=("registry",),
            ),
        ),
        departments={
            "tax": Text(zh="税务", en="Tax"),
            "market-regulation": Text(zh="市场监管", en="Market regulation"),
            "public-security": Text(zh="公安", en="Public security"),
        },
        lookups=tuple(
            Lookup(id=lookup, department="tax", dataset="dataset", by="company.credit_code", fields={})
            for lookup in LOOKUPS
        ),
    )


def opened(case_no: str, owner: str = "subject-1", at: datetime = _MONDAY) -> e.CaseOpened:
    """The first event of a case."""
    return e.CaseOpened(at=at, case_no=case_no, plan=a_plan(), form=SEALED, owner=owner, channel=e.Channel.WEB)


def completed(case_no: str) -> list[e.Event]:
    """A case with a source that was down, a correction, a limit and a good end."""
    at = iter(_MONDAY + timedelta(hours=hour, microseconds=hour) for hour in range(100))
    due = datetime(2027, 1, 8, 15, 59, 59, tzinfo=UTC)
    return [
        opened(case_no, at=next(at)),
        *(e.SharedDataUnavailable(at=next(at), lookup=lookup) for lookup in LOOKUPS),
        e.SharedDataFetched(at=next(at), lookup=LOOKUPS[0], fields=SEALED, digest="d"),
        e.SharedDataMissing(at=next(at), lookup=LOOKUPS[1]),
        e.ItemSubmitted(at=next(at), item="tax-clearance", attempt=1),
        e.DepartmentUnreachable(at=next(at), item="tax-clearance", attempt=1),
        e.CorrectionRequested(at=next(at), item="tax-clearance", attempt=1, decision_id="d-0", points=SEALED),
        e.CorrectionAnswered(at=next(at), item="tax-clearance", form=SEALED, channel=e.Channel.COUNTER),
        e.ItemSubmitted(at=next(at), item="tax-clearance", attempt=2),
        e.ItemAccepted(
            at=next(at),
            item="tax-clearance",
            attempt=2,
            reference="税注-17",
            due_on=date(2027, 1, 8),
            due_at=due,
            provisional=True,
        ),
        e.LimitBreached(at=next(at), item="tax-clearance", due_on=date(2027, 1, 8)),
        e.ItemApproved(at=next(at), item="tax-clearance", decision_id="decision-1"),
        e.ItemSubmitted(at=next(at), item="registry", attempt=1),
        e.ItemApproved(
            at=next(at),
            item="registry",
            decision_id="decision-2",
            results=(e.DecidedResult(id="notice", kind="document", reference="登销-3"),),
        ),
        e.PivotPassed(at=next(at), item="registry"),
        e.ItemSubmitted(at=next(at), item="seals", attempt=1),
        e.ItemApproved(at=next(at), item="seals", decision_id="decision-3"),
        e.CaseClosed(at=next(at), outcome=e.CaseOutcome.COMPLETED),
    ]


def waiting_for_an_operator(case_no: str) -> list[e.Event]:
    """A case that stopped, whose undo failed."""
    at = iter(_MONDAY + timedelta(minutes=minute) for minute in range(100))
    return [
        opened(case_no, owner="subject-2", at=next(at)),
        e.ItemSubmitted(at=next(at), item="tax-clearance", attempt=1),
        e.ItemApproved(at=next(at), item="tax-clearance", decision_id="decision-1"),
        e.ItemSubmitted(at=next(at), item="registry", attempt=1),
        e.ItemRefused(at=next(at), item="registry", decision_id="decision-2", code="frozen-shares", reason=SEALED),
        e.CaseStopped(at=next(at), reason=e.StopReason.REFUSED, item="registry"),
        e.OperatorTaskOpened(at=next(at), item="tax-clearance", kind=e.TaskKind.UNDO_FAILED, reason=SEALED),
    ]


async def record(
    store: EventStore, case_no: str, history: Sequence[e.Event], version: int = 0, head: bytes = GENESIS
) -> bytes:
    """Appends a history after ``version`` and returns the head."""
    return await store.append(
        case_no,
        version,
        head,
        [
            NewEvent(
                event_id=uuid5(_NAMESPACE, f"{case_no}/{number}"),
                type=event.type,
                occurred_at=event.at,
                data=e.event_to_json(event),
            )
            for number, event in enumerate(history, start=version + 1)
        ],
    )
