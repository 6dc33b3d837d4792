"""How events change the state of a case: ``evolve``, and its fold over a history.

One module per concern; importing this package registers the changes of all of them.
"""

from one_things.evolving import (  # noqa: F401 - they register
    acceptance,
    clock,
    commitments,
    corrections,
    course,
    credit,
    delivery,
    items,
    licences,
    limits,
    linked,
    mandates,
    materials,
    payments,
    proposals,
    ratings,
    resting,
    set_aside,
    shared_data,
    signing,
    tasks,
    waiting,
)
from one_things.evolving.dispatch import evolve, fold

__all__ = ["evolve", "fold"]
