"""What may be asked of a case. Which events follow is decided in ``deciding``."""

from one_things.commands.clock import BreachLimit, ClockCommand, DoubtDate, EndNotice, LapseWindow, RecordDate
from one_things.commands.corrections import AnswerCorrection, CorrectionCommand, PermitCorrection
from one_things.commands.course import Cancel, Close, CourseCommand, FastForward, OpenCase
from one_things.commands.items import (
    BeginSubmission,
    Decide,
    DepartmentCommand,
    Done,
    NeedsCorrection,
    RecordReply,
    RecordUndone,
    RecordUnreachable,
    Refused,
    Reply,
    Taken,
    Verdict,
)
from one_things.commands.shared_data import RecordSharedData, RecordSourceDown, SharedDataCommand
from one_things.commands.tasks import SettleTask, TaskCommand

Command = CourseCommand | SharedDataCommand | DepartmentCommand | ClockCommand | CorrectionCommand | TaskCommand

__all__ = [
    "AnswerCorrection",
    "BeginSubmission",
    "BreachLimit",
    "Cancel",
    "ClockCommand",
    "Close",
    "Command",
    "CorrectionCommand",
    "CourseCommand",
    "Decide",
    "DepartmentCommand",
    "Done",
    "DoubtDate",
    "EndNotice",
    "FastForward",
    "LapseWindow",
    "NeedsCorrection",
    "OpenCase",
    "PermitCorrection",
    "RecordDate",
    "RecordReply",
    "RecordSharedData",
    "RecordSourceDown",
    "RecordUndone",
    "RecordUnreachable",
    "Refused",
    "Reply",
    "SettleTask",
    "SharedDataCommand",
    "Taken",
    "TaskCommand",
    "Verdict",
]
