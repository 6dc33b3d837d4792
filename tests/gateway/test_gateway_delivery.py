"""Results on paper over HTTP: chosen, seen by whom, acted on by departments and operators, missed and answered."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from one_things import commands as c
from one_things import events as e
from one_things.deciding import case_closed
from runtime.embedded.postgres import EmbeddedPostgres
from tests.gateway.gateway_city import City, city_of, fresh_database
from tests.gateway.test_gateway_apply_page import PDF, Applicant, Page
from tests.gateway.test_gateway_sources import APPLICATION, LICENCE
from workflows.messages import Receipt

BUNDLES = Path(__file__).parents[1] / "flows" / "bundles"
FILING, PERMIT, TAX = "station-filing", "courier-permit", "tax-registration"
NAME, ADDRESS, PHONE = "测试申请人甲", "测试市测试路 1 号", "13800138000"
MAIL = {"way": "mail", "addressee": NAME, "address": ADDRESS, "phone": PHONE}
WORDS = {"title": {"zh": "快递业务经营许可证", "en": "Courier permit"}}
FORM = {"Origin": "http://127.0.0.1", "Accept": "text/html"}


@pytest.fixture
async def city(gateway_postgres: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[City]:
    async with city_of(await fresh_database(gateway_postgres), tmp_path, sandbox=True, bundles=BUNDLES) as running:
        yield running


async def applied(city: City, delivery: dict[str, Any] | None = None, key: str = "key") -> httpx.Response:
    body = APPLICATION if delivery is None else {**APPLICATION, "delivery": delivery}
    return await city.http.post("/cases", json=body, headers={**city.bearer(), "Idempotency-Key": key})


async def permitted(city: City, delivery: dict[str, Any] | None = None) -> str:
    """A case whose permit is approved and whose paper, if one is wanted, is ordered."""
    answer = await applied(city, delivery)
    assert answer.status_code == 201, answer.text
    case_no = str(answer.json()["case_no"])
    for item in (FILING, PERMIT):
        await city.cases.done(case_no, item)
    return case_no


async def said(
    city: City, case_no: str, what: str, body: dict[str, Any], headers: dict[str, str] | None = None
) -> httpx.Response:
    path = f"/cases/{case_no}/items/{PERMIT}/delivery/{what}"
    return await city.http.post(path, json=body, headers=headers or city.bearer())


async def noted(city: City, case_no: str, act: str, act_id: str = "a-1", **says: str) -> httpx.Response:
    body = {"act": act, "act_id": act_id, "case_no": case_no, "item": PERMIT, "attempt": 1, **says}
    return await said(city, case_no, "acts", body, city.operator())


async def papers_of(city: City, case_no: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    answer = await city.http.get(f"/cases/{case_no}", headers=headers or city.bearer())
    papers: dict[str, Any] = answer.json()["papers"]
    return papers


def codes(answer: httpx.Response) -> dict[str, str]:
    return {fault["field"]: fault["code"] for fault in answer.json()["faults"]}


async def test_the_choice_is_sealed_stands_in_the_receipt_and_is_read_by_whom_it_concerns(city: City) -> None:
    case_no = await permitted(city, MAIL)
    raw = "".join(record.data for record in await city.services.store.read(case_no))
    assert not any(word in raw for word in (NAME, ADDRESS, PHONE))
    own = await papers_of(city, case_no)
    assert own["to"] == {"addressee": NAME, "address": ADDRESS, "phone": PHONE}
    assert (own["way"], own["deliveries"][0]["status"], bool(own["deliveries"][0]["due_on"])) == (
        "mail", "preparing", True,
    )  # fmt: skip
    masked = (await papers_of(city, case_no, city.operator()))["to"]
    assert (masked["addressee"], masked["phone"]) == ("测*****", "138****8000")
    receipt = (await city.http.get(f"/cases/{case_no}/receipt", headers=city.bearer())).json()
    assert json.loads(receipt["content"])["delivery"] == MAIL
    anew = {"way": "pick_up", "channel": "counter"}
    assert (await city.http.post(f"/cases/{case_no}/delivery", json=anew, headers=city.bearer())).status_code == 200
    again = (await city.http.get(f"/cases/{case_no}/receipt", headers=city.bearer())).json()
    assert again["digest"] == receipt["digest"], "what is chosen anew was not handed in with it"
    assert (await papers_of(city, case_no))["to"] is None


async def test_nobody_but_the_applicant_chooses_and_an_agent_does_not_read_the_address(city: City) -> None:
    case_no = await permitted(city, MAIL)
    ends_at = (await city.http.get(f"/cases/{case_no}", headers=city.bearer())).json()["now"]
    assert ends_at
    give = c.GiveMandate(
        agent="agent-1",
        scope=tuple(e.MandateScope),
        ends_at=city.cases.states[case_no].opened_at.replace(year=2099),
        channel=e.Channel.WEB,
    )
    await city.cases.play(case_no, give)
    agent = city.bearer("agent-1")
    assert (await papers_of(city, case_no, agent))["to"] is None
    for headers in (agent, city.operator()):
        refused = await city.http.post(f"/cases/{case_no}/delivery", json={"way": "pick_up"}, headers=headers)
        assert refused.status_code == 403
        for what in ("confirmation", "not-arrived"):
            assert (await said(city, case_no, what, {}, headers)).status_code == 403
    assert (await said(city, case_no, "answer", {"outcome": "settled", "answer": "好"})).status_code == 403
    mine = {"act": "delivered", "act_id": "x", "case_no": case_no, "item": PERMIT, "attempt": 1}
    assert (await said(city, case_no, "acts", mine)).status_code == 403
    assert (await said(city, case_no, "confirmation", {}, city.bearer("applicant-2"))).status_code == 404


@pytest.mark.parametrize(
    ("delivery", "faults"),
    [
        ({"way": "pigeon"}, {"delivery.way"}),
        ({"way": "mail"}, {"delivery.addressee", "delivery.address", "delivery.phone"}),
        ({**MAIL, "phone": "1"}, {"delivery.phone"}),
        ({**MAIL, "street": "x"}, {"delivery.street"}),
        ({"way": "pick_up", "address": ADDRESS}, {"delivery.address"}),
    ],
)
async def test_every_fault_of_a_choice_is_told_and_nothing_of_it_repeated(
    city: City, delivery: dict[str, Any], faults: set[str]
) -> None:
    answer = await applied(city, delivery)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(codes(answer)) == faults
    assert ADDRESS not in answer.text
    checked = await city.http.post("/precheck", json={**APPLICATION, "delivery": delivery}, headers=city.bearer())
    told = set(codes(checked))
    assert told == faults


async def test_the_pre_check_tells_which_papers_there_are_and_how_they_come(city: City) -> None:
    found = (await city.http.post("/precheck", json=APPLICATION, headers=city.bearer())).json()
    (paper,) = found["papers"]
    assert (paper["item"], paper["title"], paper["working_days"], paper["always"]) == (
        PERMIT, WORDS["title"], 10, False,
    )  # fmt: skip
    assert found["delivery_ways"] == ["mail", "pick_up", "none"]
    without = {**APPLICATION, "chosen": [FILING], "delivery": MAIL}
    answer = await city.http.post("/precheck", json=without, headers=city.bearer())
    assert codes(answer)["delivery"] == "delivery-not-needed"


async def test_an_application_without_a_choice_is_the_same_application_as_before_there_was_one(city: City) -> None:
    first = await applied(city)
    again = await applied(city)
    other = await applied(city, {"way": "none"})
    assert (again.status_code, again.json()["case_no"]) == (200, first.json()["case_no"])
    assert other.json()["code"] == "idempotency-conflict"


async def test_an_operator_notes_for_a_department_and_what_did_not_arrive_is_answered_after_the_end(
    city: City,
) -> None:
    case_no = await permitted(city, MAIL)
    assert (await noted(city, case_no, "dispatched", carrier="测试速递", number="EX-1")).json()["outcome"] == "counted"
    assert (await noted(city, case_no, "dispatched", carrier="测试速递", number="EX-1")).json()["outcome"] == "repeat"
    (delivery,) = (await papers_of(city, case_no))["deliveries"]
    assert (delivery["status"], delivery["carrier"], delivery["number"]) == ("dispatched", "测试速递", "EX-1")
    assert (await noted(city, case_no, "ready_for_pick_up", "a-2")).json()["code"] == "delivery-way-other"
    missing = await noted(city, case_no, "dispatched", "a-3")
    assert (missing.status_code, set(codes(missing))) == (422, {"dispatched.carrier", "dispatched.number"})
    assert (await noted(city, case_no, "delivered", "a-4")).status_code == 200
    await city.cases.finished(case_no)

    assert (await said(city, case_no, "not-arrived", {"note": "信箱是空的"})).json()["outcome"] == "counted"
    await city.project()
    listed = (await city.http.get("/cases", headers=city.operator())).json()["cases"]
    assert [case["open_tasks"] for case in listed if case["case_no"] == case_no] == [1]
    said_so = await said(city, case_no, "answer", {"outcome": "send_again", "answer": "今日重寄"}, city.operator())
    assert said_so.status_code == 200, said_so.text
    for act, act_id in (("dispatched", "a-5"), ("delivered", "a-6")):
        says = {"carrier": "测试速递", "number": "EX-2"} if act == "dispatched" else {}
        assert (await noted(city, case_no, act, act_id, **says)).status_code == 200
    assert (await said(city, case_no, "confirmation", {})).json()["outcome"] == "counted"
    (delivery,) = (await papers_of(city, case_no))["deliveries"]
    assert (delivery["status"], delivery["answer"], delivery["confirmed"]) == ("delivered", "今日重寄", True)
    assert (await said(city, case_no, "not-arrived", {})).json()["code"] == "confirmed-already"
    timeline = (await city.http.get(f"/cases/{case_no}/timeline", headers=city.bearer())).text
    assert "EX-1" not in timeline
    records = await city.services.store.read(case_no)
    assert [record.version for record in records] == list(range(1, len(records) + 1))


@pytest.mark.parametrize("lingers", [False, True])
async def test_a_department_says_what_it_did_with_its_signature_also_after_the_end(city: City, lingers: bool) -> None:
    case_no = await permitted(city, {"way": "pick_up"})
    await city.cases.finished(case_no)
    city.cases.lingers = lingers

    async def act(department: str, act_id: str) -> httpx.Response:
        body = {"act": "picked_up", "act_id": act_id, "case_no": case_no, "item": PERMIT, "attempt": 1}
        path = f"/departments/{department}/acts"
        return await city.decide(department, json.dumps(body).encode(), path=path)

    assert (await act("tax", "p-1")).json()["code"] == "foreign"
    assert [(await act("postal", "p-1")).json()["outcome"] for _ in range(2)] == ["counted", "repeat"]
    assert (await act("postal", "p-2")).json()["code"] == "delivery-out-of-order"
    (delivery,) = (await papers_of(city, case_no))["deliveries"]
    assert (delivery["status"], delivery["may_be_missed"]) == ("picked_up", True)


async def test_what_is_said_just_when_the_case_closes_stands_behind_its_end(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_no = await permitted(city, {"way": "pick_up"})
    assert (await noted(city, case_no, "ready_for_pick_up")).status_code == 200

    async def closes_first(case_no: str, _: c.MissPaper) -> Receipt:
        await city.cases.finished(case_no)
        raise case_closed()

    monkeypatch.setattr(city.cases, "miss_paper", closes_first)
    answer = await said(city, case_no, "not-arrived", {})
    assert (answer.status_code, answer.json()["outcome"]) == (200, "counted")
    told = [record.type for record in await city.services.store.read(case_no)]
    assert told[told.index("case_closed") :] == ["case_closed", "paper_missed", "operator_task_opened"]


async def test_the_page_offers_the_choice_and_keeps_what_was_written(city: City) -> None:
    applicant = Applicant(city, "courier-station")
    page = Page(await applicant.press(await applicant.begin(), "next", {"answers.has_warehouse": "false"}))
    page = await applicant.go(page)
    assert {"delivery.way", "delivery.addressee", "delivery.address", "delivery.phone"} <= page.writable
    assert page.sent["delivery.way"] == "none"
    assert "邮政管理局一楼发证窗口" in page.text
    right = {"form.company.credit_code": APPLICATION["form"]["company.credit_code"], "form.contact.phone": PHONE}
    wrong = {**right, "delivery.way": "mail", "delivery.addressee": NAME, "delivery.phone": "1"}
    page = Page(await applicant.press(page, "next", wrong))
    assert (page.step, page.status, set(page.faulty)) == ("form", 422, {"delivery-address", "delivery-phone"})
    assert page.sent["delivery.addressee"] == NAME
    page = Page(await applicant.press(page, "next", {"delivery.address": ADDRESS, "delivery.phone": PHONE}))
    assert page.step == "materials"
    page = Page(await applicant.press(page, "next", {f"authorise.{LICENCE}": "on"}, files={"floor-plan": PDF}))
    assert (page.step, ADDRESS in page.text) == ("review", True)
    await applicant.press(page, "submit", {})
    (state,) = city.cases.states.values()
    assert state.delivery is not None
    assert state.delivery.to is not None
    assert await city.services.secrets.open_fields(state.case_no, [state.delivery.to]) == {
        "addressee": NAME, "address": ADDRESS, "phone": PHONE,
    }  # fmt: skip


async def test_the_page_of_a_case_tells_where_the_paper_is_and_takes_what_is_said(city: City) -> None:
    case_no = await permitted(city, MAIL)
    at = f"/cases/{case_no}"
    page = (await city.http.get(at, headers={**city.bearer(), **FORM})).text
    assert ADDRESS in page
    assert f'action="{at}/delivery"' in page
    anew = {**MAIL, "address": "测试路 2 号"}
    assert (await city.http.post(f"{at}/delivery", data=anew, headers={**city.bearer(), **FORM})).status_code == 303
    operator = {**city.operator(), **FORM}
    page = (await city.http.get(at, headers=operator)).text
    assert f'action="{at}/items/{PERMIT}/delivery/acts"' in page
    sent = {"act": "dispatched", "act_id": f"noted:{PERMIT}:1", "attempt": "1", "carrier": "测试速递", "number": "EX-1"}
    assert (await city.http.post(f"{at}/items/{PERMIT}/delivery/acts", data=sent, headers=operator)).status_code == 303
    page = (await city.http.get(at, headers={**city.bearer(), **FORM})).text
    assert "测试速递" in page
    own = {**city.bearer(), **FORM}
    missed = await city.http.post(f"{at}/items/{PERMIT}/delivery/not-arrived", data={"note": ""}, headers=own)
    assert missed.status_code == 303
    page = (await city.http.get(at, headers=operator)).text
    assert f'action="{at}/items/{PERMIT}/delivery/answer"' in page
    assert f'action="{at}/items/{PERMIT}/settle"' not in page, "its answer settles it"
    said_so = {"outcome": "settled", "answer": "已找到"}
    assert (
        await city.http.post(f"{at}/items/{PERMIT}/delivery/answer", data=said_so, headers=operator)
    ).status_code == 303
    assert "已找到" in (await city.http.get(at, headers={**city.bearer(), **FORM})).text
