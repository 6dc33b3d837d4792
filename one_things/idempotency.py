"""The key of one attempt at one item: by it the case, the activities and the departments mean the same call."""

from typing import NamedTuple


class KeyParts(NamedTuple):
    """What a key is made of."""

    case_no: str
    item: str
    attempt: int


def idempotency_key(case_no: str, item: str, attempt: int) -> str:
    """The key under which a department sees one attempt of one item exactly once, however often it is sent."""
    return f"{case_no}:{item}:{attempt}"


def signing_key(case_no: str, item: str, drawn_up: int, party: str) -> str:
    """The key under which an institution is asked once to sign for a party, each time the document is drawn up."""
    return f"{idempotency_key(case_no, item, drawn_up)}:sign:{party}"


def parts_of(key: str) -> KeyParts | None:
    """What the key of an attempt is made of; None for a key of anything else."""
    match key.split(":"):
        case [case_no, item, attempt] if attempt.isdigit():
            return KeyParts(case_no, item, int(attempt))
    return None
