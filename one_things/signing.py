"""The agreed document: what the parties sign, drawn up from a case's plan and form, and how far the signing is."""

import json
from collections.abc import Mapping
from datetime import datetime

from pydantic import JsonValue

from one_things.model import Record
from one_things.plan import Plan, PlannedMaterial
from one_things.text import Text

PURPOSE = "agreed-document"
"""What the keyed digest of a document is bound to, beside its case."""


class GivenSignature(Record):
    """One party's signature. ``by`` is the opaque subject of a person, or the number of an institution's act."""

    party: str
    at: datetime
    channel: str | None = None
    by: str | None = None


class SigningState(Record):
    """How far the signing of one item is."""

    round: int
    digest: str
    corrections: int
    ends_at: datetime
    signatures: tuple[GivenSignature, ...] = ()
    requested: tuple[str, ...] = ()
    """The institutions that were handed the document."""
    silent: tuple[str, ...] = ()
    """The institutions that have not answered yet."""
    completed: bool = False

    def signed(self, party: str) -> bool:
        """Whether this party has signed the document as it stands now."""
        return any(signature.party == party for signature in self.signatures)


class SigningParty(Record):
    """A party as the document names it."""

    id: str
    title: Text


class AgreedPayment(Record):
    """Money that the document agrees on, in fen; None stands for all that remains."""

    item: str
    title: Text
    role: str
    payer: str | None
    payee: str | None
    amount_fen: int | None


class AgreedDocument(Record):
    """What is agreed, without the values of the form: those are sealed and come in when it is drawn up."""

    case_no: str
    bundle: str
    version: str
    definition: str
    item: str
    title: Text
    parties: tuple[SigningParty, ...]
    fields: dict[str, Text]
    payments: tuple[AgreedPayment, ...] = ()
    materials: tuple[PlannedMaterial, ...] = ()

    def stated(self, values: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """The values that the document states, in its order."""
        return {field: values[field] for field in self.fields if field in values}

    def content(self, values: Mapping[str, JsonValue]) -> bytes:
        """The document as bytes, always the same for the same agreement; its digest is what is signed."""
        written = {**self.model_dump(mode="json"), "values": self.stated(values)}
        return json.dumps(written, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def document_of(plan: Plan, case_no: str, item_id: str) -> AgreedDocument:
    """The document that is signed before this item. Raises ValueError for an item that nobody signs."""
    signing = plan.item(item_id).signing
    if signing is None:
        raise ValueError(f"nothing is signed before {item_id}")
    return AgreedDocument(
        case_no=case_no,
        bundle=plan.bundle,
        version=plan.version,
        definition=plan.digest,
        item=item_id,
        title=signing.document,
        parties=tuple(SigningParty(id=party.id, title=party.title) for party in plan.parties),
        fields=signing.fields,
        payments=tuple(
            AgreedPayment(
                item=item.id,
                title=item.title,
                role=item.payment.role,
                payer=item.payment.payer,
                payee=item.payment.payee,
                amount_fen=item.payment.amount_fen,
            )
            for item in plan.items
            if item.payment is not None
        ),
        materials=plan.materials,
    )
