"""E-licences that were looked up in place of materials, with the applicant's authorisation. Never their content."""

from typing import Literal

from one_things.events.vocabulary import EventRecord
from one_things.licences import LicenceFault
from one_things.looked_up import LookedUp
from one_things.sealed import Sealed
from one_things.text import Word


class LicenceEvent(EventRecord):
    """An event about the licence that stands for ``material``; who authorised what stands in the plan."""

    material: str


class LicenceVerified(LicenceEvent):
    """Holder, dates, status and identifier are right: the licence goes to the departments in place of the material."""

    type: Literal["licence_verified"] = "licence_verified"
    reference: Sealed
    """Its identifier (GB/T 36904), sealed: with an identity card it is a number about a person."""
    digest: Word
    """A commitment to the licence as it was found: it can be shown later what was verified, and nobody can guess it."""
    looked_up: LookedUp | None = None


class LicenceRejected(LicenceEvent):
    """The licence does not stand for the material, which has to be handed in."""

    type: Literal["licence_rejected"] = "licence_rejected"
    fault: LicenceFault
    digest: Word | None = None
    """A commitment to what was found; None where nothing was."""
    looked_up: LookedUp | None = None


class LicenceUnavailable(LicenceEvent):
    """The issuer does not answer; asking goes on, and the applicant may hand the material in instead."""

    type: Literal["licence_unavailable"] = "licence_unavailable"


LicenceEvents = LicenceVerified | LicenceRejected | LicenceUnavailable
