"""The plan of one case: a bundle resolved for the answers and the items that one applicant chose.

A plan is complete: a running case needs nothing of the bundle's file any more, so editing a bundle never touches it.
"""

from typing import Annotated, Literal

from pydantic import StringConstraints

from one_things.definition import (
    EscalationLevel,
    Extension,
    ItemKind,
    ItemResult,
    JointLimit,
    Patience,
    Source,
    SpecialProcedure,
    Suspension,
)
from one_things.model import Record
from one_things.planned_parties import PlannedParty, PlannedPayment, PlannedSigning
from one_things.text import Text


class PlannedNotice(Record):
    """A public notice of so many calendar days, after which each window (item → calendar days) begins."""

    calendar_days: int
    windows: dict[str, int] = {}


class PlannedLimits(Record):
    """The limits of an item's decision as they hold for this applicant, in working days from acceptance."""

    statutory_days: int
    committed_days: int
    extension: Extension | None = None
    """None: the limits cannot be extended."""
    source: Source | None = None


class PlannedCreditCheck(Record):
    """The credit record is looked up before the item is submitted; ``field`` is true for who is barred."""

    department: str
    dataset: str
    field: str
    by: str
    """The form field that says whose record is looked up; nothing else is sent."""
    reason: Text
    """What an applicant who is barred reads."""
    article: str
    """The rule that it rests on."""


class PlannedItem(Record):
    """One item of the case. ``after`` holds exactly the items of this plan that must be finished before it starts."""

    id: str
    title: Text
    department: str
    kind: ItemKind
    after: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    lookups: tuple[str, ...] = ()
    """The lookups whose answers this item is submitted with."""
    committed_days: int | None = None
    limits: PlannedLimits | None = None
    """What is warned of, breached and escalated; None for public notices and in plans of before."""
    procedures: tuple[SpecialProcedure, ...] = ()
    """The special procedures that the department may begin: each stops the clock for a promised time."""
    notice: PlannedNotice | None = None
    signing: PlannedSigning | None = None
    payment: PlannedPayment | None = None
    pivot: bool = False
    atomic: bool = False
    linked: bool = False
    """It comes after the pivot and fails alone: refused or unanswered, the case goes on without it."""
    undo: Text | None = None
    """What undoing means; None where an approval leaves nothing to be undone."""
    results: tuple[ItemResult, ...] = ()
    licences: tuple[str, ...] = ()
    """Materials of this item that an e-licence is to stand for."""
    credit_check: PlannedCreditCheck | None = None
    required_by: str | None = None
    """The item that made this one come along, which nobody chose."""


class NotChosen(Record):
    """An item of the bundle that this case leaves out, for the greyed part of the map."""

    id: str
    title: Text
    reason: Text


class Lookup(Record):
    """A look-up of shared data: which fields of which dataset, fetched once for the whole case."""

    id: str
    """``<department>.<dataset>``"""
    department: str
    dataset: str
    by: str
    """The form field that says whose data is looked up; nothing else is sent."""
    fields: dict[str, str]
    """Form field → field of the dataset."""


ContentDigest = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9:_=+/.-]{16,200}$")]
"""The digest of a content, as the crypto suite in use writes it; opaque here."""


class HandedIn(Record):
    """A material that the applicant hands in: which one, and the digest of its content."""

    id: str
    digest: ContentDigest


class PlannedMaterial(Record):
    """A material of the case as it was handed in: a reference and a digest, never the content."""

    id: str
    title: Text
    digest: str


class AwaitedMaterial(Record):
    """A material that comes into being on the way: the items that list it wait until it is handed in."""

    id: str
    title: Text


class DeferredMaterial(Record):
    """A minor material that the applicant deferred (容缺受理): its items go ahead, and it follows by a date."""

    id: str
    title: Text
    working_days: int
    """From the day on which the application was handed in."""
    when_missing: Literal["refuse", "operator_task"]


class PlannedLicence(Record):
    """An e-licence that stands for a material, and the applicant's authorisation to look it up.

    The authorisation says who (the owner of the case), for which case, on which basis, and which fields: ``by`` is sent
    to the issuer, and of its answer nothing is kept but the identifier, sealed, and a digest.
    """

    material: str
    title: Text
    department: str
    """The issuer."""
    type: str
    by: str
    holder: str | None = None
    """The field that must name the holder; None where ``by`` says it already."""
    required: bool = True
    """Whether the items wait for the material when the licence does not stand for it."""
    basis: str


class PlannedExclusion(Record):
    """The list of those who may not promise; the field is true for somebody on it."""

    department: str
    dataset: str
    field: str
    by: str
    """The form field that says whom to look up; nothing else is sent."""


class PlannedCommitment(Record):
    """A promise in place of a material (告知承诺), in the words that the applicant promised."""

    material: str
    title: Text
    text: Text
    digest: str = ""
    """Of the text in both languages, by the crypto suite in use."""
    supervised_by: str
    """The department that is told the result of the items it goes with."""
    excluded_by: PlannedExclusion | None = None


class Plan(Record):
    """The plan of one case."""

    bundle: str
    version: str
    digest: str
    """Digest of the bundle's definition that the plan was made from."""
    title: Text
    answers: dict[str, str | bool]
    items: tuple[PlannedItem, ...]
    not_chosen: tuple[NotChosen, ...] = ()
    departments: dict[str, Text]
    lookups: tuple[Lookup, ...] = ()
    materials: tuple[PlannedMaterial, ...] = ()
    awaited: tuple[AwaitedMaterial, ...] = ()
    deferred: tuple[DeferredMaterial, ...] = ()
    commitments: tuple[PlannedCommitment, ...] = ()
    patience: Patience | None = None
    """None in plans older than reminders."""
    one_correction: bool = False
    """A second correction notice for an item needs an operator's leave; False in plans older than this rule."""
    reckoned_from: tuple[str, ...] = ()
    """Form fields that something was reckoned from when the plan was made, or somebody's eligibility judged by."""
    warn_before: int = 1
    """Working days before a limit at which everybody concerned is warned."""
    escalation: tuple[EscalationLevel, ...] = ()
    joint_limits: tuple[JointLimit, ...] = ()
    """Each with those of its items that this case holds, two at least."""
    suspension: Suspension | None = None
    """None: this case cannot rest."""
    deferrals_move: bool = False
    """A rest and a published calendar move the dates of deferred materials; False in plans older than this rule."""
    left_behind_is_seen: bool = False
    """Nobody hands in what only items that never start list; who is silent about a later material is reported also
    after the approval; what lapses while it lies with a department is withdrawn, and nothing is retried before it is.
    False in plans older than these rules."""
    submitted_together: bool = False
    """Items that begin in one breath are submitted by one activity; False in plans older than this."""
    gathers_under_load: bool = False
    """Under load the case lets events gather before they leave for the record, and an alarm that rings when it should
    is left set; False in plans older than this."""
    load_passes: bool = False
    """What a case heard of load is forgotten after ten seconds; False in plans older than this."""
    silence_hours: int | None = None
    """Hours without any answer of a department after which an operator is asked to help; None asks nobody."""
    parties: tuple[PlannedParty, ...] = ()
    licences: tuple[PlannedLicence, ...] = ()
    rating_days: int = 30
    """Calendar days after the end in which the applicant may rate."""

    def item(self, item_id: str) -> PlannedItem:
        """The item with this id. Raises KeyError when the plan has none."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)

    def party(self, party_id: str) -> PlannedParty:
        """The party with this id. Raises KeyError when nobody of that id takes part."""
        for party in self.parties:
            if party.id == party_id:
                return party
        raise KeyError(party_id)

    def licence(self, material: str) -> PlannedLicence:
        """The licence that is to stand for this material. Raises KeyError when the plan has none."""
        for licence in self.licences:
            if licence.material == material:
                return licence
        raise KeyError(material)
