"""docker-compose.yml against its schema and against the code: variables, commands, ports and files."""

import importlib.resources
import json
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest
import typer.main
import yaml

from one_things.catalogue import Catalogue
from runtime.cli.application import application
from runtime.cli.new_deployment import new_deployment
from runtime.department_directory import load_directory
from runtime.sandbox_credentials import load_sandbox_credentials
from runtime.settings import PREFIX, Role, Settings
from runtime.settings_loading import describe_settings, load_settings

PROJECT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "onething:local"}
ROLES = {"gateway": Role.GATEWAY, "worker": Role.WORKER, "departments": Role.DEPARTMENTS, "migrate": Role.MIGRATE}
SUBSTITUTION = re.compile(r"(?<!\$)\$\{(?P<name>\w+)(?::(?P<kind>[?-])(?P<rest>[^}]*))?\}")
TO_FILL_IN = {
    "ONETHING_PUBLIC_URL": "https://onething.example.org",
    "ONETHING_OIDC_ISSUER": "https://id.example.org",
    "ONETHING_OIDC_JWKS_URL": "https://id.example.org/jwks",
}


def placeholders() -> list[re.Match[str]]:
    return list(SUBSTITUTION.finditer(yaml.safe_dump(COMPOSE, width=10_000)))


def port(service: str, variable: str) -> int:
    return int(SERVICES[service]["environment"][variable])


def health_url(service: str) -> str:
    found = re.search(r"http://[^']+", " ".join(SERVICES[service]["healthcheck"]["test"]))
    assert found, service
    return found.group()


def test_it_is_valid_by_the_compose_specification() -> None:
    schemas = importlib.resources.files("check_jsonschema") / "builtin_schemas" / "vendor"
    schema = json.loads((schemas / "compose-spec.json").read_text())
    validator = jsonschema.validators.validator_for(schema)
    assert [error.message for error in validator(schema).iter_errors(COMPOSE)] == []


def test_the_schema_would_notice_a_mistake() -> None:
    schemas = importlib.resources.files("check_jsonschema") / "builtin_schemas" / "vendor"
    schema = json.loads((schemas / "compose-spec.json").read_text())
    broken = {"services": {"gateway": {"image": "x", "port": ["8080:8080"]}}}
    assert list(jsonschema.validators.validator_for(schema)(schema).iter_errors(broken))


def test_every_role_is_there_and_every_command_exists() -> None:
    assert set(OURS) == set(ROLES)
    commands = typer.main.get_command(application()).commands  # type: ignore[attr-defined]
    for name, service in OURS.items():
        assert service["command"] == [ROLES[name].value]
        assert service["command"][0] in commands


def test_every_variable_is_a_setting() -> None:
    known = {described.variable for described in describe_settings()}
    for name, service in OURS.items():
        assert set(service["environment"]) <= known, name
    product = {match["name"] for match in placeholders() if match["name"].startswith(PREFIX)}
    assert product <= known


def test_every_role_gets_what_it_needs_and_no_secret_it_does_not_need() -> None:
    for name, service in OURS.items():
        role = ROLES[name].value
        needed = {described.variable for described in describe_settings() if role in described.needed_by}
        assert needed <= set(service["environment"]), name
        secrets = {described.variable for described in describe_settings() if described.secret}
        allowed = needed | ({"ONETHING_RECORD_MAC_KEY"} if name == "gateway" else set())
        assert set(service["environment"]) & secrets <= allowed, name


def test_secrets_are_required_and_never_written_down() -> None:
    secret = {described.variable for described in describe_settings() if described.secret}
    for service in SERVICES.values():
        for variable, value in service.get("environment", {}).items():
            if variable in secret or re.search(r"PASSWORD|PWD", variable):
                assert any(match["kind"] == "?" for match in SUBSTITUTION.finditer(value)), variable
    for match in placeholders():
        assert match["kind"] in {"?", "-"}, match["name"]
        if match["kind"] == "?":
            assert match["rest"], f"{match['name']} says what is missing"
        else:
            default = Settings.model_fields[match["name"].removeprefix(PREFIX).lower()].default
            assert match["rest"] == str(default)


def test_ports_are_the_same_wherever_they_stand() -> None:
    gateway = port("gateway", "ONETHING_GATEWAY_PORT")
    worker = port("worker", "ONETHING_WORKER_PORT")
    departments = port("departments", "ONETHING_SANDBOX_PORT")
    assert [published.split(":")[-1] for published in SERVICES["gateway"]["ports"]] == [str(gateway)]
    metrics = port("gateway", "ONETHING_METRICS_PORT")
    assert metrics != gateway
    assert SERVICES["gateway"]["expose"] == [str(metrics)]  # and not among the published ones
    assert SERVICES["worker"]["expose"] == [str(worker)]
    assert SERVICES["departments"]["expose"] == [str(departments)]
    assert urlsplit(health_url("gateway"))[:3] == ("http", f"127.0.0.1:{gateway}", "/ready")
    assert urlsplit(health_url("worker"))[:3] == ("http", f"127.0.0.1:{worker}", "/ready")
    assert urlsplit(health_url("departments"))[:3] == ("http", f"127.0.0.1:{departments}", "/health")
    for name in ("gateway", "worker"):
        assert SERVICES[name]["environment"]["ONETHING_CALLBACK_URL"] == f"http://gateway:{gateway}"
        assert SERVICES[name]["environment"]["ONETHING_TEMPORAL_ADDRESS"] == "temporal:7233"


def test_the_collector_listens_and_reads_where_the_roles_are() -> None:
    collector = yaml.safe_load((PROJECT / "observability" / "otel-collector.yaml").read_text())
    listens = urlsplit("//" + collector["receivers"]["otlp"]["protocols"]["http"]["endpoint"]).port
    for name in ("gateway", "worker", "departments"):
        endpoint = urlsplit(SERVICES[name]["environment"]["ONETHING_OTLP_ENDPOINT"])
        assert (endpoint.hostname, endpoint.port) == ("otel-collector", listens)
    (scrape,) = collector["receivers"]["prometheus"]["config"]["scrape_configs"]
    assert set(scrape["static_configs"][0]["targets"]) == {
        f"gateway:{port('gateway', 'ONETHING_METRICS_PORT')}",
        f"worker:{port('worker', 'ONETHING_WORKER_PORT')}",
        f"departments:{port('departments', 'ONETHING_SANDBOX_PORT')}",
    }
    for pipeline in collector["service"]["pipelines"].values():
        for kind in ("receivers", "processors", "exporters"):
            assert set(pipeline[kind]) <= set(collector[kind])


def test_files_and_services_that_are_named_exist() -> None:
    for service in SERVICES.values():
        for volume in service.get("volumes", ()):
            source = SUBSTITUTION.sub("", volume).split(":")[0]
            assert source in COMPOSE["volumes"] or not source.startswith("./") or (PROJECT / source).is_file()
        for needed, condition in service.get("depends_on", {}).items():
            if condition["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[needed], needed
    dockerfile = (PROJECT / "Dockerfile").read_text()
    assert 'ENTRYPOINT ["onething"]' in dockerfile
    for copied in re.findall(r"^COPY ([^\s-]\S*) \./", dockerfile, re.MULTILINE):
        assert (PROJECT / copied).exists()


def test_the_runtime_lock_is_a_part_of_the_whole_one() -> None:
    def pinned(name: str) -> set[str]:
        return set(re.findall(r"^[a-z0-9.-]+==[^\s;\\]+", (PROJECT / name).read_text(), re.MULTILINE))

    assert pinned("requirements-runtime.lock") < pinned("requirements.lock")


@pytest.mark.parametrize("name", sorted(ROLES))
def test_a_new_deployment_gives_every_role_settings_that_load(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What `onething new-deployment` writes, put into the compose file as Docker would, is read by the roles."""
    folder, environment = tmp_path / "deployment", tmp_path / ".env"
    new_deployment(folder, environment)
    given = dict(re.findall(r"^(\w+)='?([^'\n]*)'?$", environment.read_text(), re.MULTILINE))
    assert {variable for variable, value in given.items() if not value} == set(TO_FILL_IN)
    given |= TO_FILL_IN
    assert {match["name"] for match in placeholders() if match["kind"] == "?"} <= set(given)

    for variable in list(os.environ):
        if variable.startswith(PREFIX):
            monkeypatch.delenv(variable)
    for variable, value in OURS[name]["environment"].items():
        filled = SUBSTITUTION.sub(lambda match: given.get(match["name"], match["rest"] or ""), value)
        monkeypatch.setenv(variable, filled.replace("/etc/onething", str(folder)))
    settings = load_settings(ROLES[name])
    if settings.department_directory is not None:
        assert load_directory(settings.department_directory).departments["tax"].url == "http://departments:8090/tax"
    if settings.sandbox_credentials is not None:
        named = {department.id for bundle in Catalogue() for department in bundle.departments}
        assert named <= load_sandbox_credentials(settings.sandbox_credentials).keys()
