"""Agents, co-owners, ratings and dossiers on the real servers: who may, who may not any more, what stays."""

import asyncio
import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from event_store.verify import Verifier
from one_things import commands as c
from one_things import events as e
from one_things.case import ItemStatus
from one_things.events import CaseOutcome, Channel
from one_things.faults import CommandRefused
from security.suites import suite, suite_names
from tests.flows import event_stories, people_stories
from tests.flows.event_stories import WATER, Owner, an_owner
from tests.flows.people_stories import AGENT, OTHER_AGENT, by_agent
from tests.flows.shop_stories import CERTIFICATES, HYGIENE, NEW, PHOTOS, REGISTRATION, finished
from tests.flows.soundness import assert_sound
from tests.flows.town import Town, eventually, of_kind


async def listed(town: Town, agent: str) -> list[str]:
    """The numbers on the agent's list."""
    answer = await town.http.get("/mandates", params={"limit": 100}, headers=town.bearer(agent))
    assert answer.status_code == 200, answer.text
    return [one["case_no"] for one in answer.json()["cases"]]


async def until_listed(town: Town, agent: str, case_no: str, *, there: bool) -> None:
    """The list follows the record a moment later."""
    await eventually(
        lambda: listed(town, agent), lambda found: (case_no in found) is there, f"{case_no} on the list: {there}"
    )


async def test_an_agent_acts_within_the_mandate_and_not_after_it(town: Town) -> None:
    case_no = await people_stories.begun(town)
    assert (await town.http.get(f"/cases/{case_no}", headers=town.bearer(AGENT))).status_code == 404
    await people_stories.give_both(town, case_no)
    for agent in (AGENT, OTHER_AGENT):
        await until_listed(town, agent, case_no, there=True)
    seen = (await town.http.get(f"/cases/{case_no}", headers=town.bearer(AGENT))).json()
    assert seen["headline"]["needs_you"]

    for path, said, status, code in (
        ("suspend", {}, 409, "mandate-scope"),
        ("cancel", {}, 403, "not-allowed"),
        ("mandates", {"agent": "agent-3", "scope": ["follow"], "ends_on": "2099-01-01"}, 403, "not-allowed"),
        ("ratings", {"grade": 1}, 403, "not-allowed"),
    ):
        refused = await by_agent(town, AGENT, case_no, path, **said)
        assert (path, refused.status_code, refused.json()["code"]) == (path, status, code)
    await people_stories.acted(town, case_no)
    await town.until_items(case_no, ItemStatus.APPROVED, REGISTRATION)
    await people_stories.rested_by_agent(town, case_no)

    revoked = await town.http.post(
        f"/cases/{case_no}/mandates/revoke", json={"agent": OTHER_AGENT}, headers=town.bearer()
    )
    assert revoked.json()["outcome"] == "counted"
    await until_listed(town, OTHER_AGENT, case_no, there=False)
    await people_stories.mandate_over(town, case_no)
    await until_listed(town, AGENT, case_no, there=False)
    photos = [{"id": PHOTOS, "digest": NEW}]
    for agent, code in ((OTHER_AGENT, "mandate-revoked"), (AGENT, "mandate-ended"), ("agent-3", "no-mandate")):
        assert (await by_agent(town, agent, case_no, "materials", materials=photos)).status_code == 404
        late = c.HandInMaterials(materials={PHOTOS: NEW}, channel=Channel.WEB, by=agent)
        with pytest.raises(CommandRefused) as refusal:  # whoever had passed the door a moment before
            await town.cases.hand_in(case_no, late)
        assert refusal.value.code == code

    await town.decide(case_no, HYGIENE)
    await finished(town, case_no)
    state = await assert_sound(town, case_no)
    assert state.outcome is CaseOutcome.COMPLETED
    assert [event.type for event in town.events(case_no) if event.by == AGENT] == [
        "correction_answered",
        "material_handed_in",
    ]
    timeline = (await town.http.get(f"/cases/{case_no}/timeline", headers=town.bearer())).json()["entries"]
    acted = {one["acted"]["zh"] for one in timeline if one["by_agent"]}
    assert acted == {f"代办人 {AGENT} · 窗口", f"代办人 {OTHER_AGENT} · 网上"}


async def test_a_rest_moves_the_date_of_a_deferred_material(town: Town) -> None:
    case_no = await people_stories.rested_with_deferral(town)
    state = await assert_sound(town, case_no)

    assert state.outcome is CaseOutcome.COMPLETED
    first, moved = of_kind(town.events(case_no), e.MaterialDeferred)
    (rest,) = state.rests
    assert rest.until is not None
    assert first.due_at < rest.until < moved.due_at, "it would have been missed in the rest"
    assert not of_kind(town.events(case_no), e.MaterialMissed)
    assert state.handed_in[CERTIFICATES] == NEW


async def test_what_an_event_began_is_signed_by_both_owners(town: Town) -> None:
    owner, spouse = an_owner(), Owner(an_owner().identity, "spouse")
    case_no = await people_stories.shared_home(town, owner)
    await people_stories.confirm_for_two(town, case_no, owner, spouse)

    async def awaited() -> list[str]:
        answer = await town.http.get("/signatures", headers=spouse.headers(town))
        return [one["case_no"] for one in answer.json()["signatures"]]

    await eventually(awaited, lambda found: found == [case_no], "the co-owner is asked")
    stranger = an_owner()
    path = f"/cases/{case_no}/items/{people_stories.RESIDENCE}/signatures"
    assert (await town.http.get(path, headers=stranger.headers(town))).status_code == 404
    assert (await people_stories.sign_residence(town, case_no, spouse)).json()["outcome"] == "counted"
    assert of_kind(town.events(case_no), e.ItemSubmitted) == []
    assert (await people_stories.sign_residence(town, case_no, owner)).json()["outcome"] == "counted"
    state = await assert_closed_by(town, case_no)
    assert state.outcome is CaseOutcome.COMPLETED
    assert {event.party for event in of_kind(town.events(case_no), e.SignatureGiven)} == {"owner", "spouse"}
    assert spouse.identity not in " ".join(event.model_dump_json() for event in town.events(case_no))


async def assert_closed_by(town: Town, case_no: str) -> Any:
    """The closed case; the workflow ended with what the record says."""
    state = await town.closed(case_no)
    assert await town.cases.handle(case_no).result() == state.outcome
    return state


async def a_closed_case(town: Town) -> tuple[str, Owner]:
    """Begun by an event, confirmed and done."""
    owner = an_owner()
    case_no = await event_stories.proposed(town, owner)
    await event_stories.confirm(town, case_no, owner)
    await town.closed(case_no)
    return case_no, owner


async def test_a_bad_rating_is_answered_and_the_applicant_reads_it(town: Town) -> None:
    case_no, owner = await a_closed_case(town)
    comment, reply = "等了三天没有人接电话（模拟）", "已核查，已增派人手（模拟）"
    for said in ({"grade": 2}, {"item": WATER, "grade": 5, "comment": comment, "channel": "phone"}):
        rated = await town.http.post(f"/cases/{case_no}/ratings", json=said, headers=owner.headers(town))
        assert (rated.status_code, rated.json()["outcome"]) == (200, "counted")
    changed = await town.http.post(f"/cases/{case_no}/ratings", json={"grade": 5}, headers=owner.headers(town))
    assert (changed.status_code, changed.json()["code"]) == (409, "rated-already")

    async def tasks() -> int | None:
        """As the list shows it, which is projected a moment later: at first the case may not stand in it."""
        cases = (await town.http.get("/cases", params={"limit": 100}, headers=town.operator())).json()["cases"]
        return next((one["open_tasks"] for one in cases if one["case_no"] == case_no), None)

    await eventually(tasks, lambda found: found == 1, "a task to answer the bad rating")
    answered = await town.http.post(
        f"/cases/{case_no}/ratings/answer", json={"item": WATER, "answer": reply}, headers=town.operator()
    )
    assert answered.json()["outcome"] == "counted", answered.text
    await eventually(tasks, lambda found: found == 0, "the task is done")
    given = (await town.http.get(f"/cases/{case_no}", headers=owner.headers(town))).json()["ratings"]["given"]
    assert [(one["item"], one["grade"], one["comment"], one["answer"]) for one in given] == [
        (None, 2, None, None),
        (WATER, 5, comment, reply),
    ]
    recorded = [one.type for one in await town.record.events.read(case_no)]
    assert recorded[-4:] == ["case_closed", "case_rated", "case_rated", "rating_answered"]
    verifier = Verifier(town.record.database, [suite(name) for name in suite_names()],
                        town.settings.record_mac_key_bytes())  # fmt: skip
    assert await verifier.verify(case_no) == [], "what was added after the end is chained to it"


async def onething(*arguments: str) -> tuple[int, str]:
    """The command as people run it: exit code and output."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "runtime.cli", *arguments,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode()


def with_one_byte_changed(dossier: bytes, part: str) -> bytes:
    """The same archive, but for one byte of this part."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(dossier)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content[:-2] + bytes([content[-2] ^ 1]) + content[-1:] if name == part else content)
    return made.getvalue()


async def test_a_dossier_verifies_and_one_changed_byte_does_not(town: Town, tmp_path: Path) -> None:
    case_no, owner = await a_closed_case(town)
    downloaded = await town.http.get(f"/cases/{case_no}/dossier", headers=owner.headers(town))
    assert (downloaded.status_code, downloaded.headers["content-type"]) == (200, "application/zip")
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps((await town.http.get("/receipts/key")).json()), encoding="utf-8")

    files = {"genuine": downloaded.content} | {
        part: with_one_byte_changed(downloaded.content, part)
        for part in ("record/events.jsonl", "timeline.zh.txt", "manifest.json")
    }
    for name, content in files.items():
        (tmp_path / f"{name.replace('/', '-')}.zip").write_bytes(content)
    ends = await asyncio.gather(
        *(
            onething("dossier", "verify", str(tmp_path / f"{name.replace('/', '-')}.zip"), "--keys", str(keys))
            for name in files
        )
    )
    codes = {name: code for name, (code, _) in zip(files, ends, strict=True)}
    assert codes == {"genuine": 0, "record/events.jsonl": 1, "timeline.zh.txt": 1, "manifest.json": 1}, ends
    assert case_no in ends[0][1]
