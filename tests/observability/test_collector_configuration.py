from pathlib import Path

import yaml

from observability.attributes import ALLOWED

FILE = Path(__file__).parent.parent.parent / "observability" / "otel-collector.yaml"
CONFIGURATION = yaml.safe_load(FILE.read_text())


def test_every_part_that_a_pipeline_names_is_described_and_every_described_part_is_used() -> None:
    pipelines = CONFIGURATION["service"]["pipelines"].values()
    for kind in ("receivers", "processors", "exporters"):
        assert {name for pipeline in pipelines for name in pipeline[kind]} == set(CONFIGURATION[kind])
    assert set(CONFIGURATION["service"]["extensions"]) == set(CONFIGURATION["extensions"])


def test_it_limits_its_memory_first_and_batches_last() -> None:
    for pipeline in CONFIGURATION["service"]["pipelines"].values():
        assert (pipeline["processors"][0], pipeline["processors"][-1]) == ("memory_limiter", "batch")


def test_what_it_deletes_is_nothing_that_we_send_on_purpose() -> None:
    deleted = {action["key"] for action in CONFIGURATION["processors"]["attributes/without-persons"]["actions"]}
    assert not deleted & ALLOWED
