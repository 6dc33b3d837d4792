"""Which limits hold for one applicant: the first conditional one whose condition holds, else the item's own."""

from collections.abc import Collection

from one_things.conditions import Answers
from one_things.definition import Bundle, Item, JointLimit, Limits
from one_things.plan import PlannedLimits

SILENCE_HOURS = 24
"""Hours after which a department that answers nothing at all becomes an operator's task: about systems, not the law."""


def limits_of(item: Item, answers: Answers) -> Limits | None:
    """The limits of ``item`` under these answers. Raises Unanswered when a missing answer decides which they are."""
    for conditional in item.limits_when:
        if answers.meet(conditional.when):
            return conditional
    return item.limits


def planned_limits(item: Item, answers: Answers) -> PlannedLimits | None:
    """The limits as a plan holds them; None for a public notice, which takes its own time."""
    limits = limits_of(item, answers)
    if limits is None or item.notice is not None:
        return None
    return PlannedLimits(
        statutory_days=limits.statutory,
        committed_days=limits.committed,
        extension=limits.extension,
        source=limits.source,
    )


def planned_joint_limits(bundle: Bundle, selected: Collection[str]) -> tuple[JointLimit, ...]:
    """The joint limits over the selected items; what is left of one with a single item is that item's own limit."""
    narrowed = (
        joint.model_copy(update={"items": tuple(item for item in joint.items if item in selected)})
        for joint in bundle.joint_limits
    )
    return tuple(joint for joint in narrowed if len(joint.items) > 1)
