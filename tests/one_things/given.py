"""What the tests of this room begin with: applications for the shipped bundle, and stories of cases."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from pydantic import JsonValue

from one_things import commands as c
from one_things import events as e
from one_things.application import Application
from one_things.case import CaseState
from one_things.catalogue import Catalogue
from one_things.conditions import Answer
from one_things.deciding import decide, open_case
from one_things.definition import Bundle
from one_things.evolving import evolve, fold
from one_things.plan import HandedIn, Plan
from one_things.planning import make_plan, needed_for
from one_things.sealed import Sealed
from one_things.steps import Step, next_steps

EXIT: Bundle = Catalogue().get("enterprise-exit")
TODAY = date(2026, 3, 2)
OPENED_AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
SEALED = Sealed(suite="test", data="c2VhbGVk")

SIMPLE: dict[str, Answer] = {
    "route": "simple",
    "has_employees": True,
    "has_customs_registration": True,
    "foreign_invested": False,
    "owes_tax": False,
    "abnormal_operation": False,
    "shares_frozen": False,
    "invests_elsewhere": False,
    "pending_suit": False,
    "licence_revoked": False,
    "unpaid_fines": False,
}
GENERAL: dict[str, Answer] = {
    "route": "general",
    "has_employees": True,
    "has_customs_registration": False,
    "foreign_invested": True,
}
VALUES: dict[str, JsonValue] = {
    "company.credit_code": "91110000600037341L",
    "legal_representative.name": "测试申请人甲",
    "legal_representative.identity_number": "11010519491231002X",
    "legal_representative.phone": "13800000000",
    "contact.name": "测试申请人乙",
    "contact.phone": "13900000000",
    "dissolution.reason": "resolution",
    "bank.account_number": "6200000000000000",
    "liquidation.formed_on": "2026-02-20",
    "liquidation.leader_name": "测试申请人甲",
    "liquidation.leader_identity_number": "11010519491231002X",
    "liquidation.leader_phone": "13800000000",
}


def a_digest() -> str:
    return "sha-256:" + "0" * 64


def the_form(bundle: Bundle, answers: Mapping[str, object], chosen: Sequence[str] | None) -> dict[str, JsonValue]:
    return {field.id: VALUES[field.id] for field in needed_for(bundle, answers, chosen).fields}


def the_materials(bundle: Bundle, answers: Mapping[str, object], chosen: Sequence[str] | None) -> list[HandedIn]:
    return [HandedIn(id=m.id, digest=a_digest()) for m in needed_for(bundle, answers, chosen).materials]


def an_application(
    bundle: Bundle = EXIT,
    answers: Mapping[str, object] = SIMPLE,
    chosen: Sequence[str] | None = None,
    form: Mapping[str, JsonValue] | None = None,
    materials: Sequence[HandedIn] | None = None,
) -> Application:
    """An application; the form and the materials that are not given are what is asked for."""
    return Application(
        answers=answers,
        chosen=None if chosen is None else tuple(chosen),
        form=the_form(bundle, answers, chosen) if form is None else form,
        materials=tuple(the_materials(bundle, answers, chosen) if materials is None else materials),
    )


def a_plan(answers: Mapping[str, object] = SIMPLE, chosen: Sequence[str] | None = None, bundle: Bundle = EXIT) -> Plan:
    """The plan of an application that hands in exactly what is asked for."""
    return make_plan(bundle, an_application(bundle, answers, chosen), a_digest(), TODAY)


class Story:
    """A case told as given–when–then: every command is decided on the fold of the events so far."""

    def __init__(self, plan: Plan) -> None:
        opening = c.OpenCase(
            case_no="4419-2026-000017", plan=plan, form=SEALED, owner="subject-1", channel=e.Channel.WEB
        )
        self.now = OPENED_AT
        self.events: list[e.Event] = [open_case(opening, self.now)]
        self.state: CaseState = fold(self.events)

    def when(self, command: c.Command) -> list[str]:
        """Carries ``command`` out; the types of the events that follow."""
        self.now += timedelta(minutes=1)
        decided = decide(self.state, command, self.now)
        for event in decided:
            self.events.append(event)
            self.state = evolve(self.state, event)
        return [event.type for event in decided]

    def steps(self) -> tuple[Step, ...]:
        return next_steps(self.state)

    def submitted(self, item: str) -> "Story":
        """Fetches what the item needs and submits it."""
        for lookup in self.state.plan.item(item).lookups:
            self.when(c.RecordSharedData(lookup=lookup, fields=SEALED, digest="d"))
        self.when(c.BeginSubmission(item=item))
        return self

    def taken(self, item: str) -> "Story":
        """The department takes the submitted item; a notice begins to run."""
        notice = self.state.plan.item(item).notice
        ends_at = None if notice is None else self.now + timedelta(days=notice.calendar_days)
        windows = (
            {}
            if notice is None or ends_at is None
            else {other: ends_at + timedelta(days=days) for other, days in notice.windows.items()}
        )
        due_at = None if ends_at else self.now + timedelta(days=1)
        reply = c.Taken(
            reference=f"受理-{item}",
            notice_ends_at=ends_at,
            windows=windows,
            due_at=due_at,
            due_on=due_at.date() if due_at else None,
        )
        self.when(c.RecordReply(item=item, attempt=self.state.item(item).attempt, reply=reply))
        return self

    def approved(self, *items: str) -> "Story":
        """Each item submitted and decided for the applicant; a notice runs to its end."""
        for item in items:
            self.submitted(item).taken(item)
            if self.state.plan.item(item).notice is None:
                self.when(self.decision(item, c.Verdict.APPROVED))
            else:
                self.when(c.EndNotice(item=item))
        return self

    def decision(self, item: str, verdict: c.Verdict, number: str = "") -> c.Decide:
        attempt = self.state.item(item).attempt
        return c.Decide(
            decision_id=number or f"决-{item}-{attempt}",
            department=self.state.plan.item(item).department,
            item=item,
            attempt=attempt,
            verdict=verdict,
            reason=SEALED,
            points=SEALED,
        )

    def types(self) -> list[str]:
        return [event.type for event in self.events]
