"""What parties did and which money moved, in words for the timeline."""

from typing import Any

from gateway.texts import text
from gateway.views.moments import day_text, last_day
from one_things import events as e
from one_things.plan import Plan
from one_things.text import Text


def yuan_text(fen: int) -> Text:
    """An amount as people write it: 1,280,000.00 元."""
    return text("money.yuan", amount=f"{fen // 100:,}.{fen % 100:02d}")


def party_words(plan: Plan, event: e.Event) -> tuple[str, dict[str, Any]]:
    """Which text, and its values."""
    match event:
        case e.SigningBegan(item=item, round=number, ends_at=ends_at):
            signing = plan.item(item).signing
            document = signing.document if signing is not None else plan.item(item).title
            key = "signing_began" if number == 1 else "signing_began_anew"
            return key, {"document": document, "date": day_text(last_day(ends_at))}
        case e.SignatoryUnreachable(party=party) | e.SignatureRequested(party=party) | e.SignatureGiven(party=party):
            return event.type, {"party": plan.party(party).title}
        case e.PaymentConfirmed(role=role, amount_fen=fen, payer=payer):
            key = "payment_confirmed_deposit" if role == "deposit" else event.type
            return key, {"amount": yuan_text(fen), "party": _title(plan, payer)}
        case e.PaymentReleased(amount_fen=fen, payee=payee, operator=operator):
            key = "payment_released" if operator is None else "payment_released_by_hand"
            return key, {"amount": yuan_text(fen), "party": _title(plan, payee)}
        case e.MoneyGivenBack(amount_fen=fen, payer=payer):
            return event.type, {"amount": yuan_text(fen), "party": _title(plan, payer)}
        case _:
            return event.type, {}


def _title(plan: Plan, party: str | None) -> Text:
    return plan.party(party).title if party is not None else text("money.somebody")
