"""Logs of one process: every logger, also those of libraries, as JSON lines on stderr."""

import logging
import sys
import threading
from types import TracebackType
from typing import Final, TextIO

from observability.correlation import bind
from observability.log_lines import JsonLines

__all__ = ["bind", "setup"]

_BRING_THEIR_OWN_HANDLERS: Final = ("uvicorn", "uvicorn.error", "uvicorn.access")
_TALKATIVE: Final = ("httpx", "httpcore", "asyncio", "alembic", "opentelemetry", "asyncssh")
_unhandled = logging.getLogger("onething.unhandled")


def setup(role: str, *, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send every record of this process as JSON to stderr (or `stream`), also warnings and unhandled exceptions.

    Start uvicorn with `log_config=None`, else it puts its own handlers back. A second call replaces the first.
    `level` is a name of the logging module. Errors: `ValueError` when there is no such level.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines(role))
    root = logging.getLogger()
    root.setLevel(level)
    root.handlers = [handler]
    for name in _BRING_THEIR_OWN_HANDLERS:
        logger = logging.getLogger(name)
        logger.handlers = []
        logger.propagate = True
    access = logging.getLogger("uvicorn.access")
    access.filters = [_without_caller_and_query]
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    logging.captureWarnings(True)
    # Python's own hooks print messages as they are; ours tell them without personal data.
    sys.excepthook = _log_unhandled
    threading.excepthook = _log_unhandled_in_thread


def _without_caller_and_query(record: logging.LogRecord) -> bool:
    """uvicorn's access records: the caller's address and the query are left out."""
    if isinstance(record.args, tuple) and len(record.args) == 5:
        _, method, path, version, status = record.args
        record.args = ("-", method, str(path).partition("?")[0], version, status)
    return True


def _log_unhandled(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, traceback)
        return
    _unhandled.critical("the process ends with an unhandled exception", exc_info=(kind, error, traceback))


def _log_unhandled_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
        _unhandled.error(
            "a thread ended with an unhandled exception", exc_info=(args.exc_type, args.exc_value, args.exc_traceback)
        )
