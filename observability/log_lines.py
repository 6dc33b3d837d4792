"""One log record as one line of JSON: what, where, about which case, in which trace; without personal data."""

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from opentelemetry import trace

from observability.correlation import bound
from observability.personal_data import reason, redact

FIELDS: Final = ("item", "department", "attempt", "outcome", "verdict", "bundle", "seconds", "count", "code")
"""What a caller may add with `extra={…}`: codes and numbers. Anything else in `extra` is not written."""

_LONGEST_STACK = 30  # frames, the innermost


class JsonLines(logging.Formatter):
    """Fields: time (UTC), level, logger, role, message; then, where known, case_no, trace_id, span_id and others."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self._role = role

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its line end."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "role": self._role,
            "message": redact(_message(record).strip()),
        }
        about = bound()
        if case_no := about.get("case_no") or _case_of_temporal(record):
            line["case_no"] = redact(case_no)
        span = trace.get_current_span().get_span_context()
        if span.is_valid:
            line["trace_id"] = trace.format_trace_id(span.trace_id)
            line["span_id"] = trace.format_span_id(span.span_id)
        for name in FIELDS:
            value = record.__dict__.get(name, about.get(name))
            if value is not None:
                line[name] = value if isinstance(value, bool | int | float) else redact(str(value))
        if record.exc_info and record.exc_info[1] is not None:
            line["errors"] = [_told(error) for error in _chain(record.exc_info[1])]
        return json.dumps(line, ensure_ascii=False, separators=(",", ":"))


def _message(record: logging.LogRecord) -> str:
    """The message; exceptions among its arguments are told without the values they quote."""
    if isinstance(record.msg, BaseException):
        return reason(record.msg)
    if isinstance(record.args, tuple) and any(isinstance(value, BaseException) for value in record.args):
        args = tuple(reason(value) if isinstance(value, BaseException) else value for value in record.args)
        return str(record.msg) % args
    return record.getMessage()


def _case_of_temporal(record: logging.LogRecord) -> str | None:
    """The workflow's id is the case number: from the SDK's own extra, else from the activity that runs here."""
    for extra in ("temporal_workflow", "temporal_activity"):
        details = record.__dict__.get(extra)
        if isinstance(details, dict) and (workflow_id := details.get("workflow_id")):
            return str(workflow_id)
    # Roles without Temporal never import it, and here is no reason to.
    activity = sys.modules.get("temporalio.activity")
    if activity is not None and activity.in_activity():
        return activity.info().workflow_id  # type: ignore[no-any-return]
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception, those of its group, and what caused it, each once, outermost first."""
    waiting, seen = [error], set[int]()
    while waiting:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if isinstance(current, BaseExceptionGroup):
            waiting.extend(current.exceptions)
        cause = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
        if cause is not None:
            waiting.append(cause)


def _told(error: BaseException) -> dict[str, Any]:
    kind = type(error)
    told: dict[str, Any] = {"type": f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")}
    code = getattr(error, "code", None)
    if isinstance(code, str):
        told["code"] = redact(code)
    told["reason"] = reason(error)
    frames = traceback.extract_tb(error.__traceback__, limit=-_LONGEST_STACK)
    told["stack"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return told
