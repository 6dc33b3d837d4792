"""A department without a system, on the running city: officers work over the API, and the case goes on."""

from pathlib import Path
from typing import Any

import httpx

from adapters.sandbox.behaviours import Silent
from one_things.bundle_file import read_bundle
from one_things.case import CasePhase, ItemStatus
from one_things.events import CaseOutcome, CommitmentReported, SignatureGiven, SignatureRequested
from one_things.planning import needed_for
from tests.flows.companies import OTHER_PHONE, Company, credit_code
from tests.flows.town import BUNDLES, Town, eventually, of_kind

BUNDLE = read_bundle(Path(BUNDLES) / "street-stall.yaml")
PERMIT, REGISTRATION = "stall-permit", "stall-registration"
RESULT = "stall-permit-paper"


def stall() -> Company:
    code = credit_code()
    values = {"company.credit_code": code, "contact.phone": OTHER_PHONE, "stall.place": "测试路口"}
    needs = needed_for(BUNDLE, {}, None)
    return Company(
        code,
        {
            "bundle": BUNDLE.bundle,
            "answers": {},
            "form": {needed.id: values[needed.id] for needed in needs.fields},
            "materials": [],
            "channel": "web",
        },
    )


class Desk:
    """One item at the street office, and one of its officers."""

    def __init__(self, town: Town, case_no: str) -> None:
        self.town, self.case_no = town, case_no
        self.here = f"/workbench/street-office/items/{case_no}/{PERMIT}"
        self.header = town.officer()

    async def claim(self) -> None:
        answer = await self.town.http.post(f"{self.here}/claim", json={"version": 0}, headers=self.header)
        assert answer.status_code == 200, answer.text

    async def act(self, act: str, attempt: int = 1, **about: Any) -> httpx.Response:
        body = {"act": act, "act_id": self.town.new_key(), "attempt": attempt, **about}
        answer = await self.town.http.post(f"{self.here}/acts", json=body, headers=self.header)
        assert answer.status_code == 200, answer.text
        return answer

    async def view(self) -> dict[str, Any]:
        answer = await self.town.http.get(self.here, headers=self.header)
        assert answer.status_code == 200, answer.text
        view: dict[str, Any] = answer.json()
        return view

    async def in_the_inbox(self, state: str) -> dict[str, Any]:
        async def listed() -> list[dict[str, Any]]:
            answer = await self.town.http.get(
                "/workbench/street-office/items", params={"limit": 100, "state": state}, headers=self.header
            )
            return [one for one in answer.json()["items"] if one["case_no"] == self.case_no]

        return (await eventually(listed, bool, f"{self.case_no} {state} in the inbox"))[0]


async def desk_of(town: Town, company: Company) -> Desk:
    case_no = await town.apply(company)
    await town.until_items(case_no, ItemStatus.RECEIVED, PERMIT)
    return Desk(town, case_no)


async def test_a_case_goes_through_a_department_without_a_system(town: Town) -> None:
    desk = await desk_of(town, stall())
    listed = await desk.in_the_inbox("to_accept")
    assert (listed["light"], listed["claim"]["holder"]) == ("in_time", None)
    await desk.claim()
    shown = await desk.view()
    assert [field["id"] for field in shown["fields"]] == ["contact.phone", "stall.place"]
    assert OTHER_PHONE not in str(shown)
    await desk.act("accepted")
    await town.until_items(desk.case_no, ItemStatus.ACCEPTED, PERMIT)
    await desk.act("correction", points=[{"review_point": "place-clear"}])
    await town.until_items(desk.case_no, ItemStatus.CORRECTION, PERMIT)
    view = await town.view(desk.case_no)
    (point,) = next(item for item in view["items"] if item["id"] == PERMIT)["correction_points"]
    assert point["text"] == "摊点位置具体明确（依据：测试规定第二条）"
    answered = await town.correct(desk.case_no, PERMIT, **{"stall.place": "测试路口东侧三米"})
    assert answered.status_code == 200, answered.text
    await town.until(
        desk.case_no,
        lambda state: state.item(PERMIT).attempt == 2 and state.item(PERMIT).status is ItemStatus.RECEIVED,
        "the next attempt",
    )
    await desk.act("accepted", attempt=2)
    await desk.act("approved", attempt=2, results=[{"id": RESULT, "reference": "测试-街-1"}])
    state = await town.closed(desk.case_no)
    assert state.outcome is CaseOutcome.COMPLETED
    assert state.item(PERMIT).results[0].reference == "测试-街-1"
    by_officer = {event.type for event in town.events(desk.case_no) if event.officer == "officer-1"}
    assert by_officer == {"acceptance_declared", "correction_requested", "item_approved"}
    assert "department_unreachable" not in town.types(desk.case_no)


async def test_what_was_approved_is_undone_by_hand_when_the_case_is_given_up(town: Town) -> None:
    company = stall()
    await town.switch(company, REGISTRATION, Silent())
    desk = await desk_of(town, company)
    await desk.claim()
    await desk.act("approved", results=[{"id": RESULT, "reference": "测试-街-2"}])
    await town.until_items(desk.case_no, ItemStatus.APPROVED, PERMIT)
    await town.until(desk.case_no, lambda state: state.item(REGISTRATION).attempt == 1, "the registration under way")
    taken_back = await town.cancel(desk.case_no)
    if taken_back.status_code == 409:  # ADR 0004: while the deciding item is with its department
        await town.decide(desk.case_no, REGISTRATION, "refused", code="测试", reason="测试理由")
    await desk.in_the_inbox("to_undo")
    assert town.follower.case(desk.case_no).state.phase is CasePhase.STOPPING  # type: ignore[union-attr]
    await desk.act("undone")
    state = await town.closed(desk.case_no)
    assert state.item(PERMIT).status is ItemStatus.UNDONE


async def test_what_nobody_decided_is_undone_without_an_officer(town: Town) -> None:
    desk = await desk_of(town, stall())
    assert (await town.cancel(desk.case_no)).status_code == 200
    state = await town.closed(desk.case_no)
    assert (state.outcome, state.item(PERMIT).status) == (CaseOutcome.CANCELLED, ItemStatus.UNDONE)


LEASE = read_bundle(Path(BUNDLES) / "stall-lease.yaml")
FILING, LANDLORD, PLAN = "lease-filing", "landlord", "hygiene-plan"


def lease() -> Company:
    """A stall is leased from the street office, and its plan of hygiene promised."""
    code = credit_code()
    (material,) = LEASE.materials
    assert material.commitment is not None
    return Company(
        code,
        {
            "bundle": LEASE.bundle,
            "answers": {},
            "form": {"company.credit_code": code, "contact.phone": OTHER_PHONE, "stall.place": "测试路口"},
            "materials": [],
            "commitments": [{"material": PLAN, "text": material.commitment.text.zh}],
            "channel": "web",
        },
    )


async def on_the_desk(town: Town, which: str, case_no: str) -> dict[str, Any]:
    """The document to sign, or the report, of this case in the list of the street office."""

    async def listed() -> list[dict[str, Any]]:
        answer = await town.http.get(f"/workbench/street-office/{which}?limit=100", headers=town.officer())
        found = answer.json()["documents" if which == "signatures" else "reports"]
        return [one for one in found if one["case_no"] == case_no]

    return (await eventually(listed, bool, f"{case_no} among {which}"))[0]


async def signs(town: Town, case_no: str, act: str, **about: str) -> None:
    """An officer claims the lease, reads it, and signs or refuses to."""
    here = (await on_the_desk(town, "signatures", case_no))["location"]
    claim = await town.http.post(f"{here}/claim", json={"version": 0}, headers=town.officer())
    assert claim.status_code == 200, claim.text
    view = (await town.http.get(here, headers=town.officer())).json()
    assert [one["id"] for one in view["stated"]] == ["company.credit_code", "contact.phone", "stall.place"]
    assert OTHER_PHONE not in str(view)
    said = {"act": act, "act_id": town.new_key(), "attempt": view["attempt"], **about}
    if act == "signed":
        said["digest"] = view["digest"]
    answer = await town.http.post(f"{here}/acts", json=said, headers=town.officer())
    assert (answer.status_code, answer.json()["outcome"]) == (200, "counted"), answer.text


async def test_an_institution_without_a_system_signs_and_reads_what_became_of_a_promise(town: Town) -> None:
    case_no = await town.apply(lease())
    await signs(town, case_no, "signed")
    state = await town.closed(case_no)
    assert state.outcome is CaseOutcome.COMPLETED
    events = town.events(case_no)
    assert [one.party for one in of_kind(events, SignatureRequested)] == [LANDLORD]
    assert [(one.party, one.officer) for one in of_kind(events, SignatureGiven)] == [(LANDLORD, "officer-1")]
    await town.until_event(case_no, CommitmentReported)
    assert "commitment_report_failed" not in town.types(case_no)

    report = await on_the_desk(town, "reports", case_no)
    assert (report["verdict"], report["acknowledged_by"]) == ("approved", None)
    answer = await town.http.post(
        f"{report['location']}/acknowledge", json={"verdict": "approved"}, headers=town.officer()
    )
    assert (answer.status_code, answer.json()["outcome"]) == (200, "counted"), answer.text
    assert (await on_the_desk(town, "reports", case_no))["acknowledged_by"] == "officer-1"


async def test_an_institution_without_a_system_refuses_to_sign(town: Town) -> None:
    case_no = await town.apply(lease())
    await signs(town, case_no, "signature_refused", reason="场地已另作安排（模拟）")
    state = await town.closed(case_no)
    assert (state.outcome, state.item(FILING).status) == (CaseOutcome.REFUSED, ItemStatus.REFUSED)
    assert not of_kind(town.events(case_no), SignatureGiven)
