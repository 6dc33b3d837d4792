"""Limits over items that are handled together (行政许可法 42): first acceptance to last decision."""

from datetime import date
from typing import Literal

from one_things.events.vocabulary import EventRecord, LimitKind
from one_things.limit_dates import LimitDates
from one_things.text import Word


class JointLimitEvent(EventRecord):
    """An event of one joint limit."""

    limit: Word
    """Its id in the plan."""


class JointLimitDoubted(JointLimitEvent):
    """A provisional date of the limit has come: before anything follows from it, it is reckoned anew."""

    type: Literal["joint_limit_doubted"] = "joint_limit_doubted"


class JointLimitReckoned(JointLimitEvent):
    """The dates of the limit, as known now."""

    type: Literal["joint_limit_reckoned"] = "joint_limit_reckoned"
    dates: LimitDates


class JointLimitWarned(JointLimitEvent):
    """The limit is about to pass."""

    type: Literal["joint_limit_warned"] = "joint_limit_warned"
    due_on: date


class JointLimitBreached(JointLimitEvent):
    """The limit passed before the last of its items was decided."""

    type: Literal["joint_limit_breached"] = "joint_limit_breached"
    due_on: date
    kind: LimitKind


class JointLimitEscalated(JointLimitEvent):
    """A level above was told of the breach."""

    type: Literal["joint_limit_escalated"] = "joint_limit_escalated"
    level: str


JointEvent = JointLimitDoubted | JointLimitReckoned | JointLimitWarned | JointLimitBreached | JointLimitEscalated
