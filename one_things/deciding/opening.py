"""How a case begins."""

from datetime import datetime

from one_things import events as e
from one_things.commands import (
    OpenCase,
)


def open_case(command: OpenCase, at: datetime) -> e.CaseOpened:
    """The first event of a case."""
    return e.CaseOpened(
        at=at,
        case_no=command.case_no,
        plan=command.plan,
        form=command.form,
        answers=command.answers,
        owner=command.owner,
        channel=command.channel,
        delivery=command.delivery,
        proposal=command.proposal,
        time_can_be_skipped=command.time_can_be_skipped,
    )
