"""Results on paper, on real servers: by mail and at the window, in time and late, back and sent anew, after the end."""

from adapters.sandbox.behaviours import Operation
from adapters.sandbox.delivering import CARRIER
from one_things.case import CasePhase
from one_things.delivery import DeliveryStatus
from one_things.events import CaseOutcome, DeliveryBreached, DeliveryReckoned, DeliveryWarned, PaperConfirmed
from tests.flows import delivery_stories as papers
from tests.flows.delivery_stories import ADDRESS, ELSEWHERE, PERMIT, PHONE
from tests.flows.soundness import assert_sound
from tests.flows.town import Town, in_order, of_kind


async def test_a_permit_is_mailed_and_what_did_not_arrive_is_answered_after_the_end(town: Town) -> None:
    case_no = await papers.mailed(town)
    state = await assert_sound(town, case_no)
    assert state.outcome is CaseOutcome.COMPLETED
    assert in_order(
        town.types(case_no), "pivot_passed", "delivery_began", "delivery_reckoned", "paper_dispatched",
        "paper_delivered", "case_closed",
    )  # fmt: skip
    order = await town.submitted(case_no, PERMIT, Operation.DELIVER)
    assert (order["fields"]["address"], order["fields"]["phone"]) == (ADDRESS, PHONE)
    assert order["key"] == f"{case_no}:{PERMIT}:1:deliver:1"
    assert (order["delivery"]["way"], order["delivery"]["papers"][0]["id"]) == ("mail", "permit")
    submitted = await town.submitted(case_no, PERMIT)
    assert not {"address", "addressee", "phone"} & submitted["fields"].keys(), "nobody but who sends it reads it"
    record = "".join(record.data for record in await town.record.events.read(case_no))
    assert ADDRESS not in record
    assert PHONE not in record

    (delivery,) = (await town.view(case_no))["papers"]["deliveries"]
    assert (delivery["status"], delivery["carrier"], delivery["may_be_missed"]) == ("delivered", CARRIER, True)
    missed = await papers.say(town, case_no, "not-arrived", {"note": "信箱是空的", "channel": "phone"})
    assert (missed.status_code, missed.json()["outcome"]) == (200, "counted")
    answered = await papers.say(
        town, case_no, "answer", {"outcome": "settled", "answer": "邮局已找到，今日投递"}, town.operator()
    )
    assert answered.status_code == 200, answered.text
    papers_now = (await town.view(case_no))["papers"]["deliveries"][0]
    assert (papers_now["status"], papers_now["answer"]) == ("settled", "邮局已找到，今日投递")
    state = await town.until(case_no, papers.is_at(DeliveryStatus.SETTLED), "the answer")
    assert (state.phase, state.tasks) == (CasePhase.CLOSED, ())


async def test_what_came_back_goes_to_the_new_address(town: Town) -> None:
    case_no = await papers.sent_back(town)
    await assert_sound(town, case_no)
    told = town.types(case_no)
    assert in_order(told, "paper_dispatched", "paper_came_back", "operator_task_opened", "delivery_chosen")
    anew = told[told.index("delivery_chosen") :]
    assert in_order(anew, "delivery_reckoned", "paper_delivered", "case_closed")
    order = await town.submitted(case_no, PERMIT, Operation.DELIVER)
    assert (order["key"], order["fields"]["address"]) == (f"{case_no}:{PERMIT}:1:deliver:2", ELSEWHERE)


async def test_a_late_department_is_warned_and_a_person_sees_to_it_until_the_paper_lies_ready(town: Town) -> None:
    case_no = await papers.picked_up_late(town)
    state = await assert_sound(town, case_no)
    assert in_order(
        town.types(case_no), "delivery_warned", "delivery_breached", "operator_task_opened", "paper_ready",
        "pick_up_reminded", "paper_picked_up", "case_closed",
    )  # fmt: skip
    (dates,) = of_kind(town.events(case_no), DeliveryReckoned, PERMIT)
    (warned,) = of_kind(town.events(case_no), DeliveryWarned, PERMIT)
    (breached,) = of_kind(town.events(case_no), DeliveryBreached, PERMIT)
    assert warned.due_on == breached.due_on == dates.dates.due_on
    assert (state.deliveries[PERMIT].status, state.tasks) == (DeliveryStatus.PICKED_UP, ())
    order = await town.submitted(case_no, PERMIT, Operation.DELIVER)
    assert order["fields"] == {}, "for a window nobody needs to know where the applicant lives"
    assert "窗口" in order["delivery"]["papers"][0]["pick_up"]["zh"]


async def test_what_a_department_would_not_send_and_what_did_not_arrive_is_sent_anew_until_the_applicant_has_it(
    town: Town,
) -> None:
    case_no = await papers.refused_missed_and_confirmed(town)
    state = await assert_sound(town, case_no)
    told = town.types(case_no)
    assert in_order(told, "delivery_not_taken", "delivery_answered", "paper_dispatched", "paper_missed", "case_closed")
    assert told.count("operator_task_opened") == told.count("delivery_answered") == 2
    assert told.count("delivery_reckoned") == 3, "each time it is set going its limit runs anew"
    assert (state.deliveries[PERMIT].round, state.tasks) == (3, ())
    (confirmed,) = of_kind(town.events(case_no), PaperConfirmed, PERMIT)
    assert confirmed.channel == "counter"
    (delivery,) = (await town.view(case_no))["papers"]["deliveries"]
    assert (delivery["status"], delivery["confirmed"], delivery["may_be_missed"]) == ("delivered", True, False)
    assert (delivery["number"], delivery["answer"]) == ("SIM-3", papers.ANSWER)
    record = "".join(record.data for record in await town.record.events.read(case_no))
    assert not [written for written in (papers.NOTE, papers.ANSWER, "SIM-3") if written in record], "sealed"


async def test_who_never_comes_for_the_paper_is_reminded_and_then_answered_by_a_person(town: Town) -> None:
    case_no = await papers.never_picked_up(town)
    state = await assert_sound(town, case_no)
    assert in_order(
        town.types(case_no), "paper_ready", "pick_up_reminded", "pick_up_missed", "operator_task_opened",
        "delivery_answered", "case_closed",
    )  # fmt: skip
    assert "delivery_breached" not in town.types(case_no), "it lay ready in time"
    assert (state.deliveries[PERMIT].status, state.tasks) == (DeliveryStatus.SETTLED, ())
    (delivery,) = (await town.view(case_no))["papers"]["deliveries"]
    assert (delivery["status"], delivery["answer"]) == ("settled", papers.ANSWER)
