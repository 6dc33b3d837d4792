"""The worker: carries out cases and their activities."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.asking import DepartmentActivities
from activities.delivery import DeliveryActivities
from activities.failures import OwnFailures
from activities.looking_up import LookUpActivities
from activities.promises import PromiseActivities
from activities.reckoning import Reckoning
from activities.recording import RecordingActivities
from activities.signing import SigningActivities
from activities.submitting_together import TogetherActivities
from workflows.case_workflow import CaseWorkflow

_MOST_SIDE_BY_SIDE = 10
"""Activities that a case begins in one workflow task and this worker carries out without the way over the server."""
_WAITS_FOR_ITS_WORKER = timedelta(seconds=3)
"""After so long any worker may go on with a case that another holds in its memory: that one was killed, or is too busy.

Temporal's own 10 seconds are what every waiting case of a killed worker would stand still, measured; who takes one
over replays it, in milliseconds.
"""
_OURS = ("one_things", "activities", "workflows", "pydantic", "pydantic_core", "annotated_types")


def workflow_runner(*, sandboxed: bool) -> WorkflowRunner:
    """How workflow code runs: watched for what is not deterministic (tests), or bare (production, measured)."""
    if not sandboxed:
        return UnsandboxedWorkflowRunner()
    return SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_passthrough_modules(*_OURS))


@dataclass(frozen=True)
class Activities:
    """Everything that cases have done outside."""

    departments: DepartmentActivities
    together: TogetherActivities
    look_ups: LookUpActivities
    signing: SigningActivities
    promises: PromiseActivities
    delivery: DeliveryActivities
    recording: RecordingActivities
    reckoning: Reckoning

    @property
    def asking_departments(self) -> tuple[Callable[..., Any], ...]:
        """What asks a department: its own task queue has to offer it as well."""
        return (
            self.departments.submit_item,
            self.departments.undo_item,
            self.departments.supply_material,
            self.departments.fetch_shared_data,
            self.signing.ask_to_sign,
            self.look_ups.look_up_licence,
            self.look_ups.check_credit,
            self.promises.check_exclusion,
            self.promises.report_commitment,
            self.delivery.order_delivery,
        )

    @property
    def all(self) -> tuple[Callable[..., Any], ...]:
        """What the cases' own task queue offers."""
        return (
            *self.asking_departments,
            self.together.submit_together,
            self.signing.draw_up_document,
            self.reckoning.reckon_date,
            self.reckoning.reckon_acceptance,
            self.reckoning.reckon_silence,
            self.reckoning.reckon_limit,
            self.reckoning.reckon_deferral,
            self.recording.append_events,
        )


def case_worker(
    client: Client,
    task_queue: str,
    activities: Activities,
    *,
    sandboxed: bool = False,
    graceful_shutdown: timedelta = timedelta(seconds=10),
) -> Worker:
    """A worker of this task queue; any number may run side by side."""
    return Worker(
        client,
        task_queue=task_queue,
        workflows=[CaseWorkflow],
        activities=activities.all,
        interceptors=[OwnFailures()],
        workflow_runner=workflow_runner(sandboxed=sandboxed),
        max_eager_activity_reservations_per_workflow_task=_MOST_SIDE_BY_SIDE,
        max_concurrent_activities=200,
        max_concurrent_local_activities=200,
        max_concurrent_workflow_tasks=100,
        max_cached_workflows=2000,
        sticky_queue_schedule_to_start_timeout=_WAITS_FOR_ITS_WORKER,
        graceful_shutdown_timeout=graceful_shutdown,
    )
