"""The way through an application: which step comes next, and everything that a step shows."""

from collections.abc import Mapping
from datetime import datetime

from gateway.apply_form import STEPS, Step, Written, step_of
from gateway.prechecked import PreCheckAnswer, checked
from gateway.services import GatewayServices
from one_things.admission import usable_answers
from one_things.definition import Bundle, Item, Material, Situation
from one_things.delivery_admission import TO
from one_things.faults import Fault
from one_things.interview import next_questions
from one_things.model import Record
from one_things.selection import select
from one_things.text import Text


class Shown(Record):
    """One step as it is shown. ``faults`` stand beside their fields; those without one come first of all."""

    step: Step
    found: PreCheckAnswer
    questions: tuple[Situation, ...]
    items: tuple[Item, ...]
    """The items that apply to the answers, chosen or not."""
    ticked: frozenset[str]
    along: dict[str, Text]
    """Item that comes along → why."""
    requires: dict[str, tuple[Text, ...]]
    """Item → the items that it brings along."""
    licensed: tuple[Material, ...]
    """Materials that an authorised e-licence is to stand for."""
    departments: dict[str, Text]
    faults: dict[str, Fault]
    general: tuple[Fault, ...]


def first_step(bundle: Bundle) -> Step:
    """Where an application begins: with the questions, if there are any."""
    return Step.QUESTIONS if bundle.situations else Step.ITEMS


def before(bundle: Bundle, step: Step) -> Step:
    """The step before this one; the first stays where it is."""
    place = STEPS.index(step)
    return STEPS[place - 1] if place > STEPS.index(first_step(bundle)) else step


def shown(
    services: GatewayServices,
    bundle: Bundle,
    sent: Written,
    step: Step,
    now: datetime,
    *,
    with_faults: bool = False,
) -> Shown:
    """A step with what was written so far; ``with_faults``: and with what is wrong on it."""
    found = checked(services, sent.application, now)
    applying = _applying(bundle, sent)
    of_step = (
        [fault for fault in dict.fromkeys((*sent.faults, *found.faults)) if step_of(fault) is step]
        if with_faults
        else []
    )
    asked = _questions(bundle, sent)
    along = {item.id: item.reason for item in found.items if item.reason is not None}
    # What is said first of a field is said: a digest that is none is not missing besides.
    beside = {fault.field: fault for fault in reversed(of_step) if _has_a_field(fault, found, asked)}
    return Shown(
        step=step,
        found=found,
        questions=asked,
        items=applying,
        ticked=frozenset(item.id for item in found.items) if found.items else frozenset(i.id for i in applying),
        along=along,
        requires={item.id: tuple(other.title for other in applying if other.id in item.requires) for item in applying},
        licensed=tuple(one for one in bundle.materials if one.id in sent.application.authorisations),
        departments={department.id: department.title for department in bundle.departments},
        faults=beside,
        general=tuple(fault for fault in of_step if fault.field not in beside),
    )


def after(services: GatewayServices, bundle: Bundle, sent: Written, step: Step, now: datetime) -> tuple[Step, bool]:
    """The step that follows, and whether it is shown with its faults: the first one up to here that has any."""
    found = checked(services, sent.application, now)
    faulty = {step_of(fault) for fault in (*sent.faults, *found.faults) if not _is_unasked(fault, sent)}
    open_questions = {situation.id for situation in next_questions(bundle, sent.application.answers)}
    place = STEPS.index(step)
    for earlier in STEPS[: place + 1]:
        if earlier in faulty and earlier is not Step.REVIEW:
            return earlier, True
        if earlier is Step.QUESTIONS and open_questions - sent.questions:
            return Step.QUESTIONS, False  # an answer has raised further questions
        if earlier is Step.ITEMS and {item.id for item in found.items if item.required_by} - sent.along:
            return Step.ITEMS, False  # something comes along that the person has not been told of
    following = STEPS[min(place + 1, len(STEPS) - 1)]
    if following is Step.MATERIALS and not (found.materials or sent.application.authorisations):
        following = Step.REVIEW
    return following, False


def first_faulty(faults: tuple[Fault, ...]) -> Step:
    """The first step on which one of these can be put right."""
    return min((step_of(fault) for fault in faults), key=STEPS.index, default=Step.REVIEW)


def _applying(bundle: Bundle, sent: Written) -> tuple[Item, ...]:
    return select(bundle, usable_answers(bundle, sent.application.answers), None).items


def _questions(bundle: Bundle, sent: Written) -> tuple[Situation, ...]:
    """What was answered and still matters, and what is open and matters now."""
    wanted = {situation.id for situation in next_questions(bundle, sent.application.answers)}
    return tuple(one for one in bundle.situations if one.id in wanted or one.id in sent.application.answers)


def _is_unasked(fault: Fault, sent: Written) -> bool:
    """An answer is missing only once its question was asked."""
    return fault.code == "answer-missing" and fault.field.partition(".")[2] not in sent.questions


def _has_a_field(fault: Fault, found: PreCheckAnswer, asked: tuple[Situation, ...]) -> bool:
    room, _, name = fault.field.partition(".")
    materials = {material.id for material in found.materials}
    fields: Mapping[str, set[str]] = {
        "answers": {situation.id for situation in asked},
        "form": {field.id for field in found.fields},
        "materials": materials,
        "deferred": materials,
        "commitments": materials,
        "delivery": {"way", *TO} if found.papers else set(),
    }
    return name in fields.get(room, set())
