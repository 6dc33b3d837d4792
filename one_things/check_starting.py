"""Whether the events that begin a case say enough: for whom, which items, and nothing that nobody declared."""

from collections.abc import Iterator

from one_things.admission import answer_faults, rule_faults, usable_answers
from one_things.application import Application
from one_things.check_names import known_name, mistake
from one_things.definition import Bundle, FieldType, StartingEvent
from one_things.faults import Fault
from one_things.planning import tentative_plan

_IDENTITIES = frozenset({FieldType.IDENTITY_NUMBER, FieldType.CREDIT_CODE})


def starting_faults(bundle: Bundle) -> Iterator[Fault]:
    """Everything that is wrong with the starting events of a bundle whose names are otherwise right."""
    fields = {field.id: field for field in bundle.fields}
    for place, starting in enumerate(bundle.started_by):
        at = f"started_by.{place}"
        yield from known_name(
            starting.department, [department.id for department in bundle.departments], f"{at}.department", "department"
        )
        for earlier in bundle.started_by[:place]:
            if earlier.id == starting.id or (earlier.department, earlier.event) == (
                starting.department,
                starting.event,
            ):
                yield mistake(
                    f"{at}.id",
                    "event-twice",
                    f"事件 {starting.event} 已在 {earlier.id} 中声明。",
                    f"The event {starting.event} begins the case already, as {earlier.id}.",
                    "每个事件只声明一次。",
                    "Declare each event once.",
                )
        for ours in starting.fields:
            yield from known_name(ours, list(fields), f"{at}.fields.{ours}", "field")
            if ours in fields and fields[ours].source is not None:
                yield mistake(
                    f"{at}.fields.{ours}",
                    "event-field-held",
                    f"{ours} 由共享数据提供，事件不能填写。",
                    f"{ours} is fetched from shared data, so the event cannot fill it in.",
                    "请删去该项，或删去字段的 source。",
                    "Leave it out, or take the source off the field.",
                )
        yield from known_name(starting.applicant, list(starting.fields), f"{at}.applicant", "field")
        if starting.applicant in fields and fields[starting.applicant].type not in _IDENTITIES:
            yield mistake(
                f"{at}.applicant",
                "applicant-unknown",
                f"{starting.applicant} 不是身份证号码或统一社会信用代码。",
                f"{starting.applicant} is neither an identity number nor a credit code: nobody is known by it.",
                "请指向 identity_number 或 credit_code 类型的字段。",
                "Name a field of the type identity_number or credit_code.",
            )


def settled_faults(bundle: Bundle) -> Iterator[Fault]:
    """Starting events whose answers leave open what would be done, or are barred; in a bundle in order otherwise."""
    for place, starting in enumerate(bundle.started_by):
        wrong = list(answer_faults(bundle, starting.answers))
        for fault in wrong:
            name = fault.field.partition(".")[2]
            yield fault.model_copy(update={"field": f"started_by.{place}.answers.{name}"})
        if not wrong:
            yield from _unsettled(bundle, place, starting)


def _unsettled(bundle: Bundle, place: int, starting: StartingEvent) -> Iterator[Fault]:
    if not tentative_plan(bundle, Application(answers=starting.answers), "0" * 16).items:
        yield mistake(
            f"started_by.{place}.answers",
            "event-leaves-open",
            "事件没有确定办理任何事项。",
            "The event leaves open whether any item is to be done.",
            "请在 answers 中至少回答到能确定一个事项；其余由申请人确认时回答。",
            "Answer enough for one item at least; the applicant answers the rest when they confirm.",
        )
    for barred in rule_faults(bundle, usable_answers(bundle, starting.answers)):
        yield mistake(
            f"started_by.{place}.answers",
            "event-barred",
            f"这些回答会被规则 {barred.code} 拒绝。",
            f"The rule {barred.code} refuses these answers, so nobody could confirm it.",
            "请核对 answers 和规则。",
            "Compare the answers with the rules.",
        )
