"""One trace in the running city: the request that opens a case, its workflow, its activities, the departments."""

import json
from typing import Any

from tests.flows import stories
from tests.flows.companies import SMALL, company
from tests.flows.soundness import assert_sound
from tests.flows.town import Town, eventually

Span = dict[str, Any]
TRACEPARENT = "00-abcdefabcdefabcdefabcdefabcdefab-1234567890abcdef-01"
TRACE = TRACEPARENT.split("-")[1]


def spans_of(town: Town, trace: str) -> dict[str, list[Span]]:
    """Role → its finished spans of this trace."""
    found: dict[str, list[Span]] = {}
    for file in sorted(town.city.spans.glob("*.spans.jsonl")):
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        spans = [json.loads(line) for line in lines if line.endswith("\n") and trace in line]
        found[file.name.partition(".")[0]] = [span for span in spans if span["trace_id"] == trace]
    return found


async def test_the_trace_of_the_request_reaches_every_department_that_it_leads_to(town: Town) -> None:
    closing = company(SMALL)
    await town.prepare(closing)
    headers = {**town.bearer(), "Idempotency-Key": town.new_key(), "traceparent": TRACEPARENT}
    answer = await town.http.post("/cases", json=closing.application, headers=headers)
    case_no = answer.json()["case_no"]
    await town.skip_notice(case_no, "simple-notice")
    await assert_sound(town, case_no)

    # What the departments were told: the submissions at the beginning belong to the request that opened the case.
    first = {f"{case_no}:{item}:1" for item in ("simple-notice", stories.TAX)}
    told = {key.key: key.traceparents for key in (await town.journal(case_no)).keys if key.key in first}
    assert {trace.split("-")[1] for traces in told.values() for trace in traces} == {TRACE}

    async def written() -> dict[str, list[Span]]:
        return spans_of(town, TRACE)

    def whole(found: dict[str, list[Span]]) -> bool:
        return len(ways := ways_to_departments(found)) >= len(first) and all(way[-1] == "POST /cases" for way in ways)

    spans = await eventually(written, whole, "the spans written, from the request to the departments")
    opened = [span for span in spans["gateway"] if span["name"] == "POST /cases"]
    assert [span["parent_id"] for span in opened] == [TRACEPARENT.split("-")[2]]
    for way in ways_to_departments(spans):
        assert any("submit-item" in name or "submit-together" in name for name in way), way


def ways_to_departments(spans: dict[str, list[Span]]) -> list[list[str]]:
    """For each submission that a department received: the names of the spans from it up to the first known."""
    by_id = {span["span_id"]: span for of_role in spans.values() for span in of_role}
    ways = []
    for received in spans.get("departments", []):
        if "submissions" in received["name"]:
            way, span = [received["name"]], received
            while (parent := by_id.get(span["parent_id"] or "")) is not None:
                way.append(parent["name"])
                span = parent
            ways.append(way)
    return ways
