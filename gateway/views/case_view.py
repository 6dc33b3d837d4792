"""A whole case as its owner or an operator sees it."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from gateway.texts import text
from gateway.views.clock_view import JointLimitView, RestView, joint_limit_views, rest_view
from gateway.views.delivery_view import PapersView
from gateway.views.headline import Headline, headline
from gateway.views.item_view import ItemTexts, ItemView, ResultView, item_views
from gateway.views.mandates import MandateView
from gateway.views.money_view import may_be_retried, owed_by_task
from gateway.views.owed import OwedView, owed_views
from gateway.views.panorama import Panorama, Progress, panorama
from gateway.views.party_words import yuan_text
from gateway.views.ratings import RatingsView
from gateway.views.sources_view import LicenceView, SourceView
from one_things.case import CasePhase, CaseState
from one_things.clock import OFFICIAL, WorkingCalendar
from one_things.commands import Cancel, Command, ResumeCase, SuspendCase
from one_things.deciding import decide
from one_things.events import CaseOutcome, Channel, StopReason, TaskKind
from one_things.faults import CommandRefused
from one_things.model import Record
from one_things.text import Text


class TaskView(Record):
    """Something only an operator can put right."""

    item: str
    kind: TaskKind
    kind_text: Text
    reason: str | None
    opened_at: datetime
    owed: Text | None = None
    """Money that has to be moved by hand before the task can be settled."""
    may_be_retried: bool = False
    """The item can be submitted once more, which settles the task."""


class CaseView(Record):
    """A case: where it stands, in plain words and in full."""

    case_no: str
    bundle: str
    title: Text
    version: int
    """0: it has a number, and its workflow is about to begin."""
    phase: CasePhase
    phase_text: Text
    outcome: CaseOutcome | None
    stop_reason: StopReason | None
    channel: Channel
    opened_at: datetime
    changed_at: datetime
    now: datetime
    """The time of the case: ahead of the wall clock by ``seconds_ahead``, which only happens in the sandbox."""
    seconds_ahead: int
    sandbox: bool
    may_be_cancelled: bool
    may_be_suspended: bool = False
    may_be_resumed: bool = False
    rest: RestView | None = None
    """Set while the applicant rests the case."""
    joint_limits: tuple[JointLimitView, ...] = ()
    """The limits over several items that run."""
    may_be_confirmed: bool
    """A department proposed it, and its applicant has to confirm or decline."""
    confirm_by: date | None
    """The last day to confirm, in Asia/Shanghai; None when nothing is to be confirmed or the day is being reckoned."""
    headline: Headline
    progress: Progress
    items: tuple[ItemView, ...]
    results: tuple[ResultView, ...]
    tasks: tuple[TaskView, ...] = ()
    owed: tuple[OwedView, ...] = ()
    """Materials that the applicant still has to hand in."""
    sources: tuple[SourceView, ...] = ()
    licences: tuple[LicenceView, ...] = ()
    mandates: tuple[MandateView, ...] = ()
    papers: PapersView | None = None
    """Results on paper and how they come; None where there are none."""
    ratings: RatingsView | None = None
    """None before the case has closed."""


def time_of_case(state: CaseState, wall_clock: datetime) -> datetime:
    """What time it is for this case."""
    return wall_clock + timedelta(seconds=state.seconds_ahead)


def case_view(
    state: CaseState,
    version: int,
    wall_clock: datetime,
    texts: Mapping[str, ItemTexts],
    task_reasons: Mapping[str, str] | None,
    calendar: WorkingCalendar = OFFICIAL,
) -> CaseView:
    """The view. ``task_reasons`` is None for applicants, who do not see operators' tasks."""
    now = time_of_case(state, wall_clock)
    items = item_views(state, now, texts, calendar)
    drawn = panorama(state, items)
    tasks = state.tasks if task_reasons is not None else ()
    return CaseView(
        case_no=state.case_no,
        bundle=state.plan.bundle,
        title=state.plan.title,
        version=version,
        phase=state.phase,
        phase_text=_phase_text(state, version),
        outcome=state.outcome,
        stop_reason=state.stop_reason,
        channel=state.channel,
        opened_at=state.opened_at,
        changed_at=state.changed_at,
        now=now,
        seconds_ahead=state.seconds_ahead,
        sandbox=state.time_can_be_skipped,
        may_be_cancelled=version > 0 and may_be_cancelled(state, now),
        may_be_suspended=version > 0 and _would_count(state, SuspendCase(channel=state.channel), now),
        may_be_resumed=version > 0 and _would_count(state, ResumeCase(channel=state.channel), now),
        rest=rest_view(state),
        joint_limits=joint_limit_views(state, now, calendar) if state.phase is CasePhase.OPEN else (),
        may_be_confirmed=version > 0 and state.phase is CasePhase.PROPOSED,
        confirm_by=state.confirmation.confirm_by if state.phase is CasePhase.PROPOSED else None,
        headline=headline(state, items, version),
        progress=drawn.progress,
        items=items,
        results=drawn.results,
        tasks=tuple(
            TaskView(
                item=task.item,
                kind=task.kind,
                kind_text=text(f"settle.{task.kind.value}"),
                reason=(task_reasons or {}).get(task.item),
                opened_at=task.opened_at,
                owed=yuan_text(owed) if (owed := owed_by_task(state, task)) is not None else None,
                may_be_retried=may_be_retried(state, task),
            )
            for task in tasks
        ),
        owed=owed_views(state),
    )


def panorama_of(state: CaseState, wall_clock: datetime, calendar: WorkingCalendar = OFFICIAL) -> Panorama:
    """The map alone; it opens nothing sealed."""
    return panorama(state, item_views(state, time_of_case(state, wall_clock), {}, calendar))


def may_be_cancelled(state: CaseState, now: datetime) -> bool:
    """Whether the rules would let the applicant take it back now."""
    return _would_count(state, Cancel(channel=state.channel), now)


def _would_count(state: CaseState, command: Command, now: datetime) -> bool:
    try:
        return bool(decide(state, command, now))
    except CommandRefused:
        return False


def _phase_text(state: CaseState, version: int) -> Text:
    if version == 0:
        return text("phase.received")
    if state.outcome is not None:
        return text(f"outcome.{state.outcome.value}")
    return text(f"phase.{state.phase.value}")
