"""The decisions of a simulated department that sends none: one list, each entry signed when it is shown."""

import time
from collections.abc import Mapping
from typing import Final

from pydantic_core import to_json

from adapters.sandbox import answers
from adapters.sandbox.answers import Reply
from adapters.sandbox.callbacks import Sign
from adapters.sandbox.ledger import KeptDecision, Ledger
from adapters.sandbox.switchboard import Switchboard

_MOST: Final = 500
_JSON: Final = {"Content-Type": "application/json"}
_CURSOR_UNKNOWN: Final = answers.problem(410, "cursor-unknown", "This is no position of this list.")


class KeptDecisions:
    """What may be fetched of all departments."""

    def __init__(self, ledger: Ledger, switchboard: Switchboard, signers: Mapping[str, Sign]) -> None:
        self._ledger = ledger
        self._switchboard = switchboard
        self._signers = signers

    def page(self, department: str, after: str, limit: str) -> Reply:
        """What was decided behind this position, the oldest first."""
        if self._switchboard.is_down(department):
            return answers.UNAVAILABLE
        try:
            due_at, number = _position(after)
            most = min(int(limit or _MOST), _MOST)
        except ValueError:
            return _CURSOR_UNKNOWN
        found = self._ledger.kept_after(department, due_at, number, time.time(), most + 1)
        shown = [self._signed(department, decision) for decision in found[:most]]
        return Reply(200, to_json({"entries": shown, "more": len(found) > most}))

    def _signed(self, department: str, decision: KeptDecision) -> dict[str, object]:
        door = decision.callback_url.rpartition("/")[2]
        path = f"/departments/{department}/{door}"
        return {
            "cursor": f"{decision.due_at!r}~{decision.id}",
            "door": door,
            "signature": self._signers[department]("POST", path, _JSON, decision.body),
            "body": decision.body.decode(),
        }


def _position(after: str) -> tuple[float, int]:
    due_at, _, number = after.partition("~")
    return (float(due_at), int(number)) if after else (0.0, 0)
