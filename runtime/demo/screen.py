"""What the demonstration shows: panels that change in place on a terminal, one line per event anywhere else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, NamedTuple

from rich.columns import Columns
from rich.console import Console, Group, RenderableType
from rich.live import Live

from gateway.views.case_view import CaseView, case_view
from gateway.views.item_view import ItemTexts
from gateway.views.timeline import days_of, entry_of
from one_things.case import CaseState
from one_things.events import ClockFastForwarded, Event
from runtime.case_drawing import case_panel

_SIDE_BY_SIDE: Final = 44  # columns that a panel needs at least
_PER_SECOND: Final = 5
_FRAME: Final = 4  # lines of a panel that are no items


class Shown(NamedTuple):
    """A case as the screen knows it beside its state."""

    name: str
    notes: tuple[str, ...] = ()
    texts: Mapping[str, ItemTexts] = {}


class Screen:
    """Draws the cases. Use as a context manager while they go on."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._states: dict[str, CaseState] = {}
        self._shown: dict[str, Shown] = {}
        self._live = (
            Live(console=console, get_renderable=self._drawing, refresh_per_second=_PER_SECOND)
            if console.is_terminal
            else None
        )

    def __enter__(self) -> Screen:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def present(self, case_no: str, name: str) -> None:
        """From now on the case is shown under this name, below those presented before."""
        self._shown[case_no] = Shown(name)

    def explain(self, case_no: str, texts: Mapping[str, ItemTexts]) -> None:
        """What departments wrote about the case, for its owner."""
        self._shown[case_no] = self._shown[case_no]._replace(texts=texts)

    def note(self, case_no: str, *notes: str) -> None:
        """Say this below the case, instead of what was said before."""
        known = self._shown[case_no]
        if known.notes != notes:
            self._shown[case_no] = known._replace(notes=notes)
            if self._live is None:
                for note in notes:
                    self._console.print(f"{case_no} {known.name}: {note}")

    def say(self, line: str) -> None:
        """A line of its own, above the panels."""
        self._console.print(line)

    def hear(self, state: CaseState, event: Event) -> None:
        """An event happened; where nothing can change in place, it is a line."""
        self._states[state.case_no] = state
        if self._live is not None:
            return
        entry = entry_of(state.plan, state.version, event)
        skipped = "⏩ " if isinstance(event, ClockFastForwarded) else ""
        self._console.print(f"{state.case_no} {self._shown[state.case_no].name}: {skipped}{entry.text.en}")

    def view(self, state: CaseState) -> CaseView:
        """The case as its owner sees it now."""
        texts = self._shown[state.case_no].texts
        return case_view(state, state.version, datetime.now(UTC), texts, None)

    def _drawing(self) -> RenderableType:
        views = [self.view(self._states[case_no]) for case_no in self._shown if case_no in self._states]
        across = self._console.width // _SIDE_BY_SIDE >= len(views) > 0
        lines = [len(view.items) + _FRAME + len(self._notes(view)) for view in views]
        whole = (max(lines, default=0) if across else sum(lines)) < self._console.height
        panels = [case_panel(view, self._shown[view.case_no].name, self._notes(view), whole=whole) for view in views]
        if across:
            return Columns(panels, width=self._console.width // len(views) - 1, padding=(0, 1, 0, 0))
        return Group(*panels)

    def _notes(self, view: CaseView) -> tuple[str, ...]:
        ahead = view.seconds_ahead
        skipped = (f"⏩ {days_of(ahead)} days fast-forwarded",) if ahead else ()
        return (*skipped, *self._shown[view.case_no].notes)
