"""The parts of the demonstration without a city: whose waiting may be skipped, rounds, silence, and what is drawn."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console, RenderableType

from gateway.views.case_view import CaseView, case_view
from gateway.views.item_view import ItemTexts
from one_things import events as e
from one_things.bundle_file import read_bundle
from one_things.case import CaseState
from one_things.evolving import fold
from one_things.planning import make_plan
from one_things.sealed import Sealed
from runtime.case_drawing import case_details, case_panel, whom_it_waits_for
from runtime.demo.activity import Activity
from runtime.demo.companies import companies
from runtime.demo.rounds import Rounds
from runtime.demo.time_skipping import waits_until

CATALOGUE = Path(__file__).parents[2] / "one_things" / "catalogue"
NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
NOTICE_ENDS = NOW + timedelta(days=20)
SEALED = Sealed(suite="international", data="c2VhbGVk")
CLOSINGS = ("social-insurance-closing", "medical-insurance-closing", "provident-fund-closing")


def history(*further: e.Event) -> CaseState:
    """The first company's case, opened, and what happened then."""
    asked = companies()[0].application
    plan = make_plan(
        read_bundle(CATALOGUE / "enterprise-exit.yaml"),
        asked,
        "0" * 64,
        date(2026, 11, 2),
    )
    opened = e.CaseOpened(
        at=NOW,
        case_no="4419-2026-000001",
        plan=plan,
        form=SEALED,
        owner="applicant-a",
        channel=e.Channel.WEB,
        time_can_be_skipped=True,
    )
    facts = (e.SharedDataFetched(at=NOW, lookup=found.id, fields=SEALED, digest="0") for found in plan.lookups)
    return fold([opened, *facts, *further])


def submitted(*items: str) -> tuple[e.Event, ...]:
    return tuple(e.ItemSubmitted(at=NOW, item=item, attempt=1) for item in items)


def approved(*items: str) -> tuple[e.Event, ...]:
    return tuple(e.ItemApproved(at=NOW, item=item, decision_id=f"{item}:1") for item in items)


NOTICE = e.NoticeBegan(
    at=NOW,
    item="simple-notice",
    attempt=1,
    reference="N-1",
    ends_at=NOTICE_ENDS,
    windows={"registry-deregistration": NOTICE_ENDS + timedelta(days=20)},
)
ALL_SENT = (*submitted("simple-notice", "tax-clearance", *CLOSINGS), NOTICE)
TAX_TOOK_IT = e.ItemAccepted(
    at=NOW, item="tax-clearance", attempt=1, reference="T-1", due_on=date(2026, 11, 16), due_at=NOW + timedelta(days=14)
)


def view(state: CaseState, **reasons: str) -> CaseView:
    texts = {item.replace("_", "-"): ItemTexts(reason=reason) for item, reason in reasons.items()}
    return case_view(state, state.version, NOW, texts, None)


def drawn(what: RenderableType, width: int = 100) -> str:
    console = Console(width=width, file=StringIO())
    with console.capture() as captured:
        console.print(what)
    return captured.get()


def test_a_notice_is_skipped_to_when_nothing_else_is_awaited() -> None:
    assert waits_until(history(*ALL_SENT, *approved("tax-clearance", *CLOSINGS))) == NOTICE_ENDS


@pytest.mark.parametrize(
    "state",
    [
        pytest.param(history(), id="there is still something to do"),
        pytest.param(history(*ALL_SENT), id="departments have not answered"),
        pytest.param(history(*ALL_SENT, *approved(*CLOSINGS), TAX_TOOK_IT), id="a department decides"),
        pytest.param(
            history(
                *ALL_SENT,
                *approved(*CLOSINGS),
                e.CorrectionRequested(at=NOW, item="tax-clearance", attempt=1, decision_id="d", points=SEALED),
            ),
            id="the applicant has to correct something",
        ),
        pytest.param(
            history(
                *ALL_SENT,
                *approved(*CLOSINGS),
                e.ItemRefused(at=NOW, item="tax-clearance", decision_id="d", code="c", reason=SEALED),
                e.CaseStopped(at=NOW, reason=e.StopReason.REFUSED, item="tax-clearance"),
            ),
            id="the case is stopping",
        ),
        pytest.param(history(e.CaseClosed(at=NOW, outcome=e.CaseOutcome.COMPLETED)), id="the case is closed"),
    ],
)
def test_no_time_is_skipped_while(state: CaseState) -> None:
    assert waits_until(state) is None


def test_a_limit_is_never_skipped_to() -> None:
    """Its end is a breach, not progress."""
    state = history(
        *submitted("tax-clearance"),
        e.ItemAccepted(at=NOW, item="tax-clearance", attempt=1, reference="T-1", due_at=NOW + timedelta(days=1)),
    )
    assert waits_until(state) is None


def test_a_round_has_its_own_keys_and_lasts_until_the_next_begins(tmp_path: Path) -> None:
    rounds = Rounds(tmp_path)
    assert rounds.key("a") == Rounds(tmp_path).key("a") == "demo-1-a"
    assert rounds.next() == 2
    assert Rounds(tmp_path).key("a") == "demo-2-a"


def test_a_damaged_round_file_begins_again(tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text("not what was written")
    assert Rounds(tmp_path).present == 1


def test_silence_is_measured_from_the_last_event_of_each_case() -> None:
    moment = 0.0
    activity = Activity(lambda: moment)
    assert activity.silent_for("one") == 0
    moment = 50
    activity.seen("two")
    assert (activity.silent_for("one"), activity.silent_for("two")) == (50, 0)
    moment = 60
    activity.seen_everywhere()
    assert (activity.silent_for("one"), activity.silent_for("two")) == (0, 0)


def test_the_companies_can_apply_and_only_the_refused_one_is_treated_differently() -> None:
    bundle = read_bundle(CATALOGUE / "enterprise-exit.yaml")
    for company in companies():
        asked = company.application
        make_plan(bundle, asked, "0" * 64, date(2026, 11, 2))
        assert (company.scenario is not None) == (company.ends_as is e.CaseOutcome.REFUSED)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (history(*submitted("tax-clearance")), "“Tax clearance” waits for Tax to answer its submission"),
        (
            history(*submitted("tax-clearance"), e.DepartmentUnreachable(at=NOW, item="tax-clearance", attempt=1)),
            "“Tax clearance” waits for Tax, whose system is not answering",
        ),
        (history(*submitted("tax-clearance"), TAX_TOOK_IT), "“Tax clearance” waits for the decision of Tax"),
        (
            history(*ALL_SENT, *approved("tax-clearance", *CLOSINGS)),
            "“Public notice of the simple de-registration” waits for the end of its public notice",
        ),
    ],
)
def test_whom_a_case_waits_for(state: CaseState, words: str) -> None:
    assert whom_it_waits_for(view(state)) == words


def test_a_small_panel_leaves_out_where_nothing_happens() -> None:
    shown = view(history(*ALL_SENT, *approved(*CLOSINGS), TAX_TOOK_IT))
    whole, small = (
        drawn(case_panel(shown, "测试企业甲有限公司")),
        drawn(case_panel(shown, "测试企业甲有限公司", whole=False)),
    )
    for panel in (whole, small):
        assert "测试企业甲有限公司 4419-2026-000001" in panel
        assert "Tax clearance" in panel
    assert "Destruction of the seals" in whole
    assert "Destruction of the seals" not in small


def test_the_reason_of_a_refusal_is_shown() -> None:
    state = history(
        *ALL_SENT,
        e.ItemRefused(at=NOW, item="tax-clearance", decision_id="d", code="c", reason=SEALED, article="第十六条"),
    )
    shown = drawn(case_details(view(state, tax_clearance="滞纳金未缴清")))
    assert "Tax clearance: 滞纳金未缴清 (第十六条)" in shown


def test_a_database_that_is_away_writes_no_traceback_over_the_panels() -> None:
    """In a process of its own: where no handler is set, Python prints every warning to the terminal."""
    away = "from asyncpg import pool; pool.logger.warning('no connection', exc_info=OSError('refused'))"
    quiet = "from runtime.cli.demo import leave_telling_to_the_roles as quiet; quiet(); "
    said = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stderr
        for code in (away, quiet + away)
    ]
    assert "no connection" in said[0]
    assert said[1] == ""
