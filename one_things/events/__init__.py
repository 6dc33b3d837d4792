"""Everything that can happen to a case, as facts in the past tense; the state of a case is nothing but their fold.

Events are stored for decades: a change of shape is a new ``schema_version`` of the event, never an edit of an old one.
Texts that people or departments wrote are sealed; what stands here in the clear may be read by every operator.
"""

from typing import Annotated

from pydantic import Field, TypeAdapter

from one_things.events.acceptance import (
    AcceptanceDeclared,
    AcceptanceEvent,
    ItemDeemedAccepted,
    ItemHandedInAgain,
    ItemReceived,
    ItemReturned,
    Responsible,
    ReturnReason,
    SilenceDoubted,
    SilenceReckoned,
)
from one_things.events.acts import ActEvent, LimitExtended, SpecialProcedureBegan, SpecialProcedureEnded
from one_things.events.clock import (
    ClockEvent,
    DateDoubted,
    DateReckoned,
    ItemLapsed,
    LimitBreached,
    LimitEscalated,
    LimitWarned,
    NoticeBegan,
    NoticeEnded,
)
from one_things.events.commitments import (
    CommitmentEvent,
    CommitmentExcluded,
    CommitmentReported,
    CommitmentReportFailed,
    CommitmentStands,
    ExclusionUnavailable,
)
from one_things.events.corrections import (
    CorrectionAnswered,
    CorrectionEvent,
    CorrectionHeldBack,
    CorrectionPermitted,
    CorrectionRequested,
)
from one_things.events.course import CaseClosed, CaseOpened, CaseStopped, ClockFastForwarded, CourseEvent
from one_things.events.credit import CreditChecked, CreditEvent, CreditOutcome, CreditUnavailable
from one_things.events.delivery import (
    DeliveryAnswered,
    DeliveryBegan,
    DeliveryBreached,
    DeliveryChosen,
    DeliveryDoubted,
    DeliveryEscalated,
    DeliveryEvent,
    DeliveryNotTaken,
    DeliveryOrdered,
    DeliveryReckoned,
    DeliveryWarned,
    PaperAct,
    PaperCameBack,
    PaperConfirmed,
    PaperDelivered,
    PaperDispatched,
    PaperMissed,
    PaperPickedUp,
    PaperReady,
    PickUpMissed,
    PickUpReminded,
)
from one_things.events.items import (
    DepartmentEvent,
    DepartmentUnreachable,
    ItemAccepted,
    ItemApproved,
    ItemRefused,
    ItemSubmitted,
    ItemUndone,
    PivotPassed,
)
from one_things.events.joint_limits import (
    JointEvent,
    JointLimitBreached,
    JointLimitDoubted,
    JointLimitEscalated,
    JointLimitEvent,
    JointLimitReckoned,
    JointLimitWarned,
)
from one_things.events.licences import LicenceEvents, LicenceRejected, LicenceUnavailable, LicenceVerified
from one_things.events.linked import LinkedChangeGivenUp, LinkedEvent
from one_things.events.mandates import MandateEvent, MandateGiven, MandateRevoked, MandateScope
from one_things.events.materials import (
    DeferralDoubted,
    MaterialDeferred,
    MaterialEvent,
    MaterialHandedIn,
    MaterialMissed,
    MaterialsEvent,
    MaterialSupplied,
    SubmissionWithdrawn,
)
from one_things.events.payments import (
    AnswerNotCounted,
    MoneyGivenBack,
    PaymentConfirmed,
    PaymentEvent,
    PaymentReleased,
)
from one_things.events.proposals import (
    CaseConfirmed,
    CaseDeclined,
    ConfirmationDoubted,
    ConfirmationReckoned,
    ProposalEvent,
)
from one_things.events.ratings import BAD, CaseRated, Grade, RatingAnswered, RatingEvent
from one_things.events.resting import CalendarKnown, CaseResumed, CaseSuspended, RestingEvent
from one_things.events.set_aside import (
    DecisionSetAside,
    MoreSetAside,
    SetAsideEvent,
    SetAsideEvents,
    WhySetAside,
)
from one_things.events.shared_data import (
    HandedInInstead,
    SharedDataEvent,
    SharedDataFetched,
    SharedDataMissing,
    SharedDataUnavailable,
    SourceAnsweredLate,
)
from one_things.events.signing import (
    DocumentConfirmed,
    SignatoryUnreachable,
    SignatureGiven,
    SignatureRequested,
    SigningBegan,
    SigningCompleted,
    SigningEvent,
)
from one_things.events.tasks import ItemRetried, OperatorTaskOpened, OperatorTaskSettled, TaskEvent
from one_things.events.vocabulary import (
    CaseOutcome,
    Channel,
    DecidedResult,
    EventRecord,
    ItemEvent,
    LimitKind,
    StopReason,
    TaskKind,
)
from one_things.events.waiting import ApplicantAsked, ApplicantReminded, WaitingEvent

Event = Annotated[
    CourseEvent
    | SharedDataEvent
    | DepartmentEvent
    | ClockEvent
    | CorrectionEvent
    | TaskEvent
    | ActEvent
    | JointEvent
    | RestingEvent
    | MaterialsEvent
    | CommitmentEvent
    | SigningEvent
    | PaymentEvent
    | LinkedEvent
    | ProposalEvent
    | LicenceEvents
    | CreditEvent
    | RatingEvent
    | MandateEvent
    | WaitingEvent
    | SetAsideEvents
    | AcceptanceEvent
    | DeliveryEvent,
    Field(discriminator="type"),
]

_EVENT: TypeAdapter[Event] = TypeAdapter(Event)


def event_from_json(data: str | bytes) -> Event:
    """The event that ``data`` records. Raises pydantic's ValidationError for anything else."""
    return _EVENT.validate_json(data)


def event_to_json(event: Event) -> str:
    """The one way an event is written down; the chain of hashes runs over these bytes."""
    return event.model_dump_json(exclude_defaults=False, exclude_none=True)


__all__ = [
    "BAD",
    "AcceptanceDeclared",
    "AcceptanceEvent",
    "ActEvent",
    "AnswerNotCounted",
    "ApplicantAsked",
    "ApplicantReminded",
    "CalendarKnown",
    "CaseClosed",
    "CaseConfirmed",
    "CaseDeclined",
    "CaseOpened",
    "CaseOutcome",
    "CaseRated",
    "CaseResumed",
    "CaseStopped",
    "CaseSuspended",
    "Channel",
    "ClockEvent",
    "ClockFastForwarded",
    "CommitmentEvent",
    "CommitmentExcluded",
    "CommitmentReportFailed",
    "CommitmentReported",
    "CommitmentStands",
    "ConfirmationDoubted",
    "ConfirmationReckoned",
    "CorrectionAnswered",
    "CorrectionEvent",
    "CorrectionHeldBack",
    "CorrectionPermitted",
    "CorrectionRequested",
    "CourseEvent",
    "CreditChecked",
    "CreditEvent",
    "CreditOutcome",
    "CreditUnavailable",
    "DateDoubted",
    "DateReckoned",
    "DecidedResult",
    "DecisionSetAside",
    "DeferralDoubted",
    "DeliveryAnswered",
    "DeliveryBegan",
    "DeliveryBreached",
    "DeliveryChosen",
    "DeliveryDoubted",
    "DeliveryEscalated",
    "DeliveryEvent",
    "DeliveryNotTaken",
    "DeliveryOrdered",
    "DeliveryReckoned",
    "DeliveryWarned",
    "DepartmentEvent",
    "DepartmentUnreachable",
    "DocumentConfirmed",
    "Event",
    "EventRecord",
    "ExclusionUnavailable",
    "Grade",
    "HandedInInstead",
    "ItemAccepted",
    "ItemApproved",
    "ItemDeemedAccepted",
    "ItemEvent",
    "ItemHandedInAgain",
    "ItemLapsed",
    "ItemReceived",
    "ItemRefused",
    "ItemRetried",
    "ItemReturned",
    "ItemSubmitted",
    "ItemUndone",
    "JointEvent",
    "JointLimitBreached",
    "JointLimitDoubted",
    "JointLimitEscalated",
    "JointLimitEvent",
    "JointLimitReckoned",
    "JointLimitWarned",
    "LicenceEvents",
    "LicenceRejected",
    "LicenceUnavailable",
    "LicenceVerified",
    "LimitBreached",
    "LimitEscalated",
    "LimitExtended",
    "LimitKind",
    "LimitWarned",
    "LinkedChangeGivenUp",
    "LinkedEvent",
    "MandateEvent",
    "MandateGiven",
    "MandateRevoked",
    "MandateScope",
    "MaterialDeferred",
    "MaterialEvent",
    "MaterialHandedIn",
    "MaterialMissed",
    "MaterialSupplied",
    "MaterialsEvent",
    "MoneyGivenBack",
    "MoreSetAside",
    "NoticeBegan",
    "NoticeEnded",
    "OperatorTaskOpened",
    "OperatorTaskSettled",
    "PaperAct",
    "PaperCameBack",
    "PaperConfirmed",
    "PaperDelivered",
    "PaperDispatched",
    "PaperMissed",
    "PaperPickedUp",
    "PaperReady",
    "PaymentConfirmed",
    "PaymentEvent",
    "PaymentReleased",
    "PickUpMissed",
    "PickUpReminded",
    "PivotPassed",
    "ProposalEvent",
    "RatingAnswered",
    "RatingEvent",
    "Responsible",
    "RestingEvent",
    "ReturnReason",
    "SetAsideEvent",
    "SetAsideEvents",
    "SharedDataEvent",
    "SharedDataFetched",
    "SharedDataMissing",
    "SharedDataUnavailable",
    "SignatoryUnreachable",
    "SignatureGiven",
    "SignatureRequested",
    "SigningBegan",
    "SigningCompleted",
    "SigningEvent",
    "SilenceDoubted",
    "SilenceReckoned",
    "SourceAnsweredLate",
    "SpecialProcedureBegan",
    "SpecialProcedureEnded",
    "StopReason",
    "SubmissionWithdrawn",
    "TaskEvent",
    "TaskKind",
    "WaitingEvent",
    "WhySetAside",
    "event_from_json",
    "event_to_json",
]
