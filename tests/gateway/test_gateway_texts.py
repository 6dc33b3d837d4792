"""One catalogue of texts: complete in both languages, and every text is used."""

import re
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

import gateway
from gateway.apply_form import Step
from gateway.paper_acts import PaperActAtTheDoor
from gateway.refused_calls import Door
from gateway.supervising.views import Period, Which
from gateway.texts import CATALOGUE, text
from gateway.views.clock_view import Light
from gateway.views.item_view import Look
from gateway.views.money_view import MoneyStanding
from gateway.views.sources_view import SourceStanding
from gateway.workbench.reports import ReportView
from one_things.case import CasePhase
from one_things.commands import DepartmentAct, Verdict
from one_things.delivery import DeliveryStatus, DeliveryTrouble
from one_things.delivery_admission import TO
from one_things.delivery_choice import DeliveryWay
from one_things.events import (
    CaseOutcome,
    Channel,
    Event,
    MandateScope,
    Responsible,
    ReturnReason,
    StopReason,
    TaskKind,
    WhySetAside,
)
from one_things.hand_in import Why
from one_things.inbox import InboxState, OfficerDid
from one_things.licences import LicenceFault
from one_things.looked_up import LookedUp

ROOT = Path(gateway.__file__).parent
SOURCES = "\n".join(
    file.read_text(encoding="utf-8") for kind in ("*.py", "*.html") for file in sorted(ROOT.rglob(kind))
)
KINDS = [kind.model_fields["type"].default for kind in get_args(get_args(Event)[0])]
ACTS = [kind.model_fields["act"].default for kind in get_args(get_args(DepartmentAct)[0])]
MADE_UP = {
    *(f"status.{look.value}" for look in Look),
    *(f"phase.{phase.value}" for phase in CasePhase),
    *(f"outcome.{outcome.value}" for outcome in CaseOutcome),
    *(f"settle.{kind.value}" for kind in TaskKind),
    *(f"hand_in.{why.value}" for why in Why),
    "refused.material_missing",
    *(f"apply.step_{step.value}" for step in Step),
    *(f"apply.defer_{missing}" for missing in ("refuse", "operator_task")),
    *(f"returned.{reason.value}" for reason in ReturnReason),
    *(f"responsible.{one.value}" for one in Responsible),
    *(f"event.case_stopped_{reason.value}" for reason in StopReason),
    *(f"headline.{outcome.value}_now" for outcome in CaseOutcome),
    *(f"light.{light.value}" for light in Light),
    *(f"money.{standing.value}" for standing in MoneyStanding),
    *(f"result.{kind}" for kind in ("e_licence", "document", "confirmation")),
    *(f"refused_calls.door_{door}" for door in get_args(Door)),
    *(f"mandate.{scope.value}" for scope in MandateScope),
    *(f"acted.{who}" for who in ("applicant", "signer")),
    *(f"channel.{channel.value}" for channel in Channel),
    *(f"rating.grade_{grade}" for grade in range(1, 6)),
    *(f"event.{kind}" for kind in KINDS),
    *(f"look_up.{kind}" for kind in get_args(LookedUp.model_fields["kind"].annotation)),
    *(f"look_up.{answer}" for answer in get_args(LookedUp.model_fields["answer"].annotation)),
    *(f"set_aside.{why.value}" for why in WhySetAside),
    *(f"set_aside.said_{verdict.value}" for verdict in Verdict),
    *(f"set_aside.said_{act}" for act in (*ACTS, "signed", "signature_refused")),
    *(f"licence.{fault.value}" for fault in LicenceFault),
    *(f"delivery.way_{way.value}" for way in DeliveryWay),
    *(f"delivery.status_{status.value}" for status in DeliveryStatus),
    *(f"delivery.trouble_{trouble.value}" for trouble in DeliveryTrouble),
    *(f"delivery.act_{act.model_fields['act'].annotation.__args__[0]}" for act in get_args(PaperActAtTheDoor)),
    *(f"delivery.{name}" for name in TO),
    *(f"inbox.{state.value}" for state in InboxState),
    *(f"officer_act.{act.value}" for act in OfficerDid),
    *(f"report.{verdict}" for verdict in get_args(ReportView.model_fields["verdict"].annotation)),
    *(f"office.{kind}_{days}" for kind in ("closed", "open") for days in ("on", "from")),
    *(f"workbench.section_{section}" for section in ("items", "signatures", "reports")),
    *(f"workbench.payment_{role}" for role in ("charge", "deposit", "release")),
    *(f"workbench.extension_{answer}" for answer in ("yes", "no")),
    *(f"source.{standing.value}" for standing in SourceStanding),
    *(f"supervision.period_{period.value}" for period in Period),
    *(f"supervision.{which.value}" for which in Which),
}
"""Keys that are put together from an enumeration; each of its members needs its text."""


def places(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("key", sorted(CATALOGUE))
def test_a_text_is_complete_in_both_languages(key: str) -> None:
    found = CATALOGUE[key]
    assert found.zh.strip()
    assert found.en.strip()
    assert places(found.zh) == places(found.en)


@pytest.mark.parametrize("key", sorted(CATALOGUE))
def test_a_text_is_used(key: str) -> None:
    room, name = key.split(".")
    in_words = f'"{name}"' in SOURCES and room == "event"  # keys without their room, as the timeline writes them
    assert key in MADE_UP or f"'{key}'" in SOURCES or f'"{key}"' in SOURCES or in_words


def test_every_member_of_an_enumeration_has_its_text() -> None:
    assert MADE_UP - {"event.case_stopped"} <= CATALOGUE.keys() | {"headline.completed_now"}


@pytest.mark.parametrize("key", sorted(set(re.findall(r"""\bt\(['"]([a-z_]+\.[a-z_]+)['"][,)]""", SOURCES))))
def test_a_text_that_a_template_names_is_there(key: str) -> None:
    assert key in CATALOGUE


def test_a_value_may_itself_be_a_text() -> None:
    assert text("event.item_undone", item=CATALOGUE["site.name"]).en == "“One thing, done once” was undone"
