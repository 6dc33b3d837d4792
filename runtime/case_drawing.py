"""A case in the terminal: its items with their states, in colour and in words, and what came of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text as Line

from gateway.texts import say
from gateway.views.case_view import CaseView
from gateway.views.item_view import ItemView, Look
from one_things.case import CasePhase
from one_things.events import CaseOutcome

LANGUAGE: Final = "en"
_MARKS: Final[dict[Look, tuple[str, str]]] = {
    Look.WAITING: ("·", "dim"),
    Look.SUBMITTED: ("→", "cyan"),
    Look.ACCEPTED: ("●", "cyan"),
    Look.NOTICE: ("◔", "yellow"),
    Look.CORRECTION: ("!", "bold yellow"),
    Look.APPROVED: ("✔", "green"),
    Look.REFUSED: ("✘", "bold red"),
    Look.LAPSED: ("✘", "bold red"),
    Look.UNDONE: ("↩", "magenta"),
    Look.UNDO_FAILED: ("!", "bold red"),
    Look.DROPPED: ("–", "dim"),
    Look.NOT_CHOSEN: ("–", "dim"),
}
_OUTCOME_STYLES: Final = {CaseOutcome.COMPLETED: "green", CaseOutcome.REFUSED: "red", CaseOutcome.OBJECTED: "red"}
_SETTLED: Final = frozenset({Look.WAITING, Look.APPROVED, Look.DROPPED})


def case_panel(view: CaseView, name: str, notes: Iterable[str] = (), *, whole: bool = True) -> Panel:
    """A case in a frame. ``whole`` False leaves out the items where nothing happens, for small terminals."""
    items = Table.grid(padding=(0, 1), expand=True)
    items.add_column(width=1)
    items.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    items.add_column(no_wrap=True)
    for item in view.items:
        if whole or item.status not in _SETTLED:
            mark, style = _MARKS[item.status]
            items.add_row(Line(mark, style), Line(item.title.en, style), Line(_state(item), style))
    words = Line(view.headline.now.en)
    below: list[RenderableType] = [Line(note, "yellow") for note in notes]
    if view.phase is CasePhase.CLOSED:
        below += [Line(line, "red") for item in view.items for line in _reason(item)]
    return Panel(
        Group(words, items, *below),
        title=Line(f"{name} {view.case_no}"),
        subtitle=Line(f"{view.phase_text.en}: {view.progress.done} of {view.progress.total} items done"),
        border_style=frame_style(view),
    )


def frame_style(view: CaseView) -> str:
    """The colour of a case as a whole."""
    if view.outcome is not None:
        return _OUTCOME_STYLES.get(view.outcome, "yellow")
    return "yellow" if view.phase is CasePhase.STOPPING else "cyan"


def case_details(view: CaseView) -> RenderableType:
    """Everything about a case: plain words, then items, then reasons and results."""
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim")
    facts.add_row("case", f"{view.case_no}, {view.title.en}")
    facts.add_row("state", Line(view.phase_text.en, frame_style(view)))
    facts.add_row("now", view.headline.now.en)
    facts.add_row("waiting for", view.headline.waiting_for.en)
    facts.add_row("until", view.headline.until.en)
    facts.add_row("your part", view.headline.your_part.en)
    if view.headline.trouble is not None:
        facts.add_row("trouble", view.headline.trouble.en)
    if view.seconds_ahead:
        facts.add_row("time", say("case.ahead", LANGUAGE, days=round(view.seconds_ahead / 86_400, 1)))
    items = Table("", "item", "department", "state", "time", box=None, padding=(0, 2, 0, 0), header_style="dim")
    for item in view.items:
        mark, style = _MARKS[item.status]
        items.add_row(
            Line(mark, style),
            item.title.en,
            item.department.title.en,
            Line(item.status_text.en, style),
            item.time_left.en if item.time_left else "",
        )
    below = [Line(line, "red") for item in view.items for line in (*_reason(item), *_corrections(item))]
    return Group(facts, "", items, *below, *_results(view))


def whom_it_waits_for(view: CaseView) -> str:
    """Which item waits for whom, in one line: for saying why a case does not go on."""
    for item in view.items:
        title, department = item.title.en, item.department.title.en
        if item.unreachable_since is not None:
            return f"“{title}” waits for {department}, whose system is not answering"
        match item.status:
            case Look.CORRECTION:
                return f"“{title}” waits for the applicant's correction"
            case Look.UNDO_FAILED:
                return f"“{title}” could not be undone and waits for an operator"
            case Look.SUBMITTED:
                return f"“{title}” waits for {department} to answer its submission"
            case Look.ACCEPTED:
                return f"“{title}” waits for the decision of {department}"
    on_notice = [item for item in view.items if item.status is Look.NOTICE]
    if on_notice:
        return f"“{on_notice[0].title.en}” waits for the end of its public notice"
    return view.headline.trouble.en if view.headline.trouble else f"it waits for: {view.headline.waiting_for.en}"


def _state(item: ItemView) -> str:
    if item.unreachable_since is not None:
        return "not answering"
    return item.time_left.en if item.time_left and item.status is not Look.WAITING else item.status_text.en


def _reason(item: ItemView) -> Iterator[str]:
    if item.reason is not None:
        article = f" ({item.article})" if item.article else ""
        yield f"{item.title.en}: {item.reason}{article}"


def _corrections(item: ItemView) -> Iterator[str]:
    for point in item.correction_points:
        yield f"{item.title.en}: {point.text}"


def _results(view: CaseView) -> list[RenderableType]:
    issued = [result for result in view.results if result.issued]
    if not issued:
        return []
    results = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("result", "kind", "reference"):
        results.add_column(heading, overflow="fold")
    for result in issued:
        results.add_row(result.title.en, result.kind_text.en, result.reference or "")
    return ["", results]
