"""How a simulated department delivers papers: it sends or lays them out, and says by acts what became of them."""

from adapters.port import Submission
from adapters.sandbox.acting import SentAct, act_of
from adapters.sandbox.behaviours import Behaviour, SentBack, Silent
from adapters.sandbox.ledger import Kept

CARRIER = "模拟邮政速递"


def paper_acts(kept: Kept, behaviour: Behaviour, pause_seconds: float) -> tuple[SentAct, ...]:
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
    return tuple(act_of(kept, act, says, place * pause_seconds) for place, (act, says) in enumerate(steps, start=1))


def _consignment(kept: Kept) -> dict[str, str]:
    return {"carrier": CARRIER, "number": f"SIM-{kept.case_no}-{kept.item}"}
