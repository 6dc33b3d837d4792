"""An application as it comes in, before anybody has judged it: what a person answered, chose, wrote and hands in."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, JsonValue, StringConstraints

from one_things.definition import Slug
from one_things.delivery_choice import DeliveryWish
from one_things.model import Record
from one_things.plan import HandedIn


class Promise(Record):
    """A commitment as its applicant makes it: for which material, and the very words that were shown."""

    material: Slug
    text: Annotated[str, StringConstraints(min_length=1, max_length=4000)]


class Application(Record):
    """What one applicant asks for, of one bundle: whatever a person may have written; ``admission`` judges it.

    It holds personal data: it is planned and sealed, never recorded as it is.
    """

    answers: Mapping[str, object] = {}
    """Situation → answer."""
    chosen: tuple[str, ...] | None = None
    """The chosen items (随心办), what they require comes along; None means all that apply."""
    form: Mapping[str, JsonValue] = {}
    """Form field → value."""
    materials: tuple[HandedIn, ...] = ()
    """The materials handed in with it."""
    deferred: tuple[Slug, ...] = Field(default=(), max_length=100)
    """Materials that follow later, as far as the bundle allows it (容缺受理)."""
    commitments: tuple[Promise, ...] = Field(default=(), max_length=100)
    """Promises in place of materials, as far as the bundle allows it (告知承诺)."""
    authorisations: tuple[Slug, ...] = Field(default=(), max_length=100)
    """Materials for which the applicant lets the issuer be asked for the e-licence that stands for them."""
    delivery: DeliveryWish | None = None
    """How results on paper come; None: no more than has to."""
    without: tuple[Slug, ...] = Field(default=(), max_length=100)
    """Items that the applicant does not want; the application says so to be told where the law's order needs them."""
