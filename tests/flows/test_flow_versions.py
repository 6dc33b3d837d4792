"""Two versions of one bundle side by side: a new one is loaded at a restart, and running cases keep theirs."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.sandbox.behaviours import Silent
from one_things.case import ItemStatus
from one_things.events import CaseOutcome
from runtime.embedded.places import scratch_data_dir
from tests.flows.companies import ADDRESS, APPLICANT, PHONE
from tests.flows.event_stories import Owner, an_owner, switched
from tests.flows.town import BUNDLES, Town, eventually, open_town

NAME = "new-home.yaml"


@pytest.fixture
async def bundles(tmp_path: Path) -> Path:
    shutil.copy(BUNDLES / NAME, tmp_path / NAME)
    return tmp_path


@pytest.fixture
async def own_town(bundles: Path) -> AsyncIterator[Town]:
    with scratch_data_dir("onething-versions") as folder:
        async with open_town(folder / "city", ONETHING_BUNDLE_DIRECTORY=str(bundles)) as opened:
            yield opened


def application(owner: Owner, **changes: Any) -> dict[str, Any]:
    form = {
        "owner.name": APPLICANT,
        "owner.identity_number": owner.identity,
        "owner.phone": PHONE,
        "home.address": ADDRESS,
    }
    return {"bundle": "new-home", "answers": {"moves_family": False}, "form": form, **changes}


async def applied(town: Town, owner: Owner, **changes: Any) -> httpx.Response:
    headers = {**town.bearer(), "Idempotency-Key": town.new_key()}
    return await town.http.post("/cases", json=application(owner, **changes), headers=headers)


async def case_of(town: Town, owner: Owner, **changes: Any) -> str:
    answer = await applied(town, owner, **changes)
    assert answer.status_code in (201, 202), answer.text
    return str(answer.json()["case_no"])


async def test_a_new_version_touches_no_running_case(own_town: Town, bundles: Path) -> None:
    town, first, second, third = own_town, an_owner(), an_owner(), an_owner()
    await switched(town, first, "residence", Silent())
    old = await case_of(town, first)
    await town.until_items(old, ItemStatus.ACCEPTED, "residence")

    text = (bundles / NAME).read_text(encoding="utf-8")
    renewed = text.replace('version: "2026.1"', 'version: "2026.2"').replace("id: power-account", "id: power-supply")
    renewed = renewed.replace("requires: [power-account]", "requires: [power-supply]")
    (bundles / "new-home.2026.2.yaml").write_text(renewed, encoding="utf-8")
    for role in ("departments", "serve", "worker"):
        await town.city.kill(role)
        await town.city.until_ready(role)

    async def post() -> httpx.Response:
        return await applied(town, second)

    posted = await eventually(post, lambda answer: answer.status_code in (201, 202), "an application after the restart")
    new = str(posted.json()["case_no"])
    named = await case_of(town, third, version="2026.1")
    unknown = await applied(town, an_owner(), version="2026.3")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown-version")
    await town.decide(old, "residence")
    plans = {}
    for case_no in (old, new, named):
        state = await town.closed(case_no)
        assert state.outcome is CaseOutcome.COMPLETED
        plans[case_no] = (state.plan.version, tuple(item.id for item in state.plan.items))
    before = ("2026.1", ("residence", "water-account", "power-account"))
    assert plans == {old: before, named: before, new: ("2026.2", ("residence", "water-account", "power-supply"))}
