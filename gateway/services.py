"""What the gateway needs from the other rooms, handed in once by `runtime`; nothing here is made per request."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from activities.calendars import KnownCalendar
from event_store.calendars import Calendars
from event_store.case_secrets import CaseSecrets
from event_store.collecting import Collecting
from event_store.contents import Draft, Held, Sealed
from event_store.department_slots import DepartmentSlots
from event_store.intake import Intake
from event_store.signers import Signers
from event_store.store import EventStore
from event_store.workbench import Workbench
from gateway.case_lists import CaseLists
from gateway.collected import DecisionSource
from gateway.department_records import DepartmentRecords
from gateway.offers import Offers
from gateway.refused_calls import RefusedCallRows
from gateway.settings import GatewaySettings
from gateway.supervising.reading import Supervision
from gateway.supervising.views import DepartmentCard
from one_things.commands import (
    AnswerCorrection,
    AnswerDelivery,
    Cancel,
    ChooseDelivery,
    ConfirmCase,
    ConfirmPaper,
    Decide,
    DepartmentAct,
    GiveMandate,
    HandInInstead,
    HandInMaterials,
    LearnCalendar,
    MissPaper,
    OpenCase,
    PermitCorrection,
    RefuseSignature,
    ResumeCase,
    RetryItem,
    RevokeMandate,
    SettleTask,
    Sign,
    SuspendCase,
)
from one_things.office_days import OfficeDays
from security.attestations import AttestationKeys
from security.signing_keys import VerificationKey
from security.tokens import Principal
from workflows.messages import Receipt


async def _knows_all_keys() -> None:
    """Where keys never change there is nothing to learn."""


class CaseHandles(Protocol):
    """Typed handles on running cases; `workflows.handles.TemporalCases` is the real one and names the errors."""

    async def start(self, bundle: str, opening: OpenCase) -> None:
        """Start the case; starting it again changes nothing. Raises OrchestratorUnavailable."""

    async def decide(self, case_no: str, decision: Decide) -> Receipt:
        """Hand over a decision. Raises CommandRefused, CaseNotRunning, OrchestratorUnavailable."""

    async def confirm(self, case_no: str, command: ConfirmCase) -> Receipt:
        """Confirm what a department's event proposed; same errors."""

    async def cancel(self, case_no: str, command: Cancel) -> Receipt:
        """Take the application back; same errors."""

    async def answer_correction(self, case_no: str, command: AnswerCorrection) -> Receipt:
        """Answer a correction notice; same errors."""

    async def permit_correction(self, case_no: str, command: PermitCorrection) -> Receipt:
        """An operator lets a department ask for corrections once more; same errors."""

    async def act(self, case_no: str, act: DepartmentAct) -> Receipt:
        """Hand over what a department did on the way to its decision; same errors."""

    async def suspend(self, case_no: str, command: SuspendCase) -> Receipt:
        """Rest the case; same errors."""

    async def resume(self, case_no: str, command: ResumeCase) -> Receipt:
        """Go on with it; same errors."""

    async def learn_calendar(self, case_no: str, command: LearnCalendar) -> Receipt:
        """Say that an official calendar was published; same errors."""

    async def hand_in(self, case_no: str, command: HandInMaterials) -> Receipt:
        """The applicant hands in what was deferred, or what an item waits for; same errors."""

    async def hand_in_instead(self, case_no: str, command: HandInInstead) -> Receipt:
        """Hand in what a source that is down would have said; same errors."""

    async def give_mandate(self, case_no: str, command: GiveMandate) -> Receipt:
        """The applicant lets an agent act for them; same errors."""

    async def choose_delivery(self, case_no: str, command: ChooseDelivery) -> Receipt:
        """Choose anew how papers come; same errors."""

    async def confirm_paper(self, case_no: str, command: ConfirmPaper) -> Receipt:
        """Say that the papers arrived; same errors."""

    async def miss_paper(self, case_no: str, command: MissPaper) -> Receipt:
        """Say that the papers did not arrive; same errors."""

    async def answer_delivery(self, case_no: str, command: AnswerDelivery) -> Receipt:
        """Answer the applicant about a delivery; same errors."""

    async def revoke_mandate(self, case_no: str, command: RevokeMandate) -> Receipt:
        """The applicant takes a mandate back; same errors."""

    async def settle_task(self, case_no: str, command: SettleTask) -> Receipt:
        """An operator put a task right; same errors."""

    async def sign(self, case_no: str, command: Sign) -> Receipt:
        """A party signs; same errors."""

    async def refuse_signature(self, case_no: str, command: RefuseSignature) -> Receipt:
        """An institution does not sign; same errors."""

    async def retry_item(self, case_no: str, command: RetryItem) -> Receipt:
        """An operator has a failed item submitted once more; same errors."""

    async def reachable(self) -> bool:
        """Whether Temporal answers at all."""


class ContentStore(Protocol):
    """Where sealed contents lie; `event_store.contents.Contents` is the real one and names the errors."""

    async def open_draft(self, draft: bytes, owner_mac: bytes, wrapped: bytes, kept: timedelta, most: int) -> Draft:
        """The draft of this name, made where there is none. Raises TooMuchStored."""

    async def draft(self, draft: bytes) -> Draft | None:
        """The draft of this name, unless it has expired."""

    async def put_in_draft(self, draft: bytes, content: Sealed, most: int) -> None:
        """Store a content in a draft, once. Raises TooMuchStored."""

    async def put_in_case(self, case_no: str, content: Sealed, most: int) -> None:
        """Store a content in a case, once. Raises TooMuchStored."""

    async def of_draft(self, draft: bytes) -> list[Held]:
        """What a draft holds."""

    async def of_case(self, case_no: str) -> list[Held]:
        """What a case holds."""

    async def read(self, case_no: str, digest: str) -> Sealed | None:
        """A content of a case, sealed."""

    async def sweep(self) -> int:
        """Delete the drafts that have expired."""


class TokenJudge(Protocol):
    """Who a bearer token stands for; `security.tokens.TokenVerifier` is the real one."""

    async def verify(self, token: str) -> Principal:
        """Raises TokenRefused, or IssuerUnavailable when it cannot be judged."""


@dataclass(frozen=True)
class CollectsBy:
    """What decisions are collected with."""

    sources: Callable[[], Mapping[str, DecisionSource]]
    """By department, as the directory has them now."""
    collecting: Collecting
    turns: DepartmentSlots
    """One gateway at a time asks a department."""


@dataclass(frozen=True)
class GatewayServices:
    """Everything the gateway works with."""

    settings: GatewaySettings
    catalogue: Offers
    """Every version of every bundle that can be applied for, or could be."""
    store: EventStore
    intake: Intake
    calendars: Calendars
    known_calendar: KnownCalendar
    """What dates are shown by: the same that workers reckon them with."""
    secrets: CaseSecrets
    lists: CaseLists
    supervision: Supervision
    department_records: DepartmentRecords
    signers: Signers
    cases: CaseHandles
    tokens: TokenJudge
    contents: ContentStore
    workbench: Workbench
    refused_calls: RefusedCallRows
    """What departments' systems sent and was refused."""
    department_key: Callable[[str], VerificationKey | None]
    """The public key of a key id such as ``tax.2``; None for one that is not registered."""
    fingerprint: Callable[[bytes], bytes]
    """A MAC of a request's body. A plain digest would let anybody who reads the database guess what was in it."""
    receipt_keys: AttestationKeys
    """Sign receipts of hand-in, and verify those that were signed with earlier keys."""
    learn_keys: Callable[[], Awaitable[None]] = _knows_all_keys
    """See now whether keys were registered that ``department_key`` does not know yet; strangers may cause it."""
    in_our_words: Callable[[str, bytes], bytes] = lambda department, body: body
    """What this department's system sent, with our names where it has codes of its own."""
    maintenance_until: Callable[[str, datetime], datetime | None] = lambda department, at: None
    """Until when a department is in maintenance, if it is at this moment."""
    office_days: Callable[[str], OfficeDays] = lambda department: OfficeDays()
    """On which days this department's office is closed or open otherwise than the official calendar says."""
    department_cards: Callable[[], Mapping[str, DepartmentCard]] = dict
    """The departments of the directory in force, as supervision shows them."""
    on_workbench: Callable[[str], bool] = lambda department: False
    """Whether this department has no system, and its officers work on our pages."""
    directory_is_stale: Callable[[], bool] = lambda: False
    """Whether the directory's file was changed to one that cannot be used: the one before it stays in force."""
    collects_by: CollectsBy | None = None
    """How decisions are collected from departments that send none; None: there is no such department here."""
