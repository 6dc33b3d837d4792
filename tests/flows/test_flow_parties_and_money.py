"""Parties sign together and money moves, on real servers: who may sign, who may not, and where every fen goes."""

from collections import Counter

from adapters.sandbox.behaviours import Silent
from one_things.case import ItemStatus
from one_things.events import (
    AnswerNotCounted,
    CaseOutcome,
    DecisionSetAside,
    DocumentConfirmed,
    ItemLapsed,
    MoneyGivenBack,
    OperatorTaskOpened,
    PaymentConfirmed,
    PaymentReleased,
    SignatoryUnreachable,
    SignatureGiven,
    SignatureRequested,
    SigningBegan,
    SigningCompleted,
    TaskKind,
    WhySetAside,
)
from tests.flows import sale_stories, sales
from tests.flows.sales import CONTRACT, Sale
from tests.flows.soundness import assert_sound, whole_record
from tests.flows.town import Town, eventually, in_order, of_kind


def moved(town: Town, case_no: str) -> Counter[str]:
    """What lies where at the end, in fen, counted over the events."""
    kept: Counter[str] = Counter()
    for event in town.events(case_no):
        match event:
            case PaymentConfirmed(role=role, amount_fen=fen):
                kept[role] += fen
            case PaymentReleased(payee=payee, amount_fen=fen):
                kept["deposit"] -= fen
                kept[f"to {payee}"] += fen
            case MoneyGivenBack(item=item, amount_fen=fen):
                kept["charge" if item == "deed-tax" else "deposit"] -= fen
    return kept


async def test_a_house_is_sold(town: Town) -> None:
    case_no = await sale_stories.sold(town)
    state = await assert_sound(town, case_no)

    assert state.outcome is CaseOutcome.COMPLETED
    signed = {event.party: event.channel for event in of_kind(town.events(case_no), SignatureGiven)}
    assert signed == {"seller": "web", "buyer": "web", "old-bank": None, "new-bank": None}
    assert moved(town, case_no) == {
        "deposit": 0, "charge": 1800000, "to old-bank": 30000050, "to seller": 89999950
    }  # fmt: skip
    view = await town.view(case_no)
    balance = next(item for item in view["items"] if item["id"] == "balance")
    assert balance["money"]["amount"] == {"zh": "899,999.50 元", "en": "899,999.50 yuan"}
    assert balance["money"]["standing"] == "released"


async def test_a_refusal_before_the_pivot_gives_all_money_back(town: Town) -> None:
    case_no = await sale_stories.refused(town)
    state = await assert_sound(town, case_no)

    assert state.outcome is CaseOutcome.REFUSED
    assert moved(town, case_no) == {"deposit": 0, "charge": 0}
    assert {state.items[item].status for item in ("deed-tax", "down-payment", "loan", CONTRACT)} == {ItemStatus.UNDONE}


async def test_a_signing_lapses(town: Town) -> None:
    case_no = await sale_stories.lapsed(town)
    state = await assert_sound(town, case_no)

    assert state.outcome is CaseOutcome.LAPSED
    assert of_kind(town.events(case_no), ItemLapsed, CONTRACT)
    assert not of_kind(town.events(case_no), SigningCompleted)
    late = await sales.sign(town, case_no, sale_identity(), "sha-256:0000000000000000")
    assert late.status_code == 404, "a stranger, also after the end"


def sale_identity() -> str:
    """Somebody who has nothing to do with the case."""
    return sales.identity_number()


async def test_money_that_does_not_come_back_exactly_is_seen_to_by_a_person(town: Town) -> None:
    case_no = await sale_stories.money_stuck(town)
    state = await assert_sound(town, case_no)

    assert state.outcome is CaseOutcome.REFUSED
    assert [event.code for event in of_kind(town.events(case_no), AnswerNotCounted)] == ["payment-short"]
    assert moved(town, case_no) == {"deposit": 0, "charge": 0}
    by_hand = [event for event in of_kind(town.events(case_no), MoneyGivenBack) if event.operator is not None]
    assert [event.amount_fen for event in by_hand] == [80000000]


async def test_what_fails_after_the_pivot_is_tried_once_more(town: Town) -> None:
    case_no = await sale_stories.retried(town)
    state = await assert_sound(town, case_no)

    assert state.outcome is CaseOutcome.COMPLETED
    assert state.items["old-loan-payoff"].attempt == 2
    assert moved(town, case_no)["deposit"] == 0


async def test_only_who_is_asked_may_sign_and_sees_no_more_than_that(town: Town) -> None:
    sale = Sale()
    case_no = await sales.apply(town, sale)
    view = await sales.read(town, case_no, sale.seller)
    stranger = sales.identity_number()

    assert {one["id"]: one["you"] for one in view["parties"]} == {
        "seller": True, "buyer": False, "old-bank": False, "new-bank": False
    }  # fmt: skip
    stated = {field["id"]: field["value"] for field in view["stated"]}
    assert stated["seller.identity_number"] == sale.seller
    assert stated["buyer.identity_number"] == f"{sale.buyer[:4]}{'*' * 10}{sale.buyer[-4:]}"
    assert view["payments"][0]["amount"]["en"] == "400,000.00 yuan"
    assert (await sales.document(town, case_no, stranger)).status_code == 404
    assert (await sales.document(town, case_no, None)).status_code == 404
    seller = town.bearer("somebody", identity=sale.seller)
    assert (await town.http.get(f"/cases/{case_no}", headers=seller)).status_code == 404, "the case is the applicant's"

    assert (await sales.sign(town, case_no, stranger, view["digest"])).status_code == 404
    unproved = await town.http.post(
        f"/cases/{case_no}/items/{CONTRACT}/signatures", json={"digest": view["digest"]}, headers=town.bearer()
    )
    assert (unproved.status_code, unproved.json()["code"]) == (403, "not-allowed")
    for_another = await sales.sign(town, case_no, sale.seller, view["digest"], party="buyer")
    assert (for_another.status_code, for_another.json()["code"]) == (403, "not-allowed")
    wrong = await sales.sign(town, case_no, sale.seller, "sha-256:0000000000000000")
    assert (wrong.status_code, wrong.json()["code"]) == (409, "document-changed")
    assert (await sales.sign(town, case_no, sale.seller, view["digest"])).json()["outcome"] == "counted"
    assert (await sales.sign(town, case_no, sale.seller, view["digest"])).json()["outcome"] == "repeat"

    await until_awaited(town, sale.buyer, case_no)
    await until_awaited(town, sale.seller)
    assert (await town.cancel(case_no)).status_code == 200
    await assert_sound(town, case_no)


async def until_awaited(town: Town, identity: str, *case_nos: str) -> None:
    """The list of what waits for this person's signature comes to hold these cases; it follows a moment later."""

    async def listed() -> list[str]:
        answer = await town.http.get("/signatures", headers=town.bearer("somebody", identity=identity))
        return [one["case_no"] for one in answer.json()["signatures"]]

    await eventually(listed, lambda found: found == list(case_nos), f"the list of {case_nos}")


async def test_institutions_that_were_away_sign_through_their_own_door_and_a_correction_leaves_the_document(
    town: Town,
) -> None:
    case_no = await sale_stories.bank_late_and_document_confirmed(town)
    state = await assert_sound(town, case_no)
    assert state.outcome is CaseOutcome.COMPLETED
    events = town.events(case_no)
    for happened in (SignatoryUnreachable, SignatureRequested):
        assert Counter(event.party for event in of_kind(events, happened)) == {"old-bank": 1, "new-bank": 1}
    signed = Counter(event.party for event in of_kind(events, SignatureGiven))
    assert signed == {"seller": 1, "buyer": 1, "old-bank": 1, "new-bank": 1}, "nobody signs the same document twice"
    assert [event.round for event in of_kind(events, SigningBegan)] == [1]
    (confirmed,) = of_kind(events, DocumentConfirmed, CONTRACT)
    assert confirmed.corrections == 1
    assert state.items[CONTRACT].attempt == 2
    taken = Counter(call.department for call in (await town.journal(case_no)).calls if call.effect)
    assert (taken["old-bank"], taken["new-bank"]) == (1, 1), "handed out once"


async def test_an_institution_refuses_to_sign_through_its_own_door(town: Town) -> None:
    case_no = await sale_stories.bank_refuses(town)
    state = await assert_sound(town, case_no)
    assert state.outcome is CaseOutcome.REFUSED
    assert state.items[CONTRACT].status is ItemStatus.REFUSED
    assert in_order(town.types(case_no), "signing_began", "signature_requested", "item_refused", "case_stopped")
    contract = next(item for item in (await town.view(case_no))["items"] if item["id"] == CONTRACT)
    assert contract["reason"] == sale_stories.NO_LOAN


async def test_what_institutions_sign_out_of_place_is_kept_and_changes_nothing(town: Town) -> None:
    case_no = await sale_stories.signed_out_of_place(town)
    late = await sales.bank_acts(town, case_no, "new-bank", "signature_refused", "n-9", reason="太晚了（模拟）")
    assert (late.status_code, late.json()["code"]) == (409, "case-closed")
    record = await whole_record(town, case_no)
    state = await assert_sound(town, case_no)

    assert state.outcome is CaseOutcome.COMPLETED
    traces = [(one.department, one.decision_id, one.why) for one in of_kind(record, DecisionSetAside)]
    assert traces == [
        ("old-bank", "s-1", WhySetAside.WRONG_ATTEMPT),
        ("notary", "s-2", WhySetAside.WRONG_DEPARTMENT),
        ("old-bank", "n-1", WhySetAside.CONTRADICTING),
        ("new-bank", "n-9", WhySetAside.CONTRADICTING),
    ]
    assert {event.by for event in of_kind(town.events(case_no), SignatureGiven)} >= {"s-3", "s-4"}


async def test_a_decision_with_another_payment_is_refused_with_its_code(town: Town) -> None:
    sale = Sale()
    await sales.switch(town, sale, "loan", Silent())
    case_no = await sales.apply(town, sale)
    await sales.both_sign(town, case_no, sale)
    await town.until_items(case_no, ItemStatus.ACCEPTED, "loan")
    right = {"amount_fen": 80000000, "currency": "CNY", "reference": "N-1"}
    used = (await town.until_event(case_no, PaymentConfirmed)).reference

    for wrong, code in (
        ({"amount_fen": 1}, "payment-short"),
        ({"amount_fen": 80000001}, "payment-over"),
        ({"currency": "HKD"}, "payment-currency"),
        ({"reference": used}, "payment-reference-used"),
    ):
        decision = await town.decide(case_no, "loan", payment={**right, **wrong})
        assert await town.until_answered(case_no, decision) == [(409, code)]
    assert of_kind(town.events(case_no), PaymentConfirmed, "loan") == []
    await town.decide(case_no, "loan", payment=right)
    state = await assert_sound(town, case_no)
    assert state.outcome is CaseOutcome.COMPLETED


async def test_an_answer_with_another_amount_waits_for_a_person_and_for_the_right_one(town: Town) -> None:
    case_no = await sale_stories.said_wrongly(town)
    state = await assert_sound(town, case_no)
    assert (state.outcome, state.tasks) == (CaseOutcome.COMPLETED, ())
    events = town.events(case_no)
    assert [event.code for event in of_kind(events, AnswerNotCounted)] == ["payment-currency"]
    assert [task.kind for task in of_kind(events, OperatorTaskOpened)] == [TaskKind.ANSWER_INCOMPLETE]
    aside = [(event.item, event.why.value) for event in of_kind(events, DecisionSetAside)]
    assert aside == [("down-payment", "wrong_money"), ("registration", "result_missing")]
    assert moved(town, case_no)["deposit"] == 0


async def test_what_is_left_when_nobody_was_paid_is_paid_out_by_a_person(town: Town) -> None:
    case_no = await sale_stories.money_left(town)
    state = await assert_sound(town, case_no)
    assert (state.outcome, state.tasks) == (CaseOutcome.COMPLETED, ())
    (paid,) = of_kind(town.events(case_no), PaymentReleased)
    assert (paid.amount_fen, paid.operator) == (120000000, "operator-1"), "both deposits, and who paid them out"
    assert moved(town, case_no)["deposit"] == 0
