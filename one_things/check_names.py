"""Whether the names in a bundle are right: declared once, referred to as declared, choices with their options."""

import difflib
from collections.abc import Collection, Iterator, Sequence

from one_things.conditions import answers_of
from one_things.definition import Bundle, FieldType, FormField, Option, SharedDataSource
from one_things.eligibility import PREFIX, fields_of
from one_things.faults import Fault
from one_things.taking_part import fields_of_parties
from one_things.text import Text


def mistake(field: str, code: str, zh: str, en: str, fix_zh: str, fix_en: str) -> Fault:
    """A mistake at the path ``field`` of a bundle's file."""
    return Fault(field=field, code=code, reason=Text(zh=zh, en=en), fix=Text(zh=fix_zh, en=fix_en))


def name_faults(bundle: Bundle) -> Iterator[Fault]:
    """Ids that stand twice, and one thing under two names: titles that stand under two ids."""
    rooms: dict[str, list[tuple[str, Text | None]]] = {
        "departments": [(department.id, department.title) for department in bundle.departments],
        "situations": [(situation.id, situation.title) for situation in bundle.situations],
        "rules": [(rule.id, None) for rule in bundle.rules],
        "fields": [(field.id, field.title) for field in bundle.fields],
        "materials": [(material.id, material.title) for material in bundle.materials],
        "parties": [(party.id, party.title) for party in bundle.parties],
        "items": [(item.id, item.title) for item in bundle.items],
        "tables": [(table.id, table.title) for table in bundle.tables],
        "derived": [(value.id, value.title) for value in bundle.derived],
        "eligibility": [(demand.id, None) for demand in bundle.eligibility],
    }
    for room, entries in rooms.items():
        for place, (name, title) in enumerate(entries):
            for earlier, earlier_title in entries[:place]:
                if earlier == name:
                    yield id_twice(f"{room}.{place}.id", name)
                elif title is not None and earlier_title is not None and _same_title(title, earlier_title):
                    yield mistake(
                        f"{room}.{place}.title",
                        "title-twice",
                        f"{name} 与 {earlier} 名称相同。",
                        f"{name} has the same title as {earlier}.",
                        "同一事物只声明一次，多处共用；不同事物请改名。",
                        "Declare one thing once and use it in both places; rename it if it is another thing.",
                    )
    for place, item in enumerate(bundle.items):
        results = [result.id for result in item.results]
        for number, result in enumerate(results):
            if result in results[:number]:
                yield id_twice(f"items.{place}.results.{number}.id", result)


def id_twice(field: str, name: str) -> Fault:
    """The mistake of an id that stands twice."""
    return mistake(
        field, "id-twice", f"编号 {name} 重复。", f"The id {name} stands twice.", "请另取编号。", "Give it another id."
    )


def _same_title(one: Text, other: Text) -> bool:
    return any(_letters(one.in_language(code)) == _letters(other.in_language(code)) for code in ("zh", "en"))


def _letters(title: str) -> str:
    return "".join(title.split()).casefold()


def reference_faults(bundle: Bundle) -> Iterator[Fault]:
    """Names that nothing declares, and declarations that nothing uses."""
    departments = [department.id for department in bundle.departments]
    items = [item.id for item in bundle.items]
    fields = [field.id for field in bundle.fields]
    materials = [material.id for material in bundle.materials]
    derived = [f"{PREFIX}{value.id}" for value in bundle.derived]
    for place, item in enumerate(bundle.items):
        at = f"items.{place}"
        yield from known_name(item.department, departments, f"{at}.department", "department")
        yield from all_known(item.requires, items, f"{at}.requires", "item")
        yield from all_known(item.after, items, f"{at}.after", "item")
        yield from all_known(item.fields, [*fields, *derived], f"{at}.fields", "field")
        yield from all_known(item.materials, materials, f"{at}.materials", "material")
        if item.window is not None:
            yield from known_name(item.window.after_notice_of, items, f"{at}.window.after_notice_of", "item")
    for place, material in enumerate(bundle.materials):
        if material.produced_by is not None:
            yield from known_name(material.produced_by, items, f"materials.{place}.produced_by", "item")
    for place, rule in enumerate(bundle.rules):
        situations = [situation.id for situation in bundle.situations]
        yield from known_name(rule.answer, situations, f"rules.{place}.answer", "situation")
    listed = {name for item in bundle.items for name in item.fields}
    behind = {field for name in listed if name in derived for field in fields_of(bundle, name)}
    of_parties = fields_of_parties(bundle.parties, bundle.items)
    yield from unused("fields", fields, listed | behind | _keys(bundle) | of_parties)
    yield from unused("materials", materials, {name for item in bundle.items for name in item.materials})


_KINDS = {
    "department": "部门",
    "item": "事项",
    "field": "字段",
    "material": "材料",
    "situation": "情形",
    "table": "表",
    "derived": "推算值",
    "function": "函数",
    "party": "参与方",
}


def all_known(names: Sequence[str], known: Sequence[str], at: str, kind: str) -> Iterator[Fault]:
    """As ``known_name``, for a list of names."""
    for place, name in enumerate(names):
        yield from known_name(name, known, f"{at}.{place}", kind)


def known_name(name: str, known: Sequence[str], at: str, kind: str) -> Iterator[Fault]:
    """A mistake unless the name is known; ``kind`` says in English what it names."""
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        yield mistake(
            at,
            f"{kind}-unknown",
            f"没有声明{_KINDS[kind]} {name}。",
            f"The {kind} {name} is not declared.",
            f"是否指 {near[0]}？" if near else f"请先声明该{_KINDS[kind]}，或删去。",
            f"Did you mean {near[0]}?" if near else f"Declare the {kind}, or leave it out.",
        )


def unused(room: str, declared: Sequence[str], used: Collection[str]) -> Iterator[Fault]:
    """A mistake for each name of this room that no item uses."""
    for place, name in enumerate(declared):
        if name not in used:
            yield mistake(
                f"{room}.{place}.id",
                "unused",
                f"没有事项使用 {name}。",
                f"No item uses {name}.",
                "请在需要它的事项中列出，或删去。",
                "List it in the item that needs it, or leave it out.",
            )


def _sources(bundle: Bundle) -> Iterator[tuple[str, SharedDataSource]]:
    for place, field in enumerate(bundle.fields):
        if field.source is not None:
            yield f"fields.{place}.source", field.source
    for place, material in enumerate(bundle.materials):
        if material.held_by is not None:
            yield f"materials.{place}.held_by", material.held_by
    for place, material in enumerate(bundle.materials):
        if material.commitment is not None and material.commitment.excluded_by is not None:
            yield f"materials.{place}.commitment.excluded_by", material.commitment.excluded_by
    for place, item in enumerate(bundle.items):
        if item.credit_check is not None:
            yield f"items.{place}.credit_check.record", item.credit_check.record


def _keys(bundle: Bundle) -> set[str]:
    licences = [material.licence for material in bundle.materials if material.licence is not None]
    of_licences = {field for licence in licences for field in (licence.by, licence.holder) if field is not None}
    return {source.by for _, source in _sources(bundle)} | of_licences


def shared_data_faults(bundle: Bundle) -> Iterator[Fault]:
    """Look-ups that name no department, or whose key the applicant may leave blank."""
    departments = [department.id for department in bundle.departments]
    fields = {field.id: field for field in bundle.fields}
    keys: dict[tuple[str, str], str] = {}
    for at, source in _sources(bundle):
        yield from known_name(source.department, departments, f"{at}.department", "department")
        yield from known_name(source.by, list(fields), f"{at}.by", "field")
        yield from key_faults(fields.get(source.by), f"{at}.by")
        if keys.setdefault((source.department, source.dataset), source.by) != source.by:
            yield mistake(
                f"{at}.by",
                "key-differs",
                f"数据集 {source.dataset} 在别处以另一字段查询。",
                f"The dataset {source.dataset} is looked up by another field elsewhere.",
                "同一数据集只用一个字段查询。",
                "Look up one dataset by one field.",
            )


def key_faults(key: FormField | None, at: str) -> Iterator[Fault]:
    """A mistake where a look-up's key, a declared field, is not filled in by every applicant."""
    if key is not None and (key.source is not None or not always_filled_in(key)):
        yield mistake(
            at,
            "key-not-asked",
            f"{key.id} 不是必填字段，不能据以查询。",
            f"{key.id} is not always filled in, so nothing can be looked up by it.",
            "请用申请人必填、不带条件的字段查询。",
            "Look up by a field that is required, has no condition and is asked of the applicant.",
        )


def always_filled_in(field: FormField) -> bool:
    """Whether an applicant of whom the field is asked can't leave it out."""
    return field.required and field.when is None


def option_faults(bundle: Bundle) -> Iterator[Fault]:
    """Choices without options, options without a choice, defaults that are no answer."""
    for place, situation in enumerate(bundle.situations):
        at = f"situations.{place}"
        yield from _options(at, situation.type == "choice", situation.options)
        if situation.default is not None and not any(
            type(answer) is type(situation.default) and answer == situation.default for answer in answers_of(situation)
        ):
            yield mistake(
                f"{at}.default",
                "default-unfit",
                "默认回答不在选项之中。",
                "The default is none of the answers.",
                "请写选项之一；是非题写 true 或 false。",
                "Write one of the options; true or false for a yes/no situation.",
            )
    for place, field in enumerate(bundle.fields):
        yield from _options(f"fields.{place}", field.type is FieldType.CHOICE, field.options)


def _options(at: str, is_choice: bool, options: Sequence[Option]) -> Iterator[Fault]:
    if is_choice and len(options) < 2:
        yield mistake(
            at,
            "options-missing",
            "选择题至少要有两个选项。",
            "A choice needs at least two options.",
            "请补充 options。",
            "Add them under options.",
        )
    if not is_choice and options:
        yield mistake(
            f"{at}.options",
            "options-unfit",
            "只有选择题才有选项。",
            "Only a choice has options.",
            "请删去 options，或将 type 改为 choice。",
            "Leave the options out, or make it a choice.",
        )
    values = [option.value for option in options]
    for number, value in enumerate(values):
        if value in values[:number]:
            yield id_twice(f"{at}.options.{number}.value", value)
