"""The registry, its page and the dashboards say the same."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import REGISTRY as DEFAULT_REGISTRY
from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette

from observability import metrics
from observability.metrics_server import metrics_route

ROOT = Path(__file__).parent.parent.parent
DASHBOARDS = sorted((ROOT / "observability" / "dashboards").glob("*.json"))
PAGE = (ROOT / "docs" / "metrics.md").read_text()

_KINDS = {Counter: "counter", Gauge: "gauge", Histogram: "histogram"}
_ROW = re.compile(
    r"^\| `(?P<name>onething_\w+)` \| (?P<kind>\w+) \| (?P<labels>.+?) \| (?P<meaning>.+?) \| `(?P<query>.+)` \|$", re.M
)
_USED = re.compile(r"onething_\w+")
_BY = re.compile(r"by \(([\w, ]+)\)")
_MATCHED = re.compile(r"(onething_\w+)\{([^}]*)\}")
_WORD = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True)
class Metric:
    name: str
    kind: str
    labels: tuple[str, ...]
    meaning: str

    @property
    def series(self) -> set[str]:
        """The names a query may use."""
        parts = {"histogram": ("_bucket", "_sum", "_count")}.get(self.kind, ("",))
        return {self.name + part for part in parts}


def _declared() -> Iterator[Metric]:
    for value in vars(metrics).values():
        if isinstance(value, MetricWrapperBase):
            kind = _KINDS[type(value)]
            name = value._name + ("_total" if kind == "counter" else "")
            yield Metric(name, kind, tuple(value._labelnames), value._documentation)


METRICS = {metric.name: metric for metric in _declared()}
SERIES = {series: metric for metric in METRICS.values() for series in metric.series}


def _complaints(query: str) -> list[str]:
    """What is wrong with a query: series that do not exist, labels that its series do not have, open brackets."""
    used = set(_USED.findall(query))
    wrong = [f"no such series: {name}" for name in sorted(used - set(SERIES))]
    labels = {label for name in used & set(SERIES) for label in SERIES[name].labels} | {"le"}
    for found in _BY.findall(query):
        wrong += [f"no such label: {label}" for label in found.split(", ") if label not in labels]
    for name, matchers in _MATCHED.findall(query):
        for label in re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", matchers):
            if name in SERIES and label not in SERIES[name].labels:
                wrong.append(f"{name} has no label {label}")
    wrong += [
        f"brackets {pair} do not match" for pair in ("()", "[]", "{}") if query.count(pair[0]) != query.count(pair[1])
    ]
    return wrong


def test_the_page_names_every_metric_as_it_is() -> None:
    rows = {row["name"]: row for row in _ROW.finditer(PAGE)}
    assert list(rows) == list(METRICS)
    for name, metric in METRICS.items():
        labels = ", ".join(f"`{label}`" for label in metric.labels) or "–"
        assert (rows[name]["kind"], rows[name]["labels"], rows[name]["meaning"]) == (
            metric.kind,
            labels,
            metric.meaning,
        )


def test_every_query_of_the_page_asks_for_its_own_metric_with_labels_it_has() -> None:
    for row in _ROW.finditer(PAGE):
        assert {SERIES[used].name for used in _USED.findall(row["query"])} == {row["name"]}
    for query in re.findall(r"`([^`]*\([^`]*onething_[^`]*)`", PAGE):
        assert _complaints(query) == []


@pytest.mark.parametrize(
    "query", ["sum(onething_nothing)", "sum by (person) (onething_watchers)", "sum(onething_watchers"]
)
def test_a_wrong_query_is_found(query: str) -> None:
    assert _complaints(query)


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_a_dashboard_asks_for_what_exists(path: Path) -> None:
    dashboard = json.loads(path.read_text())
    assert dashboard["uid"] == f"onething-{path.stem}"
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
    for panel in dashboard["panels"]:
        assert panel["datasource"]["uid"] == "${datasource}"
        for target in panel["targets"]:
            assert _USED.search(target["expr"])
            assert _complaints(target["expr"]) == []
            assert all(word in target["expr"] for word in _WORD.findall(target["legendFormat"]))


def test_the_dashboards_show_every_metric() -> None:
    shown = {used for path in DASHBOARDS for used in _USED.findall(path.read_text()) if used in SERIES}
    assert {SERIES[used].name for used in shown} == set(METRICS)


def test_labels_hold_no_cases_and_no_persons() -> None:
    assert {label for metric in METRICS.values() for label in metric.labels} == {
        "bundle",
        "department",
        "outcome",
        "limit",
        "reason",
        "responsible",
        "verdict",
        "state",
        "activity",
        "failure",
        "why",
        "door",
        "code",
        "kind",
        "answer",
        "origin",
    }


def test_the_libraries_default_registry_is_left_alone() -> None:
    names = {family.name for family in DEFAULT_REGISTRY.collect()}
    assert not [name for name in names if name.startswith("onething_")]


@pytest.mark.parametrize("make", [FastAPI, Starlette])
async def test_the_route_serves_the_registry(make: type[Starlette]) -> None:
    app = make()
    app.router.routes.append(metrics_route())
    metrics.SUBMISSIONS.labels("customs", "done").inc(0)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://role") as client:
        answer = await client.get("/metrics")
        refused = await client.post("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}
    assert {"department": "customs", "outcome": "done"} in [
        sample.labels for sample in families["onething_submissions"].samples
    ]
    assert {metric.name.removesuffix("_total") for metric in METRICS.values()} <= set(families)
    assert "process_cpu_seconds" in families
    assert refused.status_code == 405
