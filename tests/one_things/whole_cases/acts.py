"""Everything that somebody outside may say to a case: departments, applicants, parties, operators."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from random import Random
from typing import TypeVar

from one_things import commands as c
from one_things import events as e
from one_things.case import CasePhase
from one_things.correctable import correctable_fields
from one_things.escrow import left_over, payment_order, to_give_back
from one_things.hand_in import titles_of
from one_things.money import PaymentMade
from tests.one_things.given import SEALED
from tests.one_things.whole_cases.course import Course

T = TypeVar("T")

APPLICANT, OPERATOR = "applicant", "operator-1"
AGENT = "agent-1"
_WEB = e.Channel.WEB


class Acts:
    """What may be said to one case, made by chance from a seed; right in every respect unless it says otherwise."""

    def __init__(self, course: Course, seed: bytes) -> None:
        self.course = course
        self.random = Random(seed)
        self._number = count(1)
        self._said: list[c.Command] = []
        self._changes_document = self.random.choice([True, False])
        # No two cities are alike: in some nearly everything goes wrong.
        self._misfortune = self.random.choice([0.05, 0.25, 0.45])

    def _of_department(self, item_id: str) -> list[c.Command]:
        decisions = [self.decision(item_id, verdict) for verdict in c.Verdict]
        return [
            self._one_of(decisions),
            decisions[0].model_copy(update={"payment": self._wrong_payment()}),
            c.BeginProcedure(**self._act(item_id), procedure="inspection"),
            c.EndProcedure(**self._act(item_id), procedure="inspection"),
            c.ExtendLimit(**self._act(item_id), working_days=2, approver=SEALED, reason=SEALED),
            c.AcceptItem(**self._act(item_id)),
            c.ReturnItem(
                **self._act(item_id), reason=self._one_of(list(e.ReturnReason)), responsible=e.Responsible.APPLICANT
            ),
        ]

    def _of_applicant(self, item_id: str) -> list[c.Command]:
        material = self._one_of([*titles_of(self.course.state.plan), "love-letter"])
        cancelled = [c.Cancel(channel=_WEB)] if self._rarely() and self._rarely() else []
        return [
            self._correction_answered(item_id),
            c.HandInMaterials(materials={material: self._digest()}, channel=_WEB, by=self._perhaps_agent()),
            self._handed_in_instead(),
            self._handed_in_instead(),
            c.SuspendCase(channel=_WEB, by=self._perhaps_agent()),
            c.ResumeCase(channel=_WEB),
            self._mandate(),
            c.RevokeMandate(agent=AGENT, channel=_WEB),
            *cancelled,
        ]

    def _of_others(self, item_id: str) -> list[c.Command]:
        """Operators, parties, who publishes calendars; and what was said before is said again."""
        settled = [self._settled(item_id) for item_id in self.course.state.items]
        possible: list[c.Command] = [
            *(one.model_copy(update={"payment": self._wrong_payment()}) for one in settled),
            *settled,
            *(c.RetryItem(item=item_id, operator=OPERATOR, credit_anew=True) for item_id in self.course.state.items),
            c.PermitCorrection(item=item_id, operator=OPERATOR, reason=SEALED),
            c.LearnCalendar(publication=1),
            *self._said[-3:],
        ]
        if self.course.state.items[item_id].signing is None:
            return possible
        party = self._one_of([party.id for party in self.course.state.plan.parties])
        refused = c.RefuseSignature(
            item=item_id, party=party, department="bank", act_id=self._name("act"), reason=SEALED
        )
        return [*possible, self._signature(item_id, party), *([refused] if self._rarely() else [])]

    def decision(self, item_id: str, verdict: c.Verdict) -> c.Decide:
        """A decision, right in every respect."""
        state = self.course.state
        results = tuple(
            e.DecidedResult(id=result.id, kind=result.kind, reference=self._name("文"))
            for result in state.plan.item(item_id).results
        )
        approved = verdict is c.Verdict.APPROVED
        return c.Decide(
            decision_id=self._name("决"),
            department=state.plan.item(item_id).department,
            item=item_id,
            attempt=state.items[item_id].attempt,
            verdict=verdict,
            reason=SEALED,
            points=SEALED,
            results=results if approved else (),
            payment=self._moved(item_id) if approved else None,
        )

    def _act(self, item_id: str) -> dict[str, object]:
        state = self.course.state
        return {
            "act_id": self._name("act"),
            "department": state.plan.item(item_id).department,
            "item": item_id,
            "attempt": state.items[item_id].attempt,
        }

    def _correction_answered(self, item_id: str) -> c.Command:
        state = self.course.state
        item = state.items[item_id]
        changeable = [*correctable_fields(state.plan, item_id), *state.plan.item(item_id).materials]
        asked = changeable if item.asks is None else list(item.asks)
        materials = [name for name in asked if name in titles_of(state.plan)]
        chosen = self.random.sample(materials, self.random.randint(0, len(materials)))
        return c.AnswerCorrection(
            item=item_id,
            form=SEALED,
            materials={name: self._digest() for name in chosen},
            channel=_WEB,
            by=self._perhaps_agent(),
        )

    def _handed_in_instead(self) -> c.Command:
        names = [lookup.id for lookup in self.course.state.plan.lookups] or ["unknown.lookup"]
        return c.HandInInstead(lookup=self._one_of(names), form=SEALED, digest=self._one_of(["d1", "d2"]), channel=_WEB)

    def _mandate(self) -> c.Command:
        scope = tuple(self.random.sample(list(e.MandateScope), self.random.randint(1, 3)))
        return c.GiveMandate(agent=AGENT, scope=scope, ends_at=self.course.now + timedelta(days=3), channel=_WEB)

    def _signature(self, item_id: str, party: str) -> c.Sign:
        signing = self.course.state.items[item_id].signing
        assert signing is not None
        department = self.course.state.plan.party(party).department
        return c.Sign(
            item=item_id,
            party=party,
            digest=signing.digest,
            department=department,
            channel=None if department else _WEB,
        )

    def _settled(self, item_id: str) -> c.SettleTask:
        """A task put right, with the money that every task of the item is about."""
        state = self.course.state
        moved = to_give_back(state, item_id) if item_id in state.items else None
        left = left_over(state).get(item_id)
        payment = None
        if state.phase is CasePhase.STOPPING and moved is not None:
            payment = self._payment(moved.amount_fen)
        elif left is not None:
            payment = self._payment(left)
        return c.SettleTask(item=item_id, operator=OPERATOR, note=SEALED, payment=payment)

    def _moved(self, item_id: str) -> PaymentMade | None:
        """What the item has to move now, or to give back, exactly."""
        state = self.course.state
        back = to_give_back(state, item_id) if state.stop_reason is not None else None
        order = payment_order(state, item_id)
        if back is not None:
            return self._payment(back.amount_fen)
        return self._payment(order.amount_fen) if order is not None else None

    def _payment(self, fen: int) -> PaymentMade:
        return PaymentMade(amount_fen=fen, currency="CNY", reference=self._name("付"))

    def _wrong_payment(self) -> PaymentMade | None:
        wrong = PaymentMade(amount_fen=10**9, currency="CNY", reference=self._name("付"))
        return self._one_of([None, wrong, wrong.model_copy(update={"currency": "USD"})])

    def _perhaps_agent(self) -> str | None:
        return AGENT if self._rarely() else None

    def _digest(self) -> str:
        return f"sha-256:{next(self._number):064}"

    def _name(self, kind: str) -> str:
        return f"{kind}-{next(self._number)}"

    def _rarely(self) -> bool:
        return self._happens(self._misfortune)

    def _happens(self, likelihood: float) -> bool:
        return self.random.random() < likelihood

    def _one_of(self, things: Sequence[T]) -> T:
        return self.random.choice(things)
