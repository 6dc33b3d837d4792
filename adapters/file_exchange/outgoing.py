"""Makes batches of what workers laid down, and lays out again what nobody answered by its date.

A batch is planned before it is written: whoever is killed in the middle writes the same bytes again.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from adapters.file_exchange.batch import BatchEntry, digest_of, write_batch
from adapters.file_exchange.drop import Drop, entry_name

_LOG = logging.getLogger("onething.departments")
ANSWERED_WITHIN: Final = timedelta(days=1)
"""After so long without an answer to each of its entries a batch is told of, and lies there once more."""
_PLAN: Final = "plan"
STATE: Final = "state"
SETTLED: Final = "settled"
"""How many batches of the department were taken, in the note of this name: nothing is answered without one more."""
PLATFORM: Final = "onething"
Attest = Callable[[bytes], str]
"""(statement) -> a token that carries it, signed by this platform (compact JWS)."""


class _Unanswered(NamedTuple):
    """What has to be known of a batch at every look. Its entries may be megabytes, and stay where they are."""

    made_at: datetime
    sent_at: datetime
    waiting: tuple[str, ...]
    """Names of entries."""


class Outgoing:
    """What goes out to one department. For one at a time."""

    def __init__(self, department: str, drop: Drop, attest: Attest, most: int) -> None:
        self._department = department
        self._drop = drop
        self._attest = attest
        self._most = most
        self._unanswered: dict[str, _Unanswered] = {}
        self._settled = -1

    def send(self, now: datetime) -> None:
        """Everything that is pending goes out. Raises OSError."""
        while (plan := self._drop.held("batches", _PLAN) or self._plan(now)) is not None:
            self._carry_out(plan)

    def overdue(self, now: datetime) -> list[str]:
        """Batches with entries that nobody answered by their date; they lie there again.

        A look at which the department has said nothing new asks for no answers, however many are outstanding.
        """
        settled = (self._drop.held("taken", STATE) or {}).get(SETTLED, 0)
        known, self._unanswered = self._unanswered if settled == self._settled else {}, {}
        for name in self._drop.names("batches"):
            if name != _PLAN and (batch := known.get(name) or self._looked_at(name)) is not None:
                self._unanswered[name] = batch
        self._settled = settled
        late = [name for name, batch in self._unanswered.items() if now - batch.made_at >= ANSWERED_WITHIN]
        for name in late:
            if now - self._unanswered[name].sent_at >= ANSWERED_WITHIN:
                self._send_again(name, now)
        return late

    def _looked_at(self, name: str) -> _Unanswered | None:
        """The batch; None where everything is answered: then it is kept no longer."""
        batch = self._drop.held("batches", name)
        if batch is None:
            return None
        waiting = tuple(entry for entry in batch["names"] if not self._drop.has("answers", entry))
        if not waiting:
            self._drop.forget("batches", name)
            return None
        return _Unanswered(datetime.fromisoformat(batch["made_at"]), datetime.fromisoformat(batch["sent_at"]), waiting)

    def _send_again(self, name: str, now: datetime) -> None:
        batch = self._drop.held("batches", name)
        if batch is None:
            return
        if now - datetime.fromisoformat(batch["sent_at"]) >= ANSWERED_WITHIN:  # else another gateway has just done it
            if not self._drop.is_out(f"{name}.zip"):
                self._drop.send(f"{name}.zip", self._packed(batch))
            batch["sent_at"] = now.isoformat()
            self._drop.put("batches", name, batch)
            waiting = len(self._unanswered[name].waiting)
            _LOG.warning("%s: %d entries of %s have no answer; it lies there again", self._department, waiting, name)
        sent_at = datetime.fromisoformat(batch["sent_at"])
        self._unanswered[name] = self._unanswered[name]._replace(sent_at=sent_at)

    def _plan(self, now: datetime) -> dict[str, object] | None:
        waiting = self._drop.names("pending")[: self._most]
        if not waiting:
            return None
        names = [entry_name(one) for one in waiting]
        last = self._drop.held("taken", "sent") or {"sequence": 0}
        entries = [entry for name in waiting if (entry := self._drop.held("pending", name)) is not None]
        plan = {
            "sequence": last["sequence"] + 1,
            "made_at": now.isoformat(),
            "names": names,
            "waiting": waiting,
            "entries": entries,
        }
        self._drop.put("batches", _PLAN, plan)
        return plan

    def _carry_out(self, plan: dict[str, object]) -> None:
        sequence, waiting = plan["sequence"], plan.get("waiting", plan["names"])
        assert isinstance(waiting, list)
        name = f"{PLATFORM}-{sequence:08}"
        self._drop.send(f"{name}.zip", self._packed(plan))
        self._drop.put("batches", name, {**plan, "sent_at": plan["made_at"]})
        for one in waiting:
            entry = self._drop.held("entries", entry_name(one))
            if entry is not None:
                self._drop.put("entries", entry_name(one), {**entry, "batch": sequence})
            self._drop.forget("pending", one)
        self._drop.put("taken", "sent", {"sequence": sequence})
        self._drop.forget("batches", _PLAN)

    def _packed(self, plan: dict[str, object]) -> bytes:
        entries, sequence = plan["entries"], plan["sequence"]
        assert isinstance(entries, list)
        assert isinstance(sequence, int)
        made_at = datetime.fromisoformat(str(plan["made_at"])).astimezone(UTC)
        listed = [BatchEntry(entry["kind"], entry["key"], entry["body"].encode()) for entry in entries]
        return write_batch(PLATFORM, self._department, sequence, made_at, listed, self._signed)

    def _signed(self, manifest: bytes) -> dict[str, str]:
        return {"token": self._attest(f'{{"digest":"{digest_of(manifest)}"}}'.encode())}
