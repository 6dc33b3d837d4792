"""The metrics of one process, in a registry of our own. `docs/metrics.md` has each one with its query.

Label values are codes from short lists (department, verdict, outcome, bundle), never a case number or a text of a
person. Workflow code never counts anything: a replay would count it again.
"""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, GCCollector, Histogram, ProcessCollector

REGISTRY: Final = CollectorRegistry()
"""Ours alone; the library's default registry holds whatever other packages put there."""

ProcessCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)

CASES_OPENED: Final = Counter(
    "onething_cases_opened",
    "Cases opened, by bundle. Counted by the projector, once per event.",
    ["bundle"],
    registry=REGISTRY,
)
CASES_CLOSED: Final = Counter(
    "onething_cases_closed",
    "Cases closed, by bundle and outcome. Counted by the projector, once per event.",
    ["bundle", "outcome"],
    registry=REGISTRY,
)
ITEMS_DECIDED: Final = Counter(
    "onething_items_decided",
    "Items decided, by department and verdict. Counted by the projector, once per event.",
    ["department", "verdict"],
    registry=REGISTRY,
)
LIMITS_WARNED: Final = Counter(
    "onething_limits_warned",
    "Limits about to pass, by department. Counted by the projector, once per event.",
    ["department"],
    registry=REGISTRY,
)
LIMITS_BREACHED: Final = Counter(
    "onething_limits_breached",
    "Limits that passed undecided, by department and limit (committed, statutory, procedure).",
    ["department", "limit"],
    registry=REGISTRY,
)
ITEMS_RETURNED: Final = Counter(
    "onething_items_returned",
    "Items returned before acceptance, by department, reason and who is responsible. Counted by the projector.",
    ["department", "reason", "responsible"],
    registry=REGISTRY,
)
DECISIONS_SET_ASIDE: Final = Counter(
    "onething_decisions_set_aside",
    "Decisions and acts of departments that did not count, by department and why (bounded for each item).",
    ["department", "why"],
    registry=REGISTRY,
)
DEPARTMENT_ITEMS: Final = Gauge(
    "onething_department_items",
    "Undecided items of a department, by state (open, due_soon, overdue, with_applicant); the same in each gateway.",
    ["department", "state"],
    registry=REGISTRY,
)
IN_MAINTENANCE: Final = Gauge(
    "onething_department_in_maintenance",
    "1 while a department is in maintenance by the directory in force, else 0; the same in each gateway.",
    ["department"],
    registry=REGISTRY,
)
REFUSED_CALLS: Final = Counter(
    "onething_refused_calls",
    "Calls of departments' systems refused at the door, by department (of the address), door and code; 409 aside.",
    ["department", "door", "code"],
    registry=REGISTRY,
)
DIRECTORY_STALE: Final = Gauge(
    "onething_department_directory_stale",
    "1 while the file of departments is broken and what it said before is in force, else 0; per process.",
    registry=REGISTRY,
)
SUBMISSIONS: Final = Counter(
    "onething_submissions",
    "Calls to departments that submit an item, by department and outcome (unknown: no usable answer).",
    ["department", "outcome"],
    registry=REGISTRY,
)
SUBMISSION_SECONDS: Final = Histogram(
    "onething_submission_seconds",
    "Seconds until a department answered a submission, or the call was given up.",
    ["department"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=REGISTRY,
)
CALLS: Final = Counter(
    "onething_department_calls",
    "Calls to departments of every sort, by department and how they ended (answered, or the cause of no clear answer).",
    ["department", "outcome"],
    registry=REGISTRY,
)
CALLS_NOT_MADE: Final = Counter(
    "onething_department_calls_not_made",
    "Calls that were put off, by department and reason (limits, maintenance, breaker).",
    ["department", "reason"],
    registry=REGISTRY,
)
LOOK_UPS: Final = Counter(
    "onething_look_ups",
    "Look-ups at a department, by kind, answer (found, not_found, unclear, unanswered) and origin (department, cache).",
    ["department", "kind", "answer", "origin"],
    registry=REGISTRY,
)
BREAKER: Final = Gauge(
    "onething_department_breaker",
    "1 for the state in which this process's breaker of a department is (closed, open, probing).",
    ["department", "state"],
    registry=REGISTRY,
)
COLLECTED: Final = Counter(
    "onething_collected",
    "Decisions and acts fetched from departments that send none, by department and outcome (counted, repeat, refused).",
    ["department", "outcome"],
    registry=REGISTRY,
)
COLLECTED_AT: Final = Gauge(
    "onething_collected_at_seconds",
    "When this process last fetched all that a department held ready, as Unix time, by department.",
    ["department"],
    registry=REGISTRY,
)
COLLECTING_FAILED: Final = Counter(
    "onething_collecting_failed",
    "Looks at a department's decisions that brought nothing, by department and reason.",
    ["department", "reason"],
    registry=REGISTRY,
)
COLLECTING_GAP: Final = Gauge(
    "onething_collecting_gap",
    "1 while a batch is missing among those that a department numbers, else 0; per process.",
    ["department"],
    registry=REGISTRY,
)
BATCHES_OVERDUE: Final = Gauge(
    "onething_batches_overdue",
    "Batches of files to a department with entries that it has not answered for a day; they were laid out again.",
    ["department"],
    registry=REGISTRY,
)
STEPS_FAILED: Final = Counter(
    "onething_steps_failed",
    "Steps of cases that failed for a reason of our own and are tried again, by activity and class of the failure.",
    ["activity", "failure"],
    registry=REGISTRY,
)
DECISION_TO_WATCHER_SECONDS: Final = Histogram(
    "onething_decision_to_watcher_seconds",
    "Seconds from the arrival of a department's decision to the sending of its event to a watcher.",
    buckets=(0.005, 0.01, 0.02, 0.035, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 10),
    registry=REGISTRY,
)
EVENT_APPEND_SECONDS: Final = Histogram(
    "onething_event_append_seconds",
    "Seconds of one append to the event store.",
    buckets=(0.001, 0.002, 0.004, 0.008, 0.015, 0.03, 0.06, 0.125, 0.25, 0.5, 1, 5),
    registry=REGISTRY,
)
EVENT_APPEND_BATCH_SIZE: Final = Histogram(
    "onething_event_append_batch_size",
    "Events in one append to the event store.",
    buckets=(1, 2, 3, 5, 8, 13, 21, 34, 55),
    registry=REGISTRY,
)
PROJECTOR_LAG_EVENTS: Final = Gauge(
    "onething_projector_lag_events",
    "Events in the store that the read models do not show yet.",
    registry=REGISTRY,
)
CASES_LEFT_BEHIND: Final = Gauge(
    "onething_cases_left_behind",
    "Cases with an event that this release cannot show: lists and pages show them as they were before it.",
    registry=REGISTRY,
)
WATCHERS: Final = Gauge(
    "onething_watchers",
    "Live streams that are open now.",
    registry=REGISTRY,
)
WATCHERS_DROPPED: Final = Counter(
    "onething_watchers_dropped",
    "Live streams that the gateway ended because the reader was too slow.",
    registry=REGISTRY,
)
STARTER_BACKLOG: Final = Gauge(
    "onething_starter_backlog",
    "Cases that have a number but whose workflow has not been started yet.",
    registry=REGISTRY,
)
