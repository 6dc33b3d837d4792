"""How a simulated department delivers papers: it sends or lays them out, and says by acts what became of them."""

from typing import Any, NamedTuple

from pydantic_core import to_json

from adapters.port import Submission
from adapters.sandbox.behaviours import Behaviour, SentBack, Silent
from adapters.sandbox.ledger import Kept

CARRIER = "模拟邮政速递"


class PaperAct(NamedTuple):
    """One act: its id, the body that is sent, and how many seconds after the order."""

    act_id: str
    body: bytes
    after_seconds: float


def paper_acts(kept: Kept, behaviour: Behaviour, pause_seconds: float) -> tuple[PaperAct, ...]:
    """What the department does with an order that it took, one act after another."""
    order = Submission.model_validate_json(kept.body).delivery
    if order is None or isinstance(behaviour, Silent):
        return ()
    if order.way == "pick_up":
        steps: list[tuple[str, dict[str, str]]] = [("ready_for_pick_up", {}), ("picked_up", {})]
    elif isinstance(behaviour, SentBack):
        steps = [("dispatched", _consignment(kept)), ("returned_to_sender", {"reason": behaviour.reason})]
    else:
        steps = [("dispatched", _consignment(kept)), ("delivered", {})]
    return tuple(
        PaperAct(f"{kept.key}:{act}", _body(kept, act, says), place * pause_seconds)
        for place, (act, says) in enumerate(steps, start=1)
    )


def _consignment(kept: Kept) -> dict[str, str]:
    return {"carrier": CARRIER, "number": f"SIM-{kept.case_no}-{kept.item}"}


def _body(kept: Kept, act: str, says: dict[str, str]) -> bytes:
    body: dict[str, Any] = {
        "act": act,
        "act_id": f"{kept.key}:{act}",
        "case_no": kept.case_no,
        "item": kept.item,
        "attempt": kept.attempt,
        **says,
    }
    return to_json(body)
