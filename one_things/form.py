"""The one form of a case: the check of its fields, and its values in their normal form.

A fault names the field, never what stood in it: it travels through logs and error pages.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from pydantic import JsonValue

from one_things.definition import Bundle, FieldType, FormField
from one_things.faults import DomainError, Fault
from one_things.identifiers import IdentifierFault, credit_code, identity_number, mobile_phone
from one_things.money import NoAmount, fen_of, yuan_of
from one_things.text import Text
from one_things.unknown import unknown_names

_WHOLE_NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class ValueRefused(DomainError):
    """A value does not fit the type of its field; ``fault`` says why, without the value."""

    code = "value-refused"

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"{fault.field}: {fault.code}")
        self.fault = fault


def form_faults(
    bundle: Bundle, asked: Sequence[FormField], form: Mapping[str, JsonValue], certain: bool
) -> Iterator[Fault]:
    """What is wrong with the form. ``certain`` is False while it is not known which fields are asked for.

    Fields that no chosen item needs are refused as well: personal data that nobody needs is not collected
    (个人信息保护法 6).
    """
    yield from unknown_names(form, {field.id for field in bundle.fields}, "form", Text(zh="字段", en="field"))
    needed = {field.id for field in asked}
    for field in bundle.fields:
        value = form.get(field.id)
        if is_blank(value):
            if field.id in needed and field.required:
                yield _missing(field)
        elif field.source is not None:
            yield _fault(field, "field-held", *_HELD, *_LEAVE_OUT)
        elif certain and field.id not in needed:
            yield _fault(field, "field-not-needed", *_NOT_NEEDED, *_LEAVE_OUT)
        else:
            try:
                normal_value(field, value)
            except ValueRefused as refused:
                yield refused.fault


def normal_form(bundle: Bundle, form: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """A checked form as departments receive it: identifiers in their normal form, no blanks, nothing undeclared.

    Raises ValueRefused for a value that was not checked.
    """
    return {
        field.id: normal_value(field, form[field.id]) for field in bundle.fields if not is_blank(form.get(field.id))
    }


def required_value(field: FormField, value: JsonValue) -> JsonValue:
    """As ``normal_value``, for a field that has to be filled in: what is blank is refused as well."""
    if is_blank(value):
        raise ValueRefused(_missing(field))
    return normal_value(field, value)


def normal_value(field: FormField, value: JsonValue) -> JsonValue:
    """The value in the normal form of the field's type. Raises ValueRefused when it does not fit."""
    if field.type is FieldType.YES_NO:
        if not isinstance(value, bool):
            raise ValueRefused(_fault(field, "value-not-yes-no", *_YES_NO))
        return value
    if field.type is FieldType.NUMBER:
        return _number(field, value)
    if not isinstance(value, str):
        raise ValueRefused(_fault(field, "value-not-text", *_NOT_TEXT))
    text = value.strip()
    if len(text) > field.max_length:
        most = field.max_length
        longest = (f"最多 {most} 个字符。", f"At most {most} characters.")
        raise ValueRefused(_fault(field, "value-too-long", "内容过长。", "The text is too long.", *longest))
    if _CONTROL.search(text):
        raise ValueRefused(_fault(field, "value-control-character", *_CONTROL_CHARACTER))
    if field.type is FieldType.DATE:
        return _date(field, text)
    if field.type is FieldType.CHOICE:
        return _option(field, text)
    if field.type is FieldType.MONEY:
        return _money(field, text)
    if field.type in _IDENTIFIERS:
        try:
            return _IDENTIFIERS[field.type](text)
        except IdentifierFault as wrong:
            raise ValueRefused(wrong.at(f"form.{field.id}")) from None
    return text


def _date(field: FormField, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueRefused(_fault(field, "value-not-a-date", *_DATE)) from None


def _number(field: FormField, value: JsonValue) -> int:
    """A number, or the text of one as a page's form sends it."""
    text = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if _WHOLE_NUMBER.fullmatch(text) is None:
        raise ValueRefused(_fault(field, "value-not-a-number", *_NUMBER))
    return int(text)


def _money(field: FormField, text: str) -> str:
    try:
        return yuan_of(fen_of(text))
    except NoAmount:
        raise ValueRefused(_fault(field, "value-not-money", *_MONEY)) from None


def _option(field: FormField, text: str) -> str:
    options = [option.value for option in field.options]
    if text not in options:
        known = ", ".join(options)
        fix = (f"可选：{known}。", f"Choose one of: {known}.")
        raise ValueRefused(
            _fault(field, "option-unknown", "所选项不在选项之中。", "This is none of the options.", *fix)
        )
    return text


def is_blank(value: JsonValue) -> bool:
    """Whether nothing was filled in."""
    return value is None or (isinstance(value, str) and not value.strip())


def _missing(field: FormField) -> Fault:
    return _fault(field, "field-missing", f"未填写：{field.title.zh}。", f"Missing: {field.title.en}.", *_FILL)


def _fault(field: FormField, code: str, reason_zh: str, reason_en: str, fix_zh: str, fix_en: str) -> Fault:
    return Fault(
        field=f"form.{field.id}", code=code, reason=Text(zh=reason_zh, en=reason_en), fix=Text(zh=fix_zh, en=fix_en)
    )


_IDENTIFIERS: Mapping[FieldType, Callable[[str], str]] = {
    FieldType.CREDIT_CODE: credit_code,
    FieldType.IDENTITY_NUMBER: identity_number,
    FieldType.PHONE: mobile_phone,
}

_FILL = ("请填写该项。", "Fill it in.")
_LEAVE_OUT = ("请删去该项。", "Leave it out.")
_HELD = ("该项由部门共享数据提供，无需填写。", "A department already holds this: it is fetched, not asked for.")
_NOT_NEEDED = ("所选事项不需要该项。", "None of the chosen items needs this.")
_YES_NO = (
    "此项须回答是或否。",
    "This is answered with yes or no.",
    "请填写 true（是）或 false（否）。",
    "Write true (yes) or false (no).",
)
_NOT_TEXT = (
    "此项须为文字。",
    "This has to be a text.",
    "请填写文字，例如用引号括起。",
    "Write a text, in quotation marks.",
)
_CONTROL_CHARACTER = (
    "含有不可见的控制字符。",
    "The text holds an invisible control character.",
    "请重新输入该项。",
    "Type it in again.",
)
_DATE = ("这不是一个日期。", "This is not a date.", "请按 2026-01-31 的格式填写。", "Write it as 2026-01-31.")
_NUMBER = (
    "这不是一个非负整数。",
    "This is not a whole number of 0 or more.",
    "请只填写数字，最多 15 位。",
    "Write digits only, at most 15 of them.",
)
_MONEY = (
    "这不是一个金额。",
    "This is not an amount of money.",
    '请以元为单位填写文字，最多两位小数，例如 "1280000.00"。',
    'Write yuan as a text with at most two decimals, such as "1280000.00".',
)
