"""The ways in which a simulated department can behave towards a submission or an undoing."""

from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import Field, TypeAdapter

from adapters.port import CorrectionPoint
from one_things.model import Record

Delay = Annotated[float | None, Field(ge=0, le=31_536_000)]
"""Seconds until the decision; None lets the city choose, by its seed."""


class Operation(StrEnum):
    """What a department is asked to do."""

    SUBMIT = "submit"
    UNDO = "undo"
    REPORT = "report"
    """Hear what became of an item that a promise went with."""
    SUPPLY = "supply"
    """Take a material that follows a submission."""
    DELIVER = "deliver"
    """Deliver results on paper."""
    SIGN = "sign"
    """Sign the agreed document for a party."""


class Instant(Record):
    """Decides at once, for the applicant."""

    behaviour: Literal["instant"] = "instant"


class Callback(Record):
    """Takes it; the approval comes by callback."""

    behaviour: Literal["callback"] = "callback"
    delay_seconds: Delay = None


class Late(Record):
    """As `Callback`, but so late that a limit or the applicant's patience may be over."""

    behaviour: Literal["late"] = "late"
    delay_seconds: Delay = None


class Twice(Record):
    """Sends the same approval two times."""

    behaviour: Literal["twice"] = "twice"
    delay_seconds: Delay = None
    gap_seconds: float = Field(default=0.1, ge=0)


class OutOfOrder(Record):
    """Sends the approval before it replies to the submission."""

    behaviour: Literal["out_of_order"] = "out_of_order"


class LostReply(Record):
    """Takes it, and drops the connection instead of replying; the approval comes by callback."""

    behaviour: Literal["lost_reply"] = "lost_reply"
    delay_seconds: Delay = None


class SlowReply(Record):
    """Takes it, and replies so late that nobody waits for it any more; the approval comes by callback."""

    behaviour: Literal["slow_reply"] = "slow_reply"
    reply_seconds: float = Field(default=10.0, ge=0, le=60)
    delay_seconds: Delay = None


class AlreadyExists(Record):
    """Takes it, and replies 409 as if something else lay under the key; the approval comes by callback."""

    behaviour: Literal["already_exists"] = "already_exists"
    delay_seconds: Delay = None


class Garbled(Record):
    """Takes it, and replies with a page of its web server instead; the approval comes by callback."""

    behaviour: Literal["garbled"] = "garbled"
    delay_seconds: Delay = None


class Slow(Record):
    """Decides at once, for the applicant, and replies only after so long."""

    behaviour: Literal["slow"] = "slow"
    seconds: float = Field(default=4.0, ge=0, le=60)


class Contradicting(Record):
    """Approves by callback; once that was answered it sends a refusal of the same, under another id."""

    behaviour: Literal["contradicting"] = "contradicting"
    delay_seconds: Delay = None
    gap_seconds: float = Field(default=0.1, ge=0)


class Stray(Record):
    """Sends a decision about something else first, and then its approval."""

    behaviour: Literal["stray"] = "stray"
    about: Literal["item", "attempt", "case"] = "item"
    """What it names wrongly: an item of another department, an attempt that was not made, a case that nobody has."""
    delay_seconds: Delay = None


class ErrorForCalls(Record):
    """Answers 503 to so many calls and takes nothing; after that the department's own way applies."""

    behaviour: Literal["error"] = "error"
    calls: int = Field(ge=1)


class Down(Record):
    """Answers 503 until it is switched; on a whole department also to questions and look-ups."""

    behaviour: Literal["down"] = "down"


class Refuse(Record):
    """Refuses: in the reply, or by callback when a delay is given."""

    behaviour: Literal["refuse"] = "refuse"
    code: str = Field(default="not-eligible", min_length=1)
    reason: str = Field(default="不符合办理条件（模拟）", min_length=1)
    article: str | None = None
    delay_seconds: Delay = None


class Correction(Record):
    """Asks the first attempt for corrections, in the reply or by callback; later attempts go the ordinary way."""

    behaviour: Literal["correction"] = "correction"
    points: tuple[CorrectionPoint, ...] = Field(
        default=(CorrectionPoint(code="incomplete", field_or_material="application", text="申请书未签字（模拟）"),),
        min_length=1,
    )
    every_time: bool = False
    """Later attempts as well, although there is one notice by law."""
    delay_seconds: Delay = None


class Objection(Record):
    """Runs a public notice and reports an objection to it."""

    behaviour: Literal["objection"] = "objection"
    reason: str = Field(default="公告期内有债权人提出异议（模拟）", min_length=1)
    delay_seconds: Delay = None


class Received(Record):
    """Takes it without accepting it, and says nothing more until it is told to."""

    behaviour: Literal["received"] = "received"


class Mispay(Record):
    """Says done about money and gets it wrong: another amount, currency or reference, or none; else by callback."""

    behaviour: Literal["mispay"] = "mispay"
    amount_fen: int | None = Field(default=None, ge=0)
    currency: str | None = None
    reference: str | None = None
    missing: bool = False
    delay_seconds: Delay = None
    """None: in the reply."""


class SentBack(Record):
    """Sends the papers it is to deliver, and they come back; by itself it does not send them again."""

    behaviour: Literal["sent_back"] = "sent_back"
    reason: str = Field(default="地址不详（模拟）", min_length=1)


class Procedures(Record):
    """Accepts it, begins and ends every special procedure that the item declares, one after another, then approves."""

    behaviour: Literal["procedures"] = "procedures"
    lasts_seconds: float = Field(default=2.0, ge=0, le=31_536_000)
    """How long each of them lasts."""
    delay_seconds: Delay = None
    """From the acceptance to the first of them, and from the last to the approval."""


class Silent(Record):
    """Takes it and does not decide until it is told to."""

    behaviour: Literal["silent"] = "silent"


class AtRandom(Record):
    """Any of the others, by the seed and by what is called for: see `chance`. Shares are of all that is submitted."""

    behaviour: Literal["at_random"] = "at_random"
    seed: int
    refused: float = Field(default=0.03, ge=0, le=1)
    corrected: float = Field(default=0.06, ge=0, le=1)
    """Of the first attempts."""
    objected: float = Field(default=0.05, ge=0, le=1)
    """Of the public notices."""


Behaviour = Annotated[
    Instant
    | Callback
    | Late
    | Twice
    | OutOfOrder
    | LostReply
    | SlowReply
    | AlreadyExists
    | ErrorForCalls
    | Down
    | Refuse
    | Correction
    | Objection
    | Mispay
    | SentBack
    | Procedures
    | Silent
    | Received
    | Garbled
    | Slow
    | Contradicting
    | Stray
    | AtRandom,
    Field(discriminator="behaviour"),
]
BEHAVIOUR: Final[TypeAdapter[Behaviour]] = TypeAdapter(Behaviour)
