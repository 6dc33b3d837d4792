"""One trace from the request that opens a case, through the workflow, to the department's HTTP request."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from city_run import CASE_NO, HERE, ROOT, CityRun, Span, run_one_case
from temporalio import activity
from temporalio.client import Client, WorkflowHistory
from temporalio.worker import Replayer, Worker
from traced_workflow import EnterpriseExit

from runtime.embedded.places import scratch_data_dir
from runtime.embedded.temporal_server import EmbeddedTemporal


@pytest.fixture(scope="module")
async def temporal() -> AsyncIterator[str]:
    with scratch_data_dir("onething-trace") as directory:
        async with EmbeddedTemporal(directory) as server:
            yield server.address


@pytest.fixture(scope="module")
async def run(temporal: str, tmp_path_factory: pytest.TempPathFactory) -> CityRun:
    return await run_one_case(temporal, tmp_path_factory.mktemp("city"))


def _only(spans: list[Span], name: str) -> Span:
    (span,) = [span for span in spans if span["name"] == name]
    return span


def test_every_role_ended_cleanly(run: CityRun) -> None:
    assert run.exit_codes == {"departments": 0, "worker": 0, "gateway": 0}


def test_the_department_receives_the_trace_that_began_at_the_gateway(run: CityRun) -> None:
    opened = _only(run.spans["gateway"], "POST /cases/{case_no}")
    version, trace_id, _, flags = run.traceparent.split("-")
    assert (version, trace_id, flags) == ("00", opened["trace_id"], "01")


def test_the_departments_span_descends_from_the_gateways_through_workflow_and_activity(run: CityRun) -> None:
    by_id = {span["span_id"]: span for span in run.every_span()}
    for taken in run.spans["departments"]:
        path, span = [], taken
        while span is not None:
            path.append(span["name"])
            span = by_id[span["parent_id"]] if span["parent_id"] else None
        assert path == [
            "POST /submissions",
            "POST",
            "RunActivity:submit",
            "StartActivity:submit",
            "RunWorkflow:enterprise-exit",
            "StartWorkflow:enterprise-exit",
            "POST /cases/{case_no}",
        ]


def test_a_decision_is_a_trace_of_its_own_that_names_the_case(run: CityRun) -> None:
    decided = _only(run.spans["gateway"], "POST /cases/{case_no}/decisions")
    handled = _only(run.spans["worker"], "HandleUpdate:decide")
    assert decided["attributes"]["onething.case_no"] == handled["attributes"]["temporalWorkflowID"] == CASE_NO
    assert handled["trace_id"] == decided["trace_id"]
    assert decided["trace_id"] != _only(run.spans["gateway"], "POST /cases/{case_no}")["trace_id"]


def test_replaying_a_workflow_repeats_no_span(run: CityRun) -> None:
    # The worker keeps no workflow in its cache: each of its workflow tasks replayed all that was before.
    assert run.names("worker") == {
        "RunWorkflow:enterprise-exit": 1,
        "StartActivity:submit": 2,
        "RunActivity:submit": 2,
        "POST": 2,
        "HandleUpdate:decide": 1,
    }
    ids = [span["span_id"] for span in run.every_span()]
    assert len(ids) == len(set(ids))


def test_probes_scrapes_and_streams_are_not_traced(run: CityRun) -> None:
    assert run.names("gateway") == {
        "POST /cases/{case_no}": 1,
        "StartWorkflow:enterprise-exit": 1,
        "POST /cases/{case_no}/decisions": 1,
        "StartWorkflowUpdate:decide": 1,
        "GET /broken": 1,
    }


def test_log_lines_of_every_role_carry_the_trace(run: CityRun) -> None:
    said = {
        (role, line["message"]): line
        for role, lines in run.logs.items()
        for line in lines
        if line["logger"] in ("city", "temporalio.workflow")
    }
    trace_id = run.traceparent.split("-")[1]
    assert {line["trace_id"] for line in said.values()} == {trace_id}
    assert said["gateway", "opening the case"]["case_no"] == CASE_NO
    assert said["worker", "the case begins"]["case_no"] == CASE_NO
    assert said["worker", "submitting an item of [redacted]"]["case_no"] == CASE_NO
    assert "case_no" not in said["departments", "taken"]


def test_a_replay_logs_nothing_again(run: CityRun) -> None:
    said = [line["message"] for line in run.logs["worker"] if line["logger"] == "temporalio.workflow"]
    assert said == ["the case begins", "the case ends"]


def test_an_unforeseen_exception_is_logged_with_its_trace_and_marks_its_span(run: CityRun) -> None:
    (line,) = [line for line in run.logs["gateway"] if line["level"] == "error"]
    (told,) = line["errors"]
    assert (told["type"], told["reason"]) == ("ValueError", "no such person: [redacted]")
    assert any("traced_city.py" in frame for frame in told["stack"])
    broken = _only(run.spans["gateway"], "GET /broken")
    assert broken["status"] == "error"
    assert [event["attributes"]["exception.type"] for event in broken["events"]] == ["ValueError"]


def test_nothing_about_a_person_was_written(run: CityRun) -> None:
    for person in ("测试申请人甲", "%E6%B5%8B", "\\u6d4b", "13800138000", "11010519491231002X", "applicant", "after=7"):
        assert person not in run.written


async def test_a_traced_case_replays_on_a_worker_without_tracing(run: CityRun, temporal: str) -> None:
    client = await Client.connect(temporal)
    history = await client.get_workflow_handle(CASE_NO).fetch_history()
    await Replayer(workflows=[EnterpriseExit]).replay_workflow(history)


async def test_a_case_from_before_tracing_replays_with_it_and_writes_no_span(temporal: str, tmp_path: Path) -> None:
    history = await _untraced_case(await Client.connect(temporal))
    (tmp_path / "history.json").write_text(json.dumps({"id": history.workflow_id, "history": history.to_json()}))
    replay = await asyncio.create_subprocess_exec(
        sys.executable,
        "-Xfaulthandler",  # a crash of the native core would else end it without a word
        str(HERE / "traced_replay.py"),
        str(tmp_path),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=asyncio.subprocess.PIPE,
    )
    _, complaints = await replay.communicate()
    assert replay.returncode == 0, complaints.decode()
    assert (tmp_path / "replay.spans.jsonl").read_text() == ""


async def _untraced_case(client: Client) -> WorkflowHistory:
    @activity.defn(name="submit")
    async def submit(department: str) -> str:
        return department

    async with Worker(client, task_queue="untraced", workflows=[EnterpriseExit], activities=[submit]):
        handle = await client.start_workflow(EnterpriseExit.run, "tax", id="4419-2026-000018", task_queue="untraced")
        await handle.execute_update(EnterpriseExit.decide)
        await handle.result()
    return await handle.fetch_history()
