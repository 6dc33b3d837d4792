"""Who did it: the applicant in person, an agent by their account, or who signed; and through which door it came in."""

from gateway.texts import text
from one_things import events as e
from one_things.text import Text


def is_by_agent(event: e.Event) -> bool:
    """Whether an agent did it under a mandate; a signature is never an agent's."""
    return event.by is not None and not isinstance(event, e.SignatureGiven)


def acted_words(event: e.Event) -> Text | None:
    """The words; None for what departments, operators or the clock did. Accounts are opaque and no personal data."""
    channel = _channel(event)
    if is_by_agent(event):
        agent = {"agent": event.by}
        if channel is None:
            return text("acted.agent_only", **agent)
        return text("acted.agent", channel=text(f"channel.{channel.value}"), **agent)
    if channel is None:
        return None
    who = "signer" if isinstance(event, e.SignatureGiven) else "applicant"
    return text(f"acted.{who}", channel=text(f"channel.{channel.value}"))


def _channel(event: e.Event) -> e.Channel | None:
    """The door of an act of a person; a case that an event began came through none."""
    if isinstance(event, e.CaseOpened) and event.proposal is not None:
        return None
    channel: e.Channel | None = getattr(event, "channel", None)
    return channel
