"""Waiting for the applicant: asked, reminded. Nobody waits unseen."""

from typing import Literal

from one_things.events.vocabulary import ItemEvent


class ApplicantAsked(ItemEvent):
    """From here the item waits for its applicant alone: for a correction, a return put right, or a material."""

    type: Literal["applicant_asked"] = "applicant_asked"


class ApplicantReminded(ItemEvent):
    """The applicant has not answered yet and is reminded."""

    type: Literal["applicant_reminded"] = "applicant_reminded"


WaitingEvent = ApplicantAsked | ApplicantReminded
