"""Which branches of a case there are, and which recorded history takes which: `python -m tests.histories.branches`.

A branch is an event that can happen (and what it says by a word), a message that a case understands, an activity in
each of the ways in which the workflow calls it, or a change of workflow code by `workflow.patched`. What there is, is
read from the code itself, so that whoever adds a branch is told that no history takes it yet.
"""

import ast
import base64
import importlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, get_args

import workflows
from activities import names as activities
from one_things.events import CaseOutcome, Event, StopReason, TaskKind, WhySetAside
from tests.histories import kept
from workflows import messages

ONCE, LOCAL, UNTIL_ANSWERED, FOR_DAYS, IN_TURN = "once", "local", "until-answered", "for-days", "in-turn"
_WAYS = {
    "execute_activity": ONCE,
    "once": ONCE,
    "execute_local_activity": LOCAL,
    "look_up_once": LOCAL,
    "patiently": UNTIL_ANSWERED,
    "until_done": UNTIL_ANSWERED,
    "patiently_for": FOR_DAYS,
}
"""What the workflow calls an activity by → how the activity's id ends; a local one is known by its marker."""


_WORDS = {
    ("case_closed", "outcome"): CaseOutcome,
    ("case_stopped", "reason"): StopReason,
    ("operator_task_opened", "kind"): TaskKind,
    ("decision_set_aside", "why"): WhySetAside,
}
"""Events that say by a word what happened → the words; each is a branch of its own."""


class Branch(NamedTuple):
    """One thing that can happen to a case."""

    kind: str
    name: str
    way: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in self if part)


def all_branches() -> set[Branch]:
    """Everything that today's code can do."""
    events = {Branch("event", kind.model_fields["type"].default) for kind in get_args(get_args(Event)[0])}
    said = {value for name, value in vars(messages).items() if name.isupper() and value != messages.STATE}
    events |= {Branch("event", kind, word) for (kind, _), words in _WORDS.items() for word in words}
    return events | {Branch("update", name) for name in said} | set(_in_the_code())


@cache
def taken() -> dict[Branch, list[str]]:
    """Branch → the recorded histories that take it."""
    found: dict[Branch, set[str]] = defaultdict(set)
    for name in kept.names():
        for event in json.loads(kept.text_of(name))["history"]["events"]:
            for branch in _of_event(event):
                found[branch].add(name)
    return {branch: sorted(histories) for branch, histories in found.items()}


# --- what the code can do -------------------------------------------------------------------------------------------


def _in_the_code() -> Iterator[Branch]:
    """The activities that workflow code calls, and its changes."""
    for file in sorted(Path(workflows.__path__[0]).glob("*.py")):
        module = importlib.import_module(f"workflows.{file.stem}")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield from _of_call(node, vars(module))


def _of_call(call: ast.Call, known: Mapping[str, Any]) -> Iterator[Branch]:
    match call.func:
        case ast.Name(id=called) | ast.Attribute(attr=called):
            pass
        case _:
            return
    if called in {"patched", "deprecate_patch"}:
        match call.args:
            case [ast.Name(id=constant)]:
                yield Branch("change", known[constant])
            case [ast.Constant(value=str(change))]:
                yield Branch("change", change)
            case _:
                raise ValueError(f"{ast.unparse(call)}: a change is named by a constant of its module")
    if called in _WAYS:
        for argument in call.args:
            match argument:
                case ast.Attribute(value=ast.Name(id="names"), attr=constant):
                    yield Branch("activity", getattr(activities, constant), _WAYS[called])


# --- what a history holds -------------------------------------------------------------------------------------------


def _of_event(event: Mapping[str, Any]) -> Iterator[Branch]:
    if scheduled := event.get("activityTaskScheduledEventAttributes"):
        yield from _of_activity(scheduled)
    if marker := event.get("markerRecordedEventAttributes"):
        yield from _of_marker(marker)
    if accepted := event.get("workflowExecutionUpdateAcceptedEventAttributes"):
        yield Branch("update", accepted["acceptedRequest"]["input"]["name"])


def _of_activity(scheduled: Mapping[str, Any]) -> Iterator[Branch]:
    name = scheduled["activityType"]["name"]
    ending = scheduled["activityId"].rpartition(":")[2]
    yield Branch("activity", name, ending if ending in {UNTIL_ANSWERED, FOR_DAYS, IN_TURN} else ONCE)
    if name == activities.APPEND_EVENTS:
        for event in _content(scheduled["input"])["events"]:
            yield from _of_domain_event(event["type"], json.loads(event["data"]))


def _of_domain_event(kind: str, event: Mapping[str, Any]) -> Iterator[Branch]:
    yield Branch("event", kind)
    yield from (Branch("event", kind, event[field]) for of, field in _WORDS if of == kind)


def _of_marker(marker: Mapping[str, Any]) -> Iterator[Branch]:
    match marker["markerName"]:
        case "core_local_activity":
            yield Branch("activity", _content(marker["details"]["data"])["activity_type"], LOCAL)
        case "core_patch":
            yield Branch("change", _content(marker["details"]["patch-data"])["id"])


def _content(payloads: Mapping[str, Any]) -> Any:
    return json.loads(base64.b64decode(payloads["payloads"][0]["data"]))


def main() -> None:
    """Say of every branch which histories take it."""
    found = taken()
    for branch in sorted(all_branches() | set(found)):
        histories = found.get(branch, [])
        print(f"{branch}: {len(histories)} {', '.join(histories[:3])}{' …' if len(histories) > 3 else ''}")


if __name__ == "__main__":
    main()
