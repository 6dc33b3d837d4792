"""What happens by itself to limits over several items."""

from one_things import events as e
from one_things.limit_dates import LimitDates
from one_things.model import Record


class RecordJointDates(Record):
    """The dates of a joint limit were reckoned; ``reckoning`` says to which question they are the answer."""

    limit: str
    reckoning: int
    dates: LimitDates


class DoubtJointLimit(Record):
    """A provisional date of a joint limit has come."""

    limit: str


class WarnJointLimit(Record):
    """A joint limit is about to pass."""

    limit: str


class BreachJointLimit(Record):
    """A joint limit has passed."""

    limit: str
    kind: e.LimitKind


class EscalateJointLimit(Record):
    """The breach of a joint limit goes to the next level."""

    limit: str
    level: str


JointCommand = RecordJointDates | DoubtJointLimit | WarnJointLimit | BreachJointLimit | EscalateJointLimit
