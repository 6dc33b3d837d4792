"""What may be asked of a case. Which events follow is decided in ``deciding``."""

from one_things.commands.acceptance import AcceptanceCommand, DeemAccepted, RecordAcceptance, RecordSilence
from one_things.commands.acts import (
    AcceptItem,
    BeginProcedure,
    DepartmentAct,
    EndProcedure,
    ExtendLimit,
    ReturnItem,
)
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
from one_things.commands.commitments import (
    CommitmentCommand,
    RecordCommitmentReport,
    RecordExclusion,
    RecordExclusionUnavailable,
)
from one_things.commands.corrections import AnswerCorrection, CorrectionCommand, PermitCorrection
from one_things.commands.course import Cancel, Close, CourseCommand, FastForward, OpenCase
from one_things.commands.credit import CreditCommand, RecordCredit, RecordCreditUnavailable
from one_things.commands.delivery import (
    ActOnPaper,
    AnswerDelivery,
    BeginDelivery,
    BreachDelivery,
    ChooseDelivery,
    ConfirmPaper,
    DeliverPaper,
    DeliveryCommand,
    DispatchPaper,
    DoubtDelivery,
    EscalateDelivery,
    HandOutPaper,
    LayOutPaper,
    MissPaper,
    MissPickUp,
    PaperAct,
    RecordDeliveryDates,
    RecordDeliveryOrder,
    RemindOfPickUp,
    TakeBackPaper,
    WarnDelivery,
)
from one_things.commands.items import (
    BeginSubmission,
    Decide,
    DepartmentCommand,
    Done,
    NeedsCorrection,
    Received,
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
from one_things.commands.licences import (
    LicenceCommand,
    LicenceFails,
    LicenceStands,
    LicenceVerdict,
    RecordLicence,
    RecordLicenceUnavailable,
)
from one_things.commands.mandates import GiveMandate, MandateCommand, RevokeMandate
from one_things.commands.materials import (
    DoubtDeferral,
    HandInMaterials,
    MaterialsCommand,
    MissMaterial,
    RecordDeferral,
    RecordSupplied,
)
from one_things.commands.of_department import ActOfDepartment
from one_things.commands.proposals import ConfirmCase, LapseProposal, ProposalCommand, RecordConfirmation
from one_things.commands.ratings import AnswerRating, Rate, RatingCommand
from one_things.commands.resting import LearnCalendar, RestingCommand, ResumeCase, SuspendCase
from one_things.commands.set_aside import SetAside
from one_things.commands.shared_data import HandInInstead, RecordSharedData, RecordSourceDown, SharedDataCommand
from one_things.commands.signing import (
    BeginSigning,
    LapseSigning,
    RecordSignatoryUnreachable,
    RecordSigningReply,
    RefuseSignature,
    Sign,
    SigningCommand,
)
from one_things.commands.tasks import HandOverMoney, RetryItem, SettleTask, TaskCommand
from one_things.commands.waiting import HandOverSilence, NoteAsked, RemindApplicant, WaitingCommand

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
    | CommitmentCommand
    | WaitingCommand
    | SigningCommand
    | LicenceCommand
    | CreditCommand
    | RatingCommand
    | AcceptanceCommand
    | ProposalCommand
    | MandateCommand
    | DeliveryCommand
    | SetAside
)

__all__ = [
    "AcceptItem",
    "AcceptanceCommand",
    "ActOfDepartment",
    "ActOnPaper",
    "AnswerCorrection",
    "AnswerDelivery",
    "AnswerRating",
    "BeginDelivery",
    "BeginProcedure",
    "BeginSigning",
    "BeginSubmission",
    "BreachDelivery",
    "BreachJointLimit",
    "BreachLimit",
    "Cancel",
    "ChooseDelivery",
    "ClockCommand",
    "Close",
    "Command",
    "CommitmentCommand",
    "ConfirmCase",
    "ConfirmPaper",
    "CorrectionCommand",
    "CourseCommand",
    "CreditCommand",
    "Decide",
    "DeemAccepted",
    "DeliverPaper",
    "DeliveryCommand",
    "DepartmentAct",
    "DepartmentCommand",
    "DispatchPaper",
    "Done",
    "DoubtDate",
    "DoubtDeferral",
    "DoubtDelivery",
    "DoubtJointLimit",
    "EndNotice",
    "EndProcedure",
    "EscalateDelivery",
    "EscalateJointLimit",
    "EscalateLimit",
    "ExtendLimit",
    "FastForward",
    "GiveMandate",
    "HandInInstead",
    "HandInMaterials",
    "HandOutPaper",
    "HandOverMoney",
    "HandOverSilence",
    "JointCommand",
    "LapseProposal",
    "LapseSigning",
    "LapseWindow",
    "LayOutPaper",
    "LearnCalendar",
    "LicenceCommand",
    "LicenceFails",
    "LicenceStands",
    "LicenceVerdict",
    "MandateCommand",
    "MaterialsCommand",
    "MissMaterial",
    "MissPaper",
    "MissPickUp",
    "NeedsCorrection",
    "NoteAsked",
    "OpenCase",
    "PaperAct",
    "PermitCorrection",
    "ProposalCommand",
    "Rate",
    "RatingCommand",
    "Received",
    "RecordAcceptance",
    "RecordCommitmentReport",
    "RecordConfirmation",
    "RecordCredit",
    "RecordCreditUnavailable",
    "RecordDate",
    "RecordDeferral",
    "RecordDeliveryDates",
    "RecordDeliveryOrder",
    "RecordExclusion",
    "RecordExclusionUnavailable",
    "RecordJointDates",
    "RecordLicence",
    "RecordLicenceUnavailable",
    "RecordReply",
    "RecordSharedData",
    "RecordSignatoryUnreachable",
    "RecordSigningReply",
    "RecordSilence",
    "RecordSourceDown",
    "RecordSupplied",
    "RecordUndone",
    "RecordUnreachable",
    "RefuseSignature",
    "Refused",
    "RemindApplicant",
    "RemindOfPickUp",
    "Reply",
    "ReportSilence",
    "RestingCommand",
    "ResumeCase",
    "RetryItem",
    "ReturnItem",
    "RevokeMandate",
    "SetAside",
    "SettleTask",
    "SharedDataCommand",
    "Sign",
    "SigningCommand",
    "SuspendCase",
    "TakeBackPaper",
    "Taken",
    "TaskCommand",
    "Verdict",
    "WaitingCommand",
    "WarnDelivery",
    "WarnJointLimit",
    "WarnLimit",
]
