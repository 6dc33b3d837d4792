"""The committed API document is the one the code publishes, and what the code answers is what it says."""

import json
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from gateway.api_document import document_of
from gateway.app import create_app
from gateway.document_file import FILE, current
from gateway.problems import MEDIA_TYPE
from runtime.embedded.postgres import EmbeddedPostgres
from tests.gateway.gateway_city import city_of, fresh_database

DOCUMENT = document_of(create_app(None))
QUIET = [path for path in DOCUMENT["paths"] if not path.endswith("/stream")]


def test_the_committed_document_is_current() -> None:
    """`python -m gateway.document_file` renews it."""
    assert FILE.read_text(encoding="utf-8") == current()


def test_every_refusal_is_a_problem_document() -> None:
    for path, operations in DOCUMENT["paths"].items():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if int(status) >= 400 and path != "/ready":
                    assert set(response["content"]) == {MEDIA_TYPE}, (path, status)


def test_every_reference_leads_somewhere() -> None:
    text = json.dumps(DOCUMENT)
    names = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert names <= set(DOCUMENT["components"]["schemas"])


@pytest.mark.timeout(240)
async def test_what_is_answered_is_what_the_document_says(gateway_postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    """A short run of generated requests, wrong and right, against the running gateway."""
    import asyncio

    async with city_of(await fresh_database(gateway_postgres), tmp_path, sandbox=True) as city:
        headers = {**city.operator(), "Accept": "application/json"}
        await asyncio.to_thread(generated_requests, city.url, headers)


def generated_requests(url: str, headers: dict[str, str]) -> None:
    schema = schemathesis.openapi.from_dict(DOCUMENT)
    for operation in schema.get_all_operations():
        made = operation.ok()
        if made.path in QUIET:
            try_out(made, url, headers)


def try_out(operation: schemathesis.APIOperation, url: str, headers: dict[str, str]) -> None:  # type: ignore[type-arg]
    from hypothesis import given

    checks = [not_a_server_error, status_code_conformance, response_schema_conformance]

    @given(case=operation.as_strategy())
    @settings(max_examples=8, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def once(case: schemathesis.Case) -> None:
        case.call_and_validate(base_url=url, headers=headers, checks=checks)

    once()
