"""Answers of issuers of e-licences."""

from typing import Annotated, Literal

from pydantic import Field

from one_things.licences import LicenceFault
from one_things.looked_up import LookedUp
from one_things.model import Record
from one_things.sealed import Sealed
from one_things.text import Word


class LicenceStands(Record):
    """The licence was verified."""

    verdict: Literal["stands"] = "stands"
    reference: Sealed
    digest: Word


class LicenceFails(Record):
    """The licence does not stand for the material."""

    verdict: Literal["fails"] = "fails"
    fault: LicenceFault
    digest: Word | None = None


LicenceVerdict = Annotated[LicenceStands | LicenceFails, Field(discriminator="verdict")]


class RecordLicence(Record):
    """The issuer answered, and the licence was judged."""

    material: str
    verdict: LicenceVerdict
    looked_up: LookedUp | None = None


class RecordLicenceUnavailable(Record):
    """The issuer did not answer yet."""

    material: str


LicenceCommand = RecordLicence | RecordLicenceUnavailable
