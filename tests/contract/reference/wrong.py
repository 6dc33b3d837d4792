"""Departments that each break the contract in one way, as real ones do; by the name of the fault that the kit finds."""

import asyncio
import json
import traceback
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from security.signatures import sign
from tests.contract.reference.department import Answer, Department, Kept


class ForgetsIdempotency(Department):
    """Hands each repeat to its back office as new work, behind one unchanging answer."""

    def again(self, known: Kept, raw: bytes) -> Answer:
        if raw == known.raw:
            self.later(self.decide(self.opened(json.loads(raw))))
        return super().again(known, raw)

    def decision(self, body: dict[str, Any]) -> dict[str, Any]:
        return {**super().decision(body), "decision_id": self.new_reference()}


class AnswersDifferentlyOnRepeat(Department):
    """Takes it once, and gives a new number to every repeat."""

    def again(self, known: Kept, raw: bytes) -> Answer:
        conflict = raw != known.raw
        return super().again(known, raw) if conflict else (202, {"reference": self.new_reference()})


class AcceptsAnotherBody(Department):
    """Looks at the key alone."""

    def again(self, known: Kept, raw: bytes) -> Answer:
        return known.answer


class AnswersHtml(Department):
    """Stands behind a proxy that answers 200 with a page."""

    def respond(self, answer: Answer) -> Response:
        if answer[0] in {200, 202}:
            return Response("<html><body>OK</body></html>", 200, media_type="text/html")
        return super().respond(answer)


class DeniesWhatItTook(Department):
    """Answers questions from a copy that lags behind."""

    async def decide(self, body: dict[str, Any]) -> None:
        await asyncio.sleep(0.5)  # so long it may take to be asked, on a machine that has much to do
        await super().decide(body)

    def ask(self, key: str) -> Answer:
        known = self.kept.get(key)
        lags = known is not None and "decided" not in known.body and key not in self.undone
        return (404, {"code": "never-arrived"}) if lags else super().ask(key)


class DoesNotSayThatNothingArrived(Department):
    """Has a 404 for everything."""

    def ask(self, key: str) -> Answer:
        status, said = super().ask(key)
        return (404, {"code": "not-found"}) if status == 404 else (status, said)


class DoesNotSign(Department):
    """Believes that the network is safe."""

    def signed(self, url: str, headers: dict[str, str], raw: bytes) -> dict[str, str]:
        return {}


class SignsAnotherBody(Department):
    """Serialises once for the signature and once for the sending."""

    def signed(self, url: str, headers: dict[str, str], raw: bytes) -> dict[str, str]:
        return sign("POST", url, headers, json.dumps(json.loads(raw), indent=1).encode(), self.key)


class SendsOnce(Department):
    """Sends its decision and forgets it."""

    async def send(self, url: str, decision: dict[str, Any]) -> None:
        await self.post(url, json.dumps(decision).encode())


class DecidesAnotherAttempt(Department):
    """Knows no attempts."""

    def decision(self, body: dict[str, Any]) -> dict[str, Any]:
        return {**super().decision(body), "attempt": 1}


class UndoesTwice(Department):
    """Gives the money back as often as it is told to."""

    def undo(self, key: str, body: dict[str, Any]) -> Answer:
        self.undone[key] = self.given_back(body)
        return self.undone[key]


class LeaksStackTraces(Department):
    """Runs in debug mode."""

    def unreadable(self, raw: bytes) -> Answer:
        try:
            raise ValueError("cannot parse the request")
        except ValueError:
            return 500, {"error": traceback.format_exc()}


class SlowerThanPromised(Department):
    """Works before it answers."""

    async def submit(self, raw: bytes, key: str) -> Answer:
        await asyncio.sleep(0.6)
        return await super().submit(raw, key)


class DecidesWhatWasUndone(Department):
    """Undoes the submission, and forgets the decision that waits to be sent."""

    async def decide(self, body: dict[str, Any]) -> None:
        await asyncio.sleep(1.0)
        await self.say(body)


class SpeaksTheFirstVersion(Department):
    """Was never told that there is a second one."""

    async def handle(self, request: Request) -> Response:
        return await self.handled(request)


class IgnoresTheVersion(Department):
    """Gives back whatever version it reads."""

    async def handle(self, request: Request) -> Response:
        response = await self.handled(request)
        response.headers["onething-contract"] = request.headers.get("onething-contract", "")
        return response


class OpenToAnybody(Department):
    """Checks no credential."""

    async def handle(self, request: Request) -> Response:
        wanted = [(b"authorization", b"Bearer credential-of-the-reference")]
        request.scope["headers"] = [pair for pair in request.scope["headers"] if pair[0] != b"authorization"] + wanted
        return await super().handle(Request(request.scope, request.receive))


WRONG: dict[str, type[Department]] = {
    "forgets-idempotency": ForgetsIdempotency,
    "answers-differently-on-repeat": AnswersDifferentlyOnRepeat,
    "accepts-another-body": AcceptsAnotherBody,
    "unreadable-answer": AnswersHtml,
    "denies-what-it-took": DeniesWhatItTook,
    "never-arrived-not-said": DoesNotSayThatNothingArrived,
    "callback-unsigned": DoesNotSign,
    "callback-signs-another-body": SignsAnotherBody,
    "callback-not-repeated": SendsOnce,
    "decision-for-another-attempt": DecidesAnotherAttempt,
    "undo-doubles": UndoesTwice,
    "leaks-internals": LeaksStackTraces,
    "slower-than-promised": SlowerThanPromised,
    "decision-after-undo": DecidesWhatWasUndone,
    "open-to-anybody": OpenToAnybody,
    "other-contract": SpeaksTheFirstVersion,
    "ignores-the-version": IgnoresTheVersion,
}
