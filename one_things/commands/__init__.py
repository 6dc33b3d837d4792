"""What may be asked of a case. Which events follow is decided in ``deciding``."""

from one_things.commands.acts import ActOfDepartment, BeginProcedure, DepartmentAct, EndProcedure, ExtendLimit
from one_things.commands.clock import (
    BreachLimit,
    ClockCommand,
    DoubtDate,
    EndNotice,
    EscalateLimit,
    LapseWindow,
    RecordDate,
    ReportSilence,
    WarnLimit,
)
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
from one_things.commands.joint_limits import (
    BreachJointLimit,
    DoubtJointLimit,
    EscalateJointLimit,
    JointCommand,
    RecordJointDates,
    WarnJointLimit,
)
from one_things.commands.materials import (
    DoubtDeferral,
    HandInMaterials,
    MaterialsCommand,
    MissMaterial,
    RecordDeferral,
    RecordSupplied,
)
from one_things.commands.resting import LearnCalendar, RestingCommand, ResumeCase, SuspendCase
from one_things.commands.shared_data import RecordSharedData, RecordSourceDown, SharedDataCommand
from one_things.commands.tasks import SettleTask, TaskCommand

Command = (
    CourseCommand
    | SharedDataCommand
    | DepartmentCommand
    | ClockCommand
    | CorrectionCommand
    | TaskCommand
    | DepartmentAct
    | JointCommand
    | RestingCommand
    | MaterialsCommand
)

__all__ = [
    "ActOfDepartment",
    "AnswerCorrection",
    "BeginProcedure",
    "BeginSubmission",
    "BreachJointLimit",
    "BreachLimit",
    "Cancel",
    "ClockCommand",
    "Close",
    "Command",
    "CorrectionCommand",
    "CourseCommand",
    "Decide",
    "DepartmentAct",
    "DepartmentCommand",
    "Done",
    "DoubtDate",
    "DoubtDeferral",
    "DoubtJointLimit",
    "EndNotice",
    "EndProcedure",
    "EscalateJointLimit",
    "EscalateLimit",
    "ExtendLimit",
    "FastForward",
    "HandInMaterials",
    "JointCommand",
    "LapseWindow",
    "LearnCalendar",
    "MaterialsCommand",
    "MissMaterial",
    "NeedsCorrection",
    "OpenCase",
    "PermitCorrection",
    "RecordDate",
    "RecordDeferral",
    "RecordJointDates",
    "RecordReply",
    "RecordSharedData",
    "RecordSourceDown",
    "RecordSupplied",
    "RecordUndone",
    "RecordUnreachable",
    "Refused",
    "Reply",
    "ReportSilence",
    "RestingCommand",
    "ResumeCase",
    "SettleTask",
    "SharedDataCommand",
    "SuspendCase",
    "Taken",
    "TaskCommand",
    "Verdict",
    "WarnJointLimit",
    "WarnLimit",
]
