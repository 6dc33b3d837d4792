"""What all acts have in common that an agent may do for the applicant."""

from one_things.model import Record


class ActForApplicant(Record):
    """An act of the applicant; ``by`` names the agent who does it under a mandate, None the applicant in person."""

    by: str | None = None
