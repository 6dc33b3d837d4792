"""The errands of a run: three bundles in turn, each with people and a situation of its own, all by the seed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from random import Random
from typing import Any, Final

from pydantic import JsonValue
from stdnum.cn import ric, uscc

from adapters.sandbox.behaviours import AtRandom
from gateway.submission import CaseApplication
from one_things.catalogue import Catalogue
from one_things.clock import shanghai_date
from one_things.definition import Bundle, FieldType
from one_things.plan import Plan
from one_things.planning import make_plan
from runtime.bench.errands import ANSWERS, application_for

_VARIED: Final[dict[str, tuple[str, ...]]] = {
    "enterprise-exit": ("has_employees", "has_customs_registration", "foreign_invested"),
    "employee-retirement": ("contributions_elsewhere", "deemed_years", "one_child", "has_provident_fund"),
    "property-transfer-with-mortgage": ("seller_taxed", "has_gas", "has_television"),
}
"""By bundle: situations that may or may not be so, without which nothing else has to change."""
BUNDLES: Final = tuple(_VARIED)
_MOST_PEOPLE: Final = 8


@dataclass(frozen=True)
class Errand:
    """One application, and the plan that it leads to."""

    number: int
    bundle: Bundle
    application: CaseApplication
    plan: Plan

    @property
    def name(self) -> str:
        """What two runs have in common of it; case numbers are given out anew each time."""
        return f"{self.plan.bundle} {self.number}"

    @property
    def form(self) -> Mapping[str, JsonValue]:
        return self.application.form

    @property
    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = self.application.model_dump(mode="json")
        return body


def errands(at_random: AtRandom, cases: int) -> list[Errand]:
    """So many errands; the first ones are the same however many there are."""
    return [_errand(at_random.seed, number) for number in range(cases)]


def _errand(seed: int, number: int) -> Errand:
    bundle = _bundle(BUNDLES[number % len(BUNDLES)])
    dice = Random(f"{seed}:{number}")
    answers = {name: dice.random() < 0.5 for name in _VARIED[bundle.bundle]}
    made = application_for(bundle, answers)
    form = {**made.form, **_numbers(bundle, made.form, seed, number)}
    application = made.model_copy(update={"form": form})
    plan = make_plan(bundle, application, digest="", today=shanghai_date(datetime.now(UTC)))
    return Errand(number, bundle, application, plan)


@cache
def _bundle(name: str) -> Bundle:
    assert name in ANSWERS
    return Catalogue().get(name)


def _numbers(bundle: Bundle, form: Mapping[str, JsonValue], seed: int, number: int) -> dict[str, JsonValue]:
    """Numbers of people and companies that are nobody's, and of nobody else in this run."""
    found: dict[str, JsonValue] = {}
    for place, field in enumerate(field for field in bundle.fields if field.id in form):
        if field.type is FieldType.CREDIT_CODE:
            code = f"91441900MA{seed % 100:02d}{number % 100_000:05d}"
            found[field.id] = code + uscc.calc_check_digit(code)
        elif field.type is FieldType.IDENTITY_NUMBER:
            person = number * _MOST_PEOPLE + place % _MOST_PEOPLE
            day, serial = divmod(person, 1000)
            body = f"{str(form[field.id])[:12]}{day % 28 + 1:02d}{serial:03d}"
            found[field.id] = body + ric.calc_check_digit(f"{body}0")
    return found
