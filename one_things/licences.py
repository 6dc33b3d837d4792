"""E-licences (电子证照): what an issuer says of one, and whether it may stand for a material.

A licence replaces a material only if it is about the person asked about, is held by whom the application names, is in
force on the day of the case, and carries an identifier that can be right (GB/T 36904). Whatever fails is a reason to
ask for the material itself, never a guess.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field

from one_things.identifiers import IdentifierFault, e_licence_identifier
from one_things.text import Line, Word

BASIS = "国务院关于在线政务服务的若干规定第十条；个人信息保护法第二十三条"
"""An e-licence stands for the paper (the former), and is handed on only with the holder's own consent (the latter)."""


class LicenceStatus(StrEnum):
    """What has become of a licence, as its issuer says."""

    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    CANCELLED = "cancelled"


class Licence(BaseModel, frozen=True):
    """A licence as its issuer holds it. Never recorded: the case keeps a sealed reference and a digest of it.

    Fields that an issuer adds later are ignored: they must not stop every case that is running.
    """

    identifier: Line
    """``1.2.156.3005.2.<type>.<issuer>.<serial>.<version>.<check>`` (GB/T 36904)."""
    type: Word
    holder: Annotated[Line, Field(min_length=1)]
    holder_number: Annotated[Word, Field(min_length=1)]
    """The holder's credit code or identity number."""
    status: LicenceStatus
    valid_from: date
    valid_until: date | None = None
    """The last day on which it is valid; None when it does not end by itself."""


class LicenceFault(StrEnum):
    """Why a licence does not stand for the material; stable codes, in the order in which they are looked for."""

    NOT_HELD = "not_held"
    """The issuer holds no such licence of this person."""
    WRONG_TYPE = "wrong_type"
    IDENTIFIER_WRONG = "identifier_wrong"
    """Its identifier's check character, or its form, is wrong: a forgery or a slip."""
    OTHER_HOLDER = "other_holder"
    """It is somebody else's, or made out to another name than the one in the application."""
    HOLDER_UNKNOWN = "holder_unknown"
    """Nobody could say what the holder must be called, so nothing is proved."""
    NOT_IN_FORCE = "not_in_force"
    """Suspended, revoked or cancelled."""
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"


class Expected(BaseModel, frozen=True):
    """What a licence must be to replace a material of this case."""

    type: str
    number: str
    """The credit code or identity number it was looked up by."""
    holder: str | None
    """The name the holder must have."""
    holder_asked: bool
    """Whether the bundle wants the name compared; then an unknown name proves nothing."""
    on: date
    """The day of the case, in Asia/Shanghai."""


def fault_of(licence: Licence, expected: Expected) -> LicenceFault | None:
    """The first thing that is wrong with a licence; None when it may stand for the material."""
    if licence.type != expected.type:
        return LicenceFault.WRONG_TYPE
    if not _is_identifier(licence.identifier):
        return LicenceFault.IDENTIFIER_WRONG
    if _same(licence.holder_number) != _same(expected.number):
        return LicenceFault.OTHER_HOLDER
    if expected.holder_asked and not expected.holder:
        return LicenceFault.HOLDER_UNKNOWN
    if expected.holder is not None and expected.holder_asked and _same(licence.holder) != _same(expected.holder):
        return LicenceFault.OTHER_HOLDER
    if licence.status is not LicenceStatus.IN_FORCE:
        return LicenceFault.NOT_IN_FORCE
    if licence.valid_from > expected.on:
        return LicenceFault.NOT_YET_VALID
    if licence.valid_until is not None and licence.valid_until < expected.on:
        return LicenceFault.EXPIRED
    return None


class LicenceOutcome(StrEnum):
    """What the look-up of a licence came to, as far as it is known."""

    UNAVAILABLE = "unavailable"
    """The issuer does not answer; asking goes on."""
    VERIFIED = "verified"
    REJECTED = "rejected"


def _is_identifier(text: str) -> bool:
    try:
        e_licence_identifier(text)
    except IdentifierFault:
        return False
    return True


def _same(text: str) -> str:
    """Names and numbers as they are compared: an issuer's spaces and full-width brackets are no other holder."""
    return "".join(text.split()).replace("（", "(").replace("）", ")").casefold()
