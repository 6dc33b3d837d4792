"""Who a signer is: the number that a token proves, and the keyed digests by which a case knows its parties again."""

from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from event_store.intake import Signer
from gateway.services import GatewayServices
from one_things.case import CaseState
from one_things.identifiers import IdentifierFault, credit_code, identity_number
from one_things.planned_parties import PlannedParty
from security.sealing import CaseKey
from security.tokens import Principal


def proved_identity(caller: Principal) -> str | None:
    """The number in its normal form, as a form holds it; None where the token proves none that can be one."""
    if caller.identity is None:
        return None
    written = caller.identity.get_secret_value()
    for normal in (identity_number, credit_code):
        try:
            return normal(written)
        except IdentifierFault:
            continue
    return None


def identified(
    parties: Iterable[PlannedParty], key: CaseKey, form: Mapping[str, JsonValue]
) -> tuple[PlannedParty, ...]:
    """The parties with the digest by which each person will be recognised."""
    return tuple(
        party
        if party.identity is None
        else party.model_copy(
            update={"commitment": key.commit(_content(form[party.identity]), _purpose(party.id)).digest}
        )
        for party in parties
    )


async def recognised(
    services: GatewayServices, case_no: str, parties: Iterable[PlannedParty], form: Mapping[str, JsonValue]
) -> tuple[PlannedParty, ...]:
    """As ``identified``, for a case that has its key already. Raises CaseKeyErased."""
    found: list[PlannedParty] = []
    for party in parties:
        if party.identity is not None:
            content = _content(form[party.identity])
            commitment = await services.secrets.commit(case_no, content, _purpose(party.id))
            party = party.model_copy(update={"commitment": commitment.digest})  # noqa: PLW2901
        found.append(party)
    return tuple(found)


def signers(
    services: GatewayServices, parties: Iterable[PlannedParty], form: Mapping[str, JsonValue]
) -> tuple[Signer, ...]:
    """The rows by which each person finds the case."""
    return tuple(
        Signer(party=party.id, identity_mac=identity_mac(services, str(form[party.identity])))
        for party in parties
        if party.identity is not None
    )


def identity_mac(services: GatewayServices, number: str) -> bytes:
    """The digest by which a person's cases are found; keyed, so that nobody can try numbers at the database."""
    return services.fingerprint(b"identity of a signer:" + number.encode())


async def parties_of(services: GatewayServices, state: CaseState, caller: Principal) -> frozenset[str]:
    """Which parties of the case the caller has proved to be. Raises CaseKeyErased once nobody can tell any more."""
    number = proved_identity(caller)
    if number is None:
        return frozenset()
    found: set[str] = set()
    for party in state.plan.parties:
        if party.commitment is not None:
            proved = await services.secrets.commit(state.case_no, _content(number), _purpose(party.id))
            if proved.digest == party.commitment:
                found.add(party.id)
    return frozenset(found)


def _content(number: JsonValue) -> bytes:
    return str(number).encode()


def _purpose(party: str) -> str:
    return f"party {party}"
