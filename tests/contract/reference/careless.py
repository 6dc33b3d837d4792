"""More wrong departments, one for every other fault that the kit knows, each with the check that has to find it."""

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from security.signatures import sign
from security.signing_keys import SigningKey
from tests.contract.reference.department import Answer, Department, Kept


class ComparesTheTime(Department):
    def again(self, known: Kept, raw: bytes) -> Answer:
        return 409, {"code": "key-conflict"}


class HasAnotherCredential(Department):
    async def handled(self, request: Request) -> Response:
        return self.respond((401, {"code": "unauthorised"}))


class RefusesEverything(Department):
    def take(self, body: dict[str, Any], raw: bytes) -> Answer:
        return 400, {"code": "not-eligible", "reason": "不符合办理条件"}


class Answers201(Department):
    def take(self, body: dict[str, Any], raw: bytes) -> Answer:
        return 201, {}


class LooksAndThenTakes(Department):
    """Two of the same at once both find nothing, and both are taken."""

    async def submit(self, raw: bytes, key: str) -> Answer:
        known = self.kept.get(key)
        await asyncio.sleep(0.05)
        if known is None and key in self.kept:
            return 202, {"reference": self.new_reference()}
        return await super().submit(raw, key)


class NeverChangesItsMind(Department):
    def ask(self, key: str) -> Answer:
        return self.kept[key].answer if key in self.kept else super().ask(key)


class TellsOtherResults(Department):
    def ask(self, key: str) -> Answer:
        status, said = super().ask(key)
        if status == 200 and said["results"]:
            said = {"results": [{**said["results"][0], "reference": "another"}]}
        return status, said


class ForgetsTheUndoing(Department):
    def ask(self, key: str) -> Answer:
        return self.kept[key].answer if key in self.undone and key in self.kept else super().ask(key)


class UndoesNothingUnknown(Department):
    def undo(self, key: str, body: dict[str, Any]) -> Answer:
        return super().undo(key, body) if key in self.kept else (400, {"code": "unknown", "reason": "无此申请"})


class TakesWhatWasUndone(Department):
    def after_undoing(self, body: dict[str, Any]) -> Answer:
        return 202, {"reference": self.new_reference()}


class ConfirmsNoMoney(Department):
    def decision(self, body: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in super().decision(body).items() if name != "payment"}


class TakesMaterialsLater(Department):
    def supply(self, key: str) -> Answer:
        return 202, {"reference": self.new_reference()}


class SaysNotAsOfWhen(Department):
    def look_up(self, subject: dict[str, str]) -> Answer:
        status, said = super().look_up(subject)
        return status, {"fields": said["fields"]} if status == 200 else said


class FindsNothingInEverybody(Department):
    def look_up(self, subject: dict[str, str]) -> Answer:
        status, said = super().look_up(subject)
        return (200, {"fields": {}, "as_of": "2026-03-02T01:00:00Z"}) if status == 404 else (status, said)


class TakesAnything(Department):
    def unreadable(self, raw: bytes) -> Answer:
        return 202, {"reference": self.new_reference()}


class BreaksOnAnything(Department):
    def unreadable(self, raw: bytes) -> Answer:
        return 500, {"code": "internal"}


class TakesLittle(Department):
    async def submit(self, raw: bytes, key: str) -> Answer:
        return (413, {"code": "too-large"}) if len(raw) > 64 * 1024 else await super().submit(raw, key)


class BreaksOnMuch(Department):
    def respond(self, answer: Answer) -> Response:
        return super().respond((500, {"code": "internal"}) if answer[0] == 413 else answer)


class NeverDecides(Department):
    async def decide(self, body: dict[str, Any]) -> None:
        return


class NamesAnotherKey(Department):
    def signed(self, url: str, headers: dict[str, str], raw: bytes) -> dict[str, str]:
        return sign("POST", url, headers, raw, SigningKey("reference.9", self.key.suite_name, self.key.signer))


class SignsWithAnotherKey(Department):
    def signed(self, url: str, headers: dict[str, str], raw: bytes) -> dict[str, str]:
        return sign("POST", url, headers, raw, SigningKey.generate(self.key.id))


class LivesInThePast(Department):
    def signed(self, url: str, headers: dict[str, str], raw: bytes) -> dict[str, str]:
        return sign("POST", url, headers, raw, self.key, datetime.now(UTC) - timedelta(hours=1))


class LeavesTheBodyOut(Department):
    def signed(self, url: str, headers: dict[str, str], raw: bytes) -> dict[str, str]:
        return sign("POST", url, {}, b"", self.key)


class SendsToAnotherDepartment(Department):
    async def send(self, url: str, decision: dict[str, Any]) -> None:
        await super().send(url.replace("/reference/", "/another/"), decision)


class HasVerdictsOfItsOwn(Department):
    def decision(self, body: dict[str, Any]) -> dict[str, Any]:
        return {**super().decision(body), "verdict": "passed"}


class SendsTheTime(Department):
    async def send(self, url: str, decision: dict[str, Any]) -> None:
        while await self.post(url, json.dumps({**decision, "article": f"{time.time()}"}).encode()) >= 500:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


class NeverStops(Department):
    async def send(self, url: str, decision: dict[str, Any]) -> None:
        for _ in range(6):
            await self.post(url, json.dumps(decision).encode())
            await asyncio.sleep(0.02)


class BearsLittle(Department):
    async def submit(self, raw: bytes, key: str) -> Answer:
        return (503, {"code": "busy"}) if len(self.kept) > 3 else await super().submit(raw, key)


class Careless(NamedTuple):
    department: type[Department]
    fault: str
    check: str


CARELESS = (
    Careless(ComparesTheTime, "conflict-without-cause", "same-key-same-answer"),
    Careless(HasAnotherCredential, "credential-refused", "submission-answered"),
    Careless(RefusesEverything, "test-submission-refused", "submission-answered"),
    Careless(Answers201, "unexpected-status", "submission-answered"),
    Careless(LooksAndThenTakes, "takes-twice-at-once", "same-key-at-once"),
    Careless(NeverChangesItsMind, "asking-contradicts", "asked-after-the-decision"),
    Careless(TellsOtherResults, "asking-contradicts", "asked-after-the-decision"),
    Careless(ForgetsTheUndoing, "undone-still-stands", "undo-once"),
    Careless(UndoesNothingUnknown, "undo-before-arrival-refused", "undo-before-arrival"),
    Careless(TakesWhatWasUndone, "arrives-after-undo", "undo-before-arrival"),
    Careless(ConfirmsNoMoney, "payment-not-confirmed", "money-given-back-once"),
    Careless(TakesMaterialsLater, "material-not-confirmed", "material-follows"),
    Careless(SaysNotAsOfWhen, "lookup-unreadable", "dataset-answers"),
    Careless(FindsNothingInEverybody, "not-found-not-said", "dataset-answers"),
    Careless(TakesAnything, "takes-broken-body", "broken-bodies-refused"),
    Careless(BreaksOnAnything, "breaks-on-broken-body", "broken-bodies-refused"),
    Careless(TakesLittle, "large-body-refused", "large-body-taken"),
    Careless(BreaksOnMuch, "breaks-on-huge-body", "large-body-taken"),
    Careless(NeverDecides, "no-decision", "decision-comes"),
    Careless(NamesAnotherKey, "callback-key-unknown", "decision-signed"),
    Careless(SignsWithAnotherKey, "callback-signature-invalid", "decision-signed"),
    Careless(LivesInThePast, "callback-clock", "decision-signed"),
    Careless(LeavesTheBodyOut, "callback-signature-incomplete", "decision-signed"),
    Careless(SendsToAnotherDepartment, "callback-to-another-address", "decision-readable"),
    Careless(HasVerdictsOfItsOwn, "decision-unreadable", "decision-readable"),
    Careless(SendsTheTime, "callback-changes-on-repeat", "decision-repeated"),
    Careless(NeverStops, "callback-goes-on", "decision-repeated"),
    Careless(BearsLittle, "breaks-under-load", "promised-rate"),
)
