"""The checks of an application at the door: answers, rules, items and materials, every fault at once.

A fault names the field, never what stood in it: it travels through logs and error pages.
"""

from collections.abc import Iterator, Mapping, Sequence

from one_things.application import Application
from one_things.conditions import Answer, Answers, Unanswered, answers_of
from one_things.definition import Bundle, Material, Situation
from one_things.faults import Fault
from one_things.later_materials import may_come_later
from one_things.selection import Selection
from one_things.text import Text
from one_things.unknown import MOST_LISTED, unknown_names


def usable_answers(bundle: Bundle, given: Mapping[str, object]) -> Answers:
    """The answers that fit their situations, with the defaults of those not given."""
    usable: dict[str, Answer] = {}
    for situation in bundle.situations:
        for option in answers_of(situation):
            if _fits(option, given.get(situation.id, situation.default)):
                usable[situation.id] = option
    return Answers(usable)


def _fits(option: Answer, answer: object) -> bool:
    return type(option) is type(answer) and option == answer  # 1 equals True in Python


def answer_faults(bundle: Bundle, given: Mapping[str, object]) -> Iterator[Fault]:
    """Answers to situations that the bundle does not have, and answers that a situation does not offer."""
    situations = {situation.id for situation in bundle.situations}
    yield from unknown_names(given, situations, "answers", Text(zh="情形", en="situation"))
    for situation in bundle.situations:
        answer = given.get(situation.id)
        if answer is not None and not any(_fits(option, answer) for option in answers_of(situation)):
            reason = Text(
                zh=f"回答不在选项之中：{situation.title.zh}", en=f"This is no answer to: {situation.title.en}"
            )
            yield _fault(f"answers.{situation.id}", "option-unknown", reason, _options(situation))


def missing_answers(bundle: Bundle, unanswered: frozenset[str], given: Mapping[str, object]) -> Iterator[Fault]:
    """One fault for each situation that has to be answered and was not."""
    for situation in bundle.situations:
        if situation.id in unanswered and given.get(situation.id) is None:
            reason = Text(zh=f"请回答：{situation.title.zh}", en=f"This has to be answered: {situation.title.en}")
            yield _fault(f"answers.{situation.id}", "answer-missing", reason, _options(situation))


def rules_in_doubt(bundle: Bundle, answers: Answers) -> frozenset[str]:
    """The situations without an answer that decide whether a rule bars the application."""
    doubts: set[str] = set()
    for rule in bundle.rules:
        try:
            answers.meet(rule.refuse_when)
        except Unanswered as doubt:
            doubts.update(doubt.situations)
    return frozenset(doubts)


def rule_faults(bundle: Bundle, answers: Answers) -> Iterator[Fault]:
    """The bars that hold, under the rule's own id as the code, each with its reason and source."""
    for rule in bundle.rules:
        try:
            barred = answers.meet(rule.refuse_when)
        except Unanswered:
            continue
        if barred:
            source = f"《{rule.source.document}》{rule.source.article or ''}"
            reason = Text(zh=f"{rule.reason.zh}（依据：{source}）", en=f"{rule.reason.en} (Source: {source})")
            yield _fault(f"answers.{rule.answer}", rule.id, reason, rule.fix)


def choice_faults(bundle: Bundle, selection: Selection, chosen: Sequence[str] | None, certain: bool) -> Iterator[Fault]:
    """What is wrong with the chosen items. ``certain`` is False while it is not known which of them apply."""
    known = {item.id for item in bundle.items}
    choose = Text(zh="请从此一件事的事项清单中选择。", en="Choose from the items of this one-thing.")
    unknown = [place for place, item_id in enumerate(chosen or ()) if item_id not in known]
    for place in unknown[:MOST_LISTED]:
        reason = Text(zh="此一件事没有这个事项。", en="This one-thing has no such item.")
        yield _fault(f"chosen.{place}", "item-unknown", reason, choose)
    if not certain:
        return
    for place, item_id in enumerate(chosen or ()):
        if item_id in selection.inapplicable:
            reason = Text(zh="根据您的情形，该事项不适用。", en="The item does not apply to your answers.")
            fix = Text(zh="请删去该事项，或核对您的回答。", en="Leave the item out, or check your answers.")
            yield _fault(f"chosen.{place}", "item-not-applicable", reason, fix)
    if not selection.items and chosen is None:
        reason = Text(zh="没有任何事项适用于您的情形。", en="No item of this one-thing applies to your answers.")
        yield _fault("answers", "no-item-applies", reason, Text(zh="请核对您的回答。", en="Check your answers."))
    elif not selection.items and not unknown:
        reason = Text(zh="没有选择任何适用的事项。", en="No item that applies was chosen.")
        yield _fault("chosen", "nothing-chosen", reason, choose)


def material_faults(
    bundle: Bundle, asked: Sequence[Material], application: Application, certain: bool
) -> Iterator[Fault]:
    """What is wrong with the materials handed in. ``certain`` is False while it is not known which are asked for."""
    declared = {material.id for material in bundle.materials}
    given = [material.id for material in application.materials]
    later = may_come_later(asked, application)
    yield from unknown_names(dict.fromkeys(given), declared, "materials", Text(zh="材料", en="material"))
    needed = {material.id for material in asked}
    for material in bundle.materials:
        place = f"materials.{material.id}"
        if given.count(material.id) > 1:
            reason = Text(zh="同一材料提交了两次。", en="The same material was handed in twice.")
            yield _fault(place, "material-twice", reason, Text(zh="请只保留一份。", en="Keep one of them."))
        if material.id in needed and material.required and material.id not in given and material.id not in later:
            reason = Text(zh=f"缺少材料：{material.title.zh}。", en=f"Missing material: {material.title.en}.")
            yield _fault(place, "material-missing", reason, _HAND_IN if material.licence is None else _OR_AUTHORISE)
        if certain and material.id in given and material.id not in needed:
            reason = Text(zh="所选事项不需要该材料。", en="None of the chosen items needs this material.")
            yield _fault(place, "material-not-needed", reason, Text(zh="请删去该材料。", en="Leave it out."))


_HAND_IN = Text(zh="请补充该材料。", en="Hand it in.")
_OR_AUTHORISE = Text(
    zh="请补充该材料，或授权查询电子证照。", en="Hand it in, or authorise the look-up of its e-licence."
)


def _options(situation: Situation) -> Text:
    if situation.type == "yes_no":
        return Text(zh="请回答 true（是）或 false（否）。", en="Answer true (yes) or false (no).")
    options = ", ".join(option.value for option in situation.options)
    return Text(zh=f"可选：{options}。", en=f"Choose one of: {options}.")


def _fault(field: str, code: str, reason: Text, fix: Text) -> Fault:
    return Fault(field=field, code=code, reason=reason, fix=fix)
