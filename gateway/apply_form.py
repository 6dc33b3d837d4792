"""The form of the application page: what a person has written so far, from step to step, and where a fault belongs.

Nothing is kept here between the steps: the page carries what was written, and only the last step hands it in.
"""

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from pydantic import JsonValue, ValidationError

from gateway.submission import CaseApplication, WrittenWish
from one_things.admission import usable_answers
from one_things.application import Promise
from one_things.authorising import authorised_materials
from one_things.definition import Bundle, FieldType
from one_things.delivery_admission import TO
from one_things.delivery_choice import DeliveryWay
from one_things.faults import Fault
from one_things.papers import papers_of
from one_things.plan import HandedIn
from one_things.planning import needed_for
from one_things.selection import select
from one_things.text import Text


class Step(StrEnum):
    """The steps of an application, in their order."""

    QUESTIONS = "questions"
    ITEMS = "items"
    FORM = "form"
    MATERIALS = "materials"
    REVIEW = "review"


STEPS = tuple(Step)
_ANSWER, _ASKED, _CHOSEN, _ALONG = "answers.", "asked.", "chosen.", "along."
_FIELD, _MATERIAL, _AUTHORISE, _DEFER, _PROMISE = "form.", "material.", "authorise.", "defer.", "promise."
_DELIVERY = "delivery."
_LONGEST_PROMISE = 4000  # characters, as an application takes them
_MOST_WRITTEN = {"addressee": 500, "address": 1000, "phone": 100}
"""Characters that the door takes in; what is too long for mail is told as a fault."""
_OF_STEP: Mapping[Step, tuple[str, ...]] = {
    Step.QUESTIONS: (_ANSWER, _ASKED),
    Step.ITEMS: (_CHOSEN, _ALONG, "choice"),
    Step.FORM: (_FIELD, _DELIVERY),
    Step.MATERIALS: (_MATERIAL, _AUTHORISE, _DEFER, _PROMISE),
    Step.REVIEW: (),
}
_OF_FAULT = {
    "answers": Step.QUESTIONS,
    "chosen": Step.ITEMS,
    "without": Step.ITEMS,
    "form": Step.FORM,
    "delivery": Step.FORM,
    "materials": Step.MATERIALS,
    "authorisations": Step.MATERIALS,
    "deferred": Step.MATERIALS,
    "commitments": Step.MATERIALS,
}


class Written(NamedTuple):
    """What the page sent, read as an application. ``faults`` are those that an application cannot even hold."""

    fields: Mapping[str, str]
    application: CaseApplication
    faults: tuple[Fault, ...]

    def value(self, name: str) -> str:
        """What was written under this name."""
        return self.fields.get(name, "")

    def is_on(self, name: str) -> bool:
        """Whether this box is ticked."""
        return name in self.fields

    def carried(self, step: Step) -> tuple[tuple[str, str], ...]:
        """Everything that this step does not ask for itself, to be carried along."""
        kept = tuple(prefix for other in STEPS if other is not step for prefix in _OF_STEP[other])
        return tuple((name, value) for name, value in self.fields.items() if name.startswith(kept) and value)

    @property
    def along(self) -> frozenset[str]:
        """Items that the person has been told come along."""
        return frozenset(name.removeprefix(_ALONG) for name in self.fields if name.startswith(_ALONG))

    @property
    def questions(self) -> frozenset[str]:
        """Situations that the person has been asked."""
        return frozenset(name.removeprefix(_ASKED) for name in self.fields if name.startswith(_ASKED))


def step_of(fault: Fault) -> Step:
    """The step on which a fault can be put right; what belongs to no single one is told at the end."""
    return _OF_FAULT.get(fault.field.partition(".")[0], Step.REVIEW)


def written(
    bundle: Bundle, fields: Mapping[str, str], draft: str | None = None, upload_faults: tuple[Fault, ...] = ()
) -> Written:
    """The application as far as it is written.

    What an earlier step has made needless (a field of an item that is no longer chosen) is left out, not refused: the
    page carried it along, the person did not mean it. ``draft`` is where its files were uploaded to.
    """
    answers = _answers(bundle, fields)
    chosen = _chosen(bundle, fields)
    authorised = tuple(_named(fields, _AUTHORISE))
    materials, faults = _materials(fields)
    needs = needed_for(bundle, answers, chosen, authorised)
    asked = {material.id for material in needs.materials}
    application = CaseApplication(
        bundle=bundle.bundle,
        version=bundle.version,
        answers=answers,
        chosen=chosen,
        form={
            field.id: _typed(field.type, fields[_FIELD + field.id])
            for field in needs.fields
            if fields.get(_FIELD + field.id, "").strip()
        },
        materials=tuple(material for material in materials if material.id in asked),
        deferred=tuple(name for name in _named(fields, _DEFER) if name in asked),
        commitments=tuple(_promises(fields, asked)),
        draft=draft if materials else None,
        authorisations=tuple(licence.material for licence in needs.licences),
        delivery=_delivery(bundle, answers, chosen, fields),
    )
    assert authorised_materials(application) <= set(authorised)
    wrong = (*upload_faults, *faults)
    return Written(fields, application, tuple(fault for fault in wrong if fault.field.partition(".")[2] in asked))


def _answers(bundle: Bundle, fields: Mapping[str, str]) -> dict[str, str | bool]:
    answers: dict[str, str | bool] = {}
    for situation in bundle.situations:
        said = fields.get(_ANSWER + situation.id, "")
        if said:
            yes_no = situation.type == "yes_no" and said in {"true", "false"}
            answers[situation.id] = said == "true" if yes_no else said
    return answers


def _chosen(bundle: Bundle, fields: Mapping[str, str]) -> tuple[str, ...] | None:
    if "choice" not in fields:
        return None
    ticked = set(_named(fields, _CHOSEN))
    return tuple(item.id for item in bundle.items if item.id in ticked)


def _delivery(
    bundle: Bundle, answers: Mapping[str, str | bool], chosen: tuple[str, ...] | None, fields: Mapping[str, str]
) -> WrittenWish | None:
    """The choice, as far as a result on paper is left to choose for; an address counts for mail alone."""
    way = fields.get(_DELIVERY + "way", "")
    items = select(bundle, usable_answers(bundle, answers), chosen).items
    if way not in set(DeliveryWay) or not any(papers_of(item.results) for item in items):
        return None
    if way != DeliveryWay.MAIL:
        return WrittenWish(way=DeliveryWay(way))
    to = {name: fields.get(_DELIVERY + name, "").strip()[: _MOST_WRITTEN[name]] or None for name in TO}
    return WrittenWish(way=DeliveryWay.MAIL, **to)


def _named(fields: Mapping[str, str], prefix: str) -> list[str]:
    return [name.removeprefix(prefix) for name in fields if name.startswith(prefix)]


def _promises(fields: Mapping[str, str], asked: Collection[str]) -> Iterator[Promise]:
    """What was promised, in the words that stood on the page: a browser ends their lines in its own way."""
    for name in _named(fields, _PROMISE):
        words = "\n".join(fields[_PROMISE + name].splitlines())
        if name in asked and words.strip():
            yield Promise(material=name, text=words[:_LONGEST_PROMISE])


def _typed(kind: FieldType, text: str) -> JsonValue:
    return text == "true" if kind is FieldType.YES_NO and text in {"true", "false"} else text


def _materials(fields: Mapping[str, str]) -> tuple[list[HandedIn], list[Fault]]:
    handed: list[HandedIn] = []
    faults: list[Fault] = []
    for name in _named(fields, _MATERIAL):
        digest = fields[_MATERIAL + name].strip()
        if not digest:
            continue
        try:
            handed.append(HandedIn(id=name, digest=digest))
        except ValidationError:
            faults.append(Fault(field=f"materials.{name}", code="digest-invalid", reason=_NO_DIGEST, fix=_AGAIN))
    return handed, faults


_NO_DIGEST = Text(zh="这不是已上传的文件。", en="This is no file that was uploaded.")
_AGAIN = Text(zh="请重新上传。", en="Upload it again.")
