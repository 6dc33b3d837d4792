"""Results on paper, opened for one caller: the applicant reads whom mail goes to, operators read it masked."""

from gateway.access import is_operator, is_owner
from gateway.open_case import SeenCase
from gateway.opened_texts import opened_for
from gateway.services import GatewayServices
from gateway.views.delivery_view import PapersView, SentTo, delivery_view, papers_view
from one_things.delivery_admission import TO
from security.redaction import mask_name, mask_phone, redact
from security.sealing import CaseKeyErased
from security.suites import SealBroken


async def papers_of_case(services: GatewayServices, seen: SeenCase, language: str) -> PapersView | None:
    """The papers of the case as this caller may see them; None where no result comes on paper."""
    deliveries = [
        delivery_view(
            seen.state,
            item,
            await opened_for(services, seen, delivery.number, language),
            await opened_for(services, seen, delivery.answer, language),
        )
        for item, delivery in seen.state.deliveries.items()
    ]
    return papers_view(seen.state, seen.version, await _sent_to(services, seen), tuple(deliveries))


async def _sent_to(services: GatewayServices, seen: SeenCase) -> SentTo | None:
    """An agent, who chooses nothing about it, does not read it either."""
    own = is_owner(seen.caller, seen.state.owner)
    chosen = seen.state.delivery
    if chosen is None or chosen.to is None or not (own or is_operator(seen.caller)):
        return None
    try:
        opened = await services.secrets.open_fields(seen.state.case_no, [chosen.to])
    except (CaseKeyErased, SealBroken):
        return None
    addressee, address, phone = (str(opened.get(name, "")) for name in TO)
    if own:
        return SentTo(addressee=addressee, address=address, phone=phone)
    # Who looks for a consignment needs to know where it went; numbers in it are masked all the same.
    return SentTo(addressee=mask_name(addressee), address=redact(address), phone=mask_phone(phone))
