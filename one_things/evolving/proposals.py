"""What becomes of a proposal."""

from one_things import events as e
from one_things.case import CasePhase, CaseState, ItemState
from one_things.evolving.dispatch import change


@change.register
def _(event: e.ConfirmationReckoned, state: CaseState) -> CaseState:
    return _with_confirmation(
        state, confirm_by=event.confirm_by, ends_at=event.ends_at, provisional=event.provisional, in_doubt=False
    )


@change.register
def _(_event: e.ConfirmationDoubted, state: CaseState) -> CaseState:
    return confirmation_thrown_open(state)


def confirmation_thrown_open(state: CaseState) -> CaseState:
    """The day until which to confirm has to be reckoned."""
    return _with_confirmation(state, in_doubt=True, reckonings=state.confirmation.reckonings + 1)


@change.register
def _(event: e.CaseConfirmed, state: CaseState) -> CaseState:
    confirmed = state.model_copy(
        update={
            "phase": CasePhase.OPEN,
            "plan": event.plan,
            "form": event.form,
            "answers": event.answers,
            "channel": event.channel,
            "items": {item.id: ItemState() for item in event.plan.items},
        }
    )
    return _with_confirmation(confirmed, confirmed_at=event.at)


@change.register
def _(_event: e.CaseDeclined, state: CaseState) -> CaseState:
    return state


def _with_confirmation(state: CaseState, **changes: object) -> CaseState:
    return state.model_copy(update={"confirmation": state.confirmation.model_copy(update=changes)})
