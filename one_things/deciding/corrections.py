"""Answers to correction notices."""

from datetime import datetime

from one_things import events as e
from one_things.case import CasePhase, CaseState, ItemStatus
from one_things.commands import (
    AnswerCorrection,
)
from one_things.deciding.dispatch import decision
from one_things.deciding.of_item import item_of
from one_things.faults import CommandRefused
from one_things.text import Text


@decision.register
def _(command: AnswerCorrection, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if item_of(state, command.item).status is not ItemStatus.CORRECTION or state.phase is not CasePhase.OPEN:
        raise CommandRefused(
            "no-correction-asked",
            Text(zh="该事项没有待补正的内容。", en="Nothing is to be corrected for this item."),
        )
    return (e.CorrectionAnswered(at=at, item=command.item, form=command.form, channel=command.channel),)
