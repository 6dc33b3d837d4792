"""What is said about a mistake in a YAML file, in both languages: the reason, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic_core import ErrorDetails, PydanticCustomError

from one_things.text import Text

Said = tuple[Text, Text]
"""Reason and fix."""


@dataclass(frozen=True)
class FileWords:
    """What differs between one kind of file and another."""

    begin: Text
    """How somebody with an empty file begins."""
    names: Text
    """How names are written in it."""
    schema: str
    """Where it says what may stand in it."""


def mistake(code: str, reason: Text, fix: Text) -> PydanticCustomError:
    """A mistake for a validator of a model to raise; it reaches the author in these words. No brackets in them."""
    context = {"reason_zh": reason.zh, "reason_en": reason.en, "fix_zh": fix.zh, "fix_en": fix.en}
    return PydanticCustomError(code, "{reason_en}", context)


def in_plain_words(error: ErrorDetails, place: Sequence[str | int], words: FileWords) -> Said:
    """One error of a model as reason and fix; the value that was written is never repeated: it may be a secret."""
    last = str(place[-1]) if place else ""
    name = ".".join(str(step) for step in place) or "file"
    context = error.get("ctx", {})
    if "fix_zh" in context:
        return (
            Text(zh=f"{name}：{context['reason_zh']}", en=f"{name}: {context['reason_en']}"),
            Text(zh=context["fix_zh"], en=context["fix_en"]),
        )
    match error["type"]:
        case "missing":
            return (
                Text(zh=f"缺少“{last}”。", en=f"'{last}' is missing."),
                Text(zh=f"请补充 {name}。", en=f"Add {name}."),
            )
        case "extra_forbidden":
            return (
                Text(zh=f"这里没有名为“{last}”的内容。", en=f"Nothing here is called '{last}'."),
                Text(zh="请核对拼写，或删去。", en="Check the spelling, or leave it out."),
            )
        case "enum" | "literal_error":
            expected = str(context.get("expected", ""))
            return (
                Text(zh=f"{name} 的取值不在允许范围内。", en=f"{name} has a value that is not allowed."),
                Text(zh=f"可用：{expected}。", en=f"Allowed: {expected}."),
            )
        case "string_pattern_mismatch":
            return (
                Text(zh=f"{name} 的写法不符合规则。", en=f"{name} is not written as such a name is."),
                words.names,
            )
        case "string_type":
            return (
                Text(zh=f"{name} 须为文字。", en=f"{name} has to be a text."),
                Text(zh="数字、日期和 yes/no 请加引号。", en="Put numbers, dates and yes/no in quotation marks."),
            )
        case _:
            return (
                Text(zh=f"{name} 有误：{error['msg']}。", en=f"{name}: {error['msg']}."),
                Text(zh=f"请参照 {words.schema}。", en=f"See {words.schema} for what may stand here."),
            )


def not_yaml(problem: str | None) -> Said:
    """That the file is no YAML, and what YAML itself says of it."""
    detail = f" ({problem})" if problem else ""
    return (
        Text(zh=f"此处不是有效的 YAML{detail}。", en=f"This is not valid YAML{detail}."),
        Text(
            zh="请检查缩进和冒号；含有 : ? { } , 的文字请加引号。",
            en="Check indentation and colons; put texts that hold : ? { } or , in quotation marks.",
        ),
    )


TOO_LARGE = (
    Text(zh="文件过大。", en="The file is larger than such a file can be."),
    Text(zh="请核对是否选错了文件。", en="Check whether it is the right file."),
)
NOT_UTF_8 = (
    Text(zh="文件不是 UTF-8 编码。", en="The file is not written in UTF-8."),
    Text(zh="请另存为 UTF-8。", en="Save it as UTF-8."),
)
EMPTY = Text(zh="文件是空的。", en="The file is empty.")
ALIAS = (
    Text(zh="不能使用 YAML 引用（*）。", en="YAML aliases (*) are not used here."),
    Text(zh="请写出内容本身。", en="Write out what it stands for."),
)
KEEP_ONE = Text(zh="请只保留一处。", en="Keep one of them.")
UNREADABLE = Text(zh="请核对路径和权限。", en="Check the path and who may read it.")
