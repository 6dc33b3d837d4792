"""Which events follow from a command: ``decide``. It never changes anything; ``evolve`` does.

One module per concern; importing this package registers the rules of all of them.
"""

from one_things.deciding import (  # noqa: F401 - they register
    acceptance,
    acts,
    clock,
    commitments,
    corrections,
    course,
    credit,
    delivery,
    departments,
    joint_limits,
    licences,
    limits,
    mandates,
    materials,
    proposals,
    ratings,
    resting,
    set_aside,
    shared_data,
    signing,
    tasks,
    waiting,
)
from one_things.deciding.dispatch import case_closed, decide
from one_things.deciding.opening import open_case
from one_things.deciding.set_aside import trace_of

__all__ = ["case_closed", "decide", "open_case", "trace_of"]
