"""How an applicant wants results on paper to come: as they write it, and as the case keeps it."""

from enum import StrEnum

from one_things.model import Record
from one_things.sealed import Sealed


class DeliveryWay(StrEnum):
    """How a paper comes."""

    MAIL = "mail"
    PICK_UP = "pick_up"
    NONE = "none"
    """No paper: the e-licence alone."""


class DeliveryWish(Record):
    """The choice as an applicant writes it. Whom and where it goes to is said for mail only."""

    way: DeliveryWay
    addressee: str | None = None
    address: str | None = None
    phone: str | None = None


class ChosenDelivery(Record):
    """The choice as the case keeps it."""

    way: DeliveryWay
    to: Sealed | None = None
    """For mail: addressee, address and phone."""
