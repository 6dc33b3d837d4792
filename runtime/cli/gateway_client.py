"""The gateway as the command line reaches it: apply, look, follow. Whatever goes wrong is one clear line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, NamedTuple, Self

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from one_things.faults import Fault
from runtime.cli.commands import CommandFailed

_BAD_INPUT = 2
_NOT_ABOUT_THE_CONTENT = frozenset({401, 403, 404})
_SILENCE = 60.0  # seconds; the gateway breaks its silence four times as often


class Access(NamedTuple):
    """Where the gateway is and as whom it is asked."""

    url: str
    token: str


class ApplicationFaulty(Exception):
    """The gateway found the application faulty; ``faults`` names each field."""

    def __init__(self, title: str, faults: tuple[Fault, ...]) -> None:
        super().__init__(title)
        self.title = title
        self.faults = faults


class UploadRefused(Exception):
    """The gateway does not take a content: what is wrong with it, and what to do."""

    def __init__(self, title: str, fix: str) -> None:
        super().__init__(title)
        self.title = title
        self.fix = fix


class Applied(NamedTuple):
    """The case of an application. ``repeated``: the same application came before, under the same key."""

    case_no: str
    repeated: bool


class _Problem(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    title: str
    detail: str | None = None
    faults: tuple[Fault, ...] = ()


class GatewayAway(Exception):
    """The gateway cannot serve this now: asked again later, it may."""


class ServerSentEvent(NamedTuple):
    """One event of a stream, as far as we use it."""

    id: str
    data: str


class GatewayClient:
    """Use as a context manager. All methods raise CommandFailed, with the one line that says what is wrong."""

    def __init__(self, access: Access) -> None:
        self._url = access.url
        self._client = httpx.Client(
            base_url=access.url,
            headers={"Authorization": f"Bearer {access.token}", "Accept": "application/json", "Accept-Language": "en"},
            timeout=10,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def apply(self, application: Mapping[str, Any], key: str) -> Applied:
        """Apply for a one-thing; the same key gives the same case. Raises ApplicationFaulty."""
        answer = self._send("POST", "/cases", content=json.dumps(application), key=key)
        return Applied(str(answer.json()["case_no"]), repeated=answer.status_code == httpx.codes.OK)

    def upload(self, draft: str, content: bytes) -> str:
        """Upload a content to a draft; its digest. The same content is kept once. Raises UploadRefused."""
        answer = self._answer("POST", f"/drafts/{draft}/contents", content, "application/octet-stream")
        if answer.is_client_error and answer.status_code not in _NOT_ABOUT_THE_CONTENT:
            refusal = _problem(answer)
            if refusal is not None:
                raise UploadRefused(refusal.title, refusal.detail or refusal.title)
        if answer.is_error:
            raise _refusal(answer)
        return str(answer.json()["digest"])

    def faults_of(self, application: Mapping[str, Any]) -> tuple[Fault, ...]:
        """What is wrong with an application, without handing it in."""
        try:
            answer = self._send("POST", "/precheck", content=json.dumps(application))
        except ApplicationFaulty as faulty:  # what is no application at all
            return faulty.faults
        return tuple(Fault.model_validate(fault) for fault in answer.json()["faults"])

    def case(self, case_no: str) -> bytes:
        """The case as JSON."""
        return self._send("GET", f"/cases/{case_no}").content

    @contextmanager
    def following(self, case_no: str, last_id: str | None) -> Iterator[Iterator[ServerSentEvent] | None]:
        """One connection: the events after ``last_id``, or None when the case is closed and all was seen.

        Raises httpx.HTTPError when the connection fails or is lost, GatewayAway when it had better be made later.
        """
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": last_id} if last_id is not None else {})
        timeout = httpx.Timeout(10, read=_SILENCE)
        with self._client.stream(
            "GET", f"/cases/{case_no}/panorama/stream", headers=headers, timeout=timeout
        ) as answer:
            if answer.is_error:
                answer.read()
                refusal = _refusal(answer)
                if answer.is_server_error or answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
                    raise GatewayAway(str(refusal))
                raise refusal
            yield None if answer.status_code == httpx.codes.NO_CONTENT else _events(answer.iter_lines())

    def _send(self, method: str, path: str, content: str | None = None, key: str | None = None) -> httpx.Response:
        answer = self._answer(method, path, content, "application/json", key)
        if answer.is_error:
            raise _refusal(answer)
        return answer

    def _answer(
        self, method: str, path: str, content: str | bytes | None, kind: str, key: str | None = None
    ) -> httpx.Response:
        headers = {"Content-Type": kind} if content is not None else {}
        if key is not None:
            headers["Idempotency-Key"] = key
        try:
            return self._client.request(method, path, content=content, headers=headers)
        except httpx.HTTPError as error:
            raise CommandFailed(
                f"{self._url} does not answer ({type(error).__name__}): is the gateway running?"
            ) from None


def _problem(answer: httpx.Response) -> _Problem | None:
    try:
        return _Problem.model_validate_json(answer.content)
    except ValidationError:
        return None


def _refusal(answer: httpx.Response) -> Exception:
    problem = _problem(answer)
    if problem is None:
        return CommandFailed(f"{answer.request.url} answered {answer.status_code}, and not as the gateway does")
    if problem.faults:
        return ApplicationFaulty(problem.title, problem.faults)
    detail = f": {problem.detail}" if problem.detail and problem.detail != problem.title else ""
    return CommandFailed(f"{problem.title}{detail}", _BAD_INPUT if answer.is_client_error else 1)


def _events(lines: Iterator[str]) -> Iterator[ServerSentEvent]:
    """The events of a stream (the fields that we use of HTML's "server-sent events"); comments are passed over."""
    fields: dict[str, list[str]] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(":")
            fields.setdefault(name, []).append(value.removeprefix(" "))
        else:
            if "data" in fields:
                yield ServerSentEvent(fields.get("id", [""])[-1], "\n".join(fields["data"]))
            fields.clear()
