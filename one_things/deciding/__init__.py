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
    shared_data,
    signing,
    tasks,
    waiting,
)
from one_things.deciding.dispatch import decide
from one_things.deciding.opening import open_case

__all__ = ["decide", "open_case"]
