"""Versions of a bundle side by side at the door: the newest valid one, or the one that is named."""

from datetime import UTC, date, datetime

import pytest

from gateway.offers import OfferedBundle
from tests.gateway.applications import EXIT, an_application
from tests.gateway.gateway_city import City

TODAY = datetime.now(UTC).date()
NEW = EXIT.model_copy(update={"version": "2026.2"})
PAST = EXIT.model_copy(update={"version": "2025.1", "valid_from": date(2025, 1, 1), "valid_until": date(2025, 12, 31)})
COMING = EXIT.model_copy(update={"version": "2199.1", "valid_from": date(2199, 1, 1)})


@pytest.fixture(autouse=True)
def four_versions(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    offered = tuple(
        OfferedBundle(bundle=bundle, digest=f"{place}" * 64) for place, bundle in enumerate((PAST, EXIT, NEW, COMING))
    )
    monkeypatch.setattr(city.services.catalogue, "_offered", offered)


async def test_who_names_no_version_gets_the_newest_that_is_valid(city: City) -> None:
    case_no = await city.apply()
    assert city.cases.states[case_no].plan.version == "2026.2"
    assert city.cases.states[case_no].plan.digest == "2" * 64


async def test_who_names_a_version_gets_it_as_long_as_it_is_valid(city: City) -> None:
    case_no = await city.apply(version=EXIT.version)
    assert city.cases.states[case_no].plan.version == EXIT.version
    said = (await city.http.post("/precheck", json=an_application(version=EXIT.version), headers=city.bearer())).json()
    assert (said["version"], said["accepted"]) == (EXIT.version, True)


@pytest.mark.parametrize(
    ("version", "code"), [("2025.1", "bundle-not-valid-any-more"), ("2199.1", "bundle-not-valid-yet")]
)
async def test_a_version_out_of_its_time_is_a_fault_beside_the_others(city: City, version: str, code: str) -> None:
    headers = {**city.bearer(), "Idempotency-Key": f"out-of-time-{version}"}
    wrong = an_application(version=version, materials=[])
    refused = await city.http.post("/cases", json=wrong, headers=headers)
    assert refused.status_code == 422
    faults = refused.json()["faults"]
    assert ("bundle", code) in {(fault["field"], fault["code"]) for fault in faults}
    assert "material-missing" in {fault["code"] for fault in faults}
    checked = (await city.http.post("/precheck", json=wrong, headers=city.bearer())).json()
    assert code in {fault["code"] for fault in checked["faults"]}


@pytest.mark.parametrize("path", ["/cases", "/precheck"])
async def test_a_version_that_never_was_is_not_found(city: City, path: str) -> None:
    headers = {**city.bearer(), "Idempotency-Key": "never-was"}
    answer = await city.http.post(path, json=an_application(version="2026.99"), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-version")
    assert "2025.1, 2026.1, 2026.2, 2199.1" in str(answer.json()["detail"])


async def test_a_version_is_a_short_text(city: City) -> None:
    headers = {**city.bearer(), "Idempotency-Key": "no-text"}
    for version in (2026.1, "", "9" * 21):
        answer = await city.http.post("/cases", json=an_application(version=version), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "input-invalid")


async def test_the_catalogue_lists_every_version_and_which_is_in_force(city: City) -> None:
    listed = (await city.http.get("/bundles", headers=city.bearer())).json()["bundles"]
    assert [(one["version"], one["in_force"]) for one in listed] == [
        ("2025.1", False),
        ("2026.1", False),
        ("2026.2", True),
        ("2199.1", False),
    ]
    assert listed[0]["valid_until"] == "2025-12-31"
    newest = (await city.http.get("/bundles/enterprise-exit", headers=city.bearer())).json()
    named = (await city.http.get("/bundles/enterprise-exit?version=2199.1", headers=city.bearer())).json()
    missing = await city.http.get("/bundles/enterprise-exit?version=1", headers=city.bearer())
    assert (newest["version"], named["version"], named["in_force"]) == ("2026.2", "2199.1", False)
    assert (missing.status_code, missing.json()["code"]) == (404, "unknown-version")
