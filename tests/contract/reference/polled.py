"""A department that is polled and keeps to the contract, and those whose list breaks it in one way each."""

import asyncio
import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from security.signatures import sign
from tests.contract.reference.department import TOKEN, Answer, Department

_DOOR = "/departments/reference/decisions"
_TYPE = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Listed:
    position: int
    key: str
    raw: bytes


@dataclass
class Polled(Department):
    """Keeps its decisions in one list, each behind the one before it."""

    entries: list[Listed] = field(default_factory=list)
    last: int = 0

    async def send(self, url: str, decision: dict[str, Any]) -> None:
        key = decision["decision_id"].removesuffix(":decision")
        self.entries.append(Listed(self.next_position(key), key, json.dumps(decision).encode()))
        self.entries.sort(key=lambda entry: entry.position)

    def next_position(self, key: str) -> int:
        self.last += 1
        return self.last

    def undo(self, key: str, body: dict[str, Any]) -> Answer:
        self.entries = [entry for entry in self.entries if entry.key != key]
        return super().undo(key, body)

    def listed(self, after: str, limit: str) -> Answer:
        try:
            behind = self.read_cursor(after) if after else 0
        except ValueError:
            return self.unknown_position()
        return 200, self.page([entry for entry in self.entries if entry.position > behind], int(limit))

    def page(self, found: list[Listed], limit: int) -> Any:
        return {"entries": [self.shown(entry) for entry in found[:limit]], "more": len(found) > limit}

    def shown(self, entry: Listed) -> dict[str, Any]:
        return {
            "cursor": self.cursor(entry),
            "door": "decisions",
            "body": entry.raw.decode(),
            "signature": self.signed(_DOOR, _TYPE, entry.raw),
        }

    def cursor(self, entry: Listed) -> str:
        return str(entry.position)

    def read_cursor(self, after: str) -> int:
        return int(after)

    def unknown_position(self) -> Answer:
        return 410, {"code": "cursor-unknown"}


class ServesNoList(Polled):
    def listed(self, after: str, limit: str) -> Answer:
        return 404, {"code": "not-found"}


class ListsBareEntries(Polled):
    def page(self, found: list[Listed], limit: int) -> Any:
        return [self.shown(entry) for entry in found[:limit]]


class ShowsItsListToAnybody(Polled):
    async def handle(self, request: Request) -> Response:
        if request.url.path == "/decisions":
            request.scope["headers"] = [
                *(pair for pair in request.scope["headers"] if pair[0] != b"authorization"),
                (b"authorization", f"Bearer {TOKEN}".encode()),
            ]
        return await super().handle(Request(request.scope, request.receive))


class KnowsNoLimit(Polled):
    """Answers with all that there is."""

    def page(self, found: list[Listed], limit: int) -> Any:
        return super().page(found, len(found))


class ReadsNoPosition(Polled):
    """Lists everything each time."""

    def listed(self, after: str, limit: str) -> Answer:
        return 200, self.page(self.entries, int(limit))


class CountsInMinutes(Polled):
    """Its positions are times, and not fine enough."""

    def cursor(self, entry: Listed) -> str:
        return str(entry.position // 100)

    def read_cursor(self, after: str) -> int:
        return int(after) * 100 - 1


class NewestFirst(Polled):
    """As its officers like to see it."""

    def page(self, found: list[Listed], limit: int) -> Any:
        return super().page(found[::-1], limit)


class IsAQueue(Polled):
    """What was read is done with."""

    def listed(self, after: str, limit: str) -> Answer:
        answer = super().listed(after, limit)
        if after:
            self.entries = [entry for entry in self.entries if entry.position > self.read_cursor(after)]
        return answer


class NumbersEachAnswer(Polled):
    """A position is good for the answer in which it stood."""

    answers = 0

    def listed(self, after: str, limit: str) -> Answer:
        self.answers += 1
        return super().listed(after, limit)

    def cursor(self, entry: Listed) -> str:
        return f"{entry.position}-{self.answers}"

    def read_cursor(self, after: str) -> int:
        return int(after.partition("-")[0])


class TellsTheTime(Polled):
    """Writes each decision anew, with the moment in it."""

    def shown(self, entry: Listed) -> dict[str, Any]:
        raw = json.dumps({**json.loads(entry.raw), "article": f"{time.time()}"}).encode()
        return super().shown(Listed(entry.position, entry.key, raw))


class NeverHasMore(Polled):
    """Leaves it to the reader to come again."""

    def page(self, found: list[Listed], limit: int) -> Any:
        return {**super().page(found, limit), "more": False}


class PointsAtTheNext(Polled):
    """Its position is that of the first entry which was not shown, and who asks for what is behind it misses it."""

    def page(self, found: list[Listed], limit: int) -> Any:
        page = super().page(found, limit)
        if page["more"]:
            page["entries"][-1]["cursor"] = self.cursor(found[limit])
        return page


class NumbersWhatWasHandedIn(Polled):
    """Numbers a decision when its submission comes, and some take longer than others."""

    taken = 0

    async def decide(self, body: dict[str, Any]) -> None:
        self.taken += 1
        body = {**body, "position": self.taken}
        await asyncio.sleep(0.4 if self.taken % 3 == 0 else 0.02)
        if body["key"] not in self.undone:
            await self.say(body)

    def next_position(self, key: str) -> int:
        return int(self.kept[key].body["position"])


class FallsOverAStrangePosition(Polled):
    def unknown_position(self) -> Answer:
        return 400, {"code": "bad-request", "reason": "参数错误"}


class SignsTheFetching(Polled):
    """Signs the call that it answers."""

    def signed(self, url: str, headers: dict[str, str], raw: bytes) -> dict[str, str]:
        return sign("GET", "/decisions", headers, raw, self.key)


class SignedLongAgo(Polled):
    """Signs when it decides, and keeps the signature."""

    def signed(self, url: str, headers: dict[str, str], raw: bytes) -> dict[str, str]:
        return sign("POST", url, headers, raw, self.key, datetime.now(UTC) - timedelta(hours=1))


class ListsWhatWasUndone(Polled):
    """Keeps every decision, also one that was undone before it was read or made."""

    async def decide(self, body: dict[str, Any]) -> None:
        await asyncio.sleep(0.05)
        await self.say(body)

    def undo(self, key: str, body: dict[str, Any]) -> Answer:
        return Department.undo(self, key, body)


class DecidesEachRepeat(Polled):
    def again(self, known: Any, raw: bytes) -> Answer:
        if raw == known.raw:
            self.later(self.decide(self.opened(json.loads(raw))))
        return super().again(known, raw)

    def decision(self, body: dict[str, Any]) -> dict[str, Any]:
        return {**super().decision(body), "decision_id": f"{self.new_reference()}:{body['key']}:decision"}


class ListsNothing(Polled):
    async def send(self, url: str, decision: dict[str, Any]) -> None:
        return


class ListsActsAlone(Polled):
    """Says that it accepts, and never decides."""

    async def send(self, url: str, decision: dict[str, Any]) -> None:
        key = decision["decision_id"].removesuffix(":decision")
        about = {name: decision[name] for name in ("case_no", "item", "attempt")}
        accepted = {"act": "accepted", "act_id": f"{key}:accepted", **about}
        self.entries.append(Listed(self.next_position(key), key, json.dumps(accepted).encode()))

    def shown(self, entry: Listed) -> dict[str, Any]:
        signature = self.signed("/departments/reference/acts", _TYPE, entry.raw)
        return {**super().shown(entry), "door": "acts", "signature": signature}


@dataclass
class DecidesOnceItWasAsked(Polled):
    """Decides just after it has been asked for the first time."""

    coming: list[dict[str, Any]] = field(default_factory=list)

    async def decide(self, body: dict[str, Any]) -> None:
        return

    def take(self, body: dict[str, Any], raw: bytes) -> Answer:
        self.coming.append(body)
        return super().take(body, raw)

    def listed(self, after: str, limit: str) -> Answer:
        answer = super().listed(after, limit)
        for body in self.coming:
            raw = json.dumps(self.decision(body)).encode()
            self.entries.append(Listed(self.next_position(body["key"]), body["key"], raw))
        self.coming.clear()
        return answer


WRONG_LISTS: dict[type[Polled], str] = {
    ServesNoList: "list-not-served",
    ListsBareEntries: "list-unreadable",
    ShowsItsListToAnybody: "open-to-anybody",
    KnowsNoLimit: "list-ignores-limit",
    ReadsNoPosition: "list-ignores-position",
    CountsInMinutes: "position-not-unique",
    NewestFirst: "list-out-of-order",
    IsAQueue: "list-forgets",
    NumbersEachAnswer: "position-changes",
    TellsTheTime: "entry-changes",
    NeverHasMore: "list-ends-early",
    PointsAtTheNext: "pages-lose-decisions",
    NumbersWhatWasHandedIn: "decision-before-position",
    FallsOverAStrangePosition: "position-unknown-not-said",
    SignsTheFetching: "callback-signature-invalid",
    SignedLongAgo: "callback-clock",
    ListsWhatWasUndone: "decision-after-undo",
    DecidesEachRepeat: "forgets-idempotency",
}
