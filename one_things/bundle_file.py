"""A bundle's YAML file: read into the model, or refused with every mistake at its line.

YAML here is plain: no key twice in one mapping, which YAML would silently overwrite, and no anchors, which make a
reader look elsewhere.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from one_things.check import bundle_faults
from one_things.definition import Bundle
from one_things.faults import DomainError, Fault
from one_things.model import Record
from one_things.text import Text

LARGEST_FILE = 1_000_000
"""Bytes; a bundle of a hundred items needs a twentieth of it."""

_Path = tuple[str | int, ...]
Document = TypeVar("Document", bound=Record)


class BundleFault(Record):
    """A mistake in a bundle's file: where, which (``code`` is stable), why, and how to put it right."""

    file: str
    line: int
    code: str
    reason: Text
    fix: Text

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason.en} {self.fix.en}"


class BundleRefused(DomainError):
    """The file is no valid bundle. ``faults`` lists every mistake that was found, in the order of the lines."""

    code = "bundle-refused"

    def __init__(self, faults: tuple[BundleFault, ...]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


def read_bundle(path: Path) -> Bundle:
    """The bundle in this file. Raises BundleRefused, and OSError when the file cannot be read."""
    if path.stat().st_size > LARGEST_FILE:
        raise BundleRefused((_fault(str(path), 1, "file-too-large", *_TOO_LARGE),))
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as unreadable:
        raise BundleRefused((_fault(str(path), 1, "file-not-utf-8", *_NOT_UTF_8),)) from unreadable
    return parse_bundle(text, str(path))


def read_bundles(files: Iterable[Path]) -> list[Bundle]:
    """The bundles in these files, which stand side by side. Raises BundleRefused with the mistakes of all of them.

    One bundle in the same version twice is a mistake: nobody could tell which of the two is meant.
    """
    bundles: dict[tuple[str, str], tuple[Path, Bundle]] = {}
    faults: list[BundleFault] = []
    for file in files:
        try:
            bundle = read_bundle(file)
        except BundleRefused as refused:
            faults += refused.faults
            continue
        earlier, _ = bundles.setdefault((bundle.bundle, bundle.version), (file, bundle))
        if earlier != file:
            faults.append(version_twice(file, bundle, earlier))
    if faults:
        raise BundleRefused(tuple(faults))
    return [bundle for _, bundle in bundles.values()]


def version_twice(file: Path, bundle: Bundle, earlier: Path) -> BundleFault:
    """The mistake that ``file`` holds the same version of the same bundle as a file read ``earlier``."""
    lines, _ = _parse(file.read_text(encoding="utf-8"), str(file))
    name = f"{bundle.bundle} {bundle.version}"
    return _fault(
        str(file),
        _line(("version",), lines),
        "version-twice",
        Text(zh=f"{name} 已写在 {earlier.name} 中。", en=f"{name} stands in {earlier.name} already."),
        Text(zh="修改即新版本：请另取版本号。", en="A change is a new version: give it a number of its own."),
    )


def parse_bundle(text: str, file: str) -> Bundle:
    """The bundle that the text describes; ``file`` names it in the faults. Raises BundleRefused."""
    return parse_document(text, file, Bundle, bundle_faults)


def parse_document(
    text: str, file: str, model: type[Document], check: Callable[[Document], Iterable[Fault]]
) -> Document:
    """What the text describes, as ``model`` has it and ``check`` finds right. Raises BundleRefused with all faults."""
    lines, data = _parse(text, file)
    try:
        document = model.model_validate(data)
    except ValidationError as refused:
        faults = [_model_fault(error, lines, file) for error in refused.errors(include_url=False)]
    else:
        faults = [_placed(fault, lines, file) for fault in check(document)]
        if not faults:
            return document
    raise BundleRefused(tuple(sorted(faults, key=lambda fault: (fault.line, fault.code))))


class _PlainLoader(yaml.SafeLoader):
    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "an alias", mark)
        return super().compose_node(parent, index)


def _parse(text: str, file: str) -> tuple[dict[_Path, int], object]:
    try:
        loader = _PlainLoader(text)
        node = loader.get_single_node()
        if node is None:
            raise BundleRefused((_fault(file, 1, "file-empty", *_EMPTY),))
        lines: dict[_Path, int] = {}
        twice = tuple(
            _fault(file, line, "key-twice", Text(zh=f"“{key}”写了两次。", en=f"'{key}' stands here twice."), _KEEP_ONE)
            for line, key in _walk(node, (), lines)
        )
        if twice:
            raise BundleRefused(twice)
        return lines, loader.construct_document(node)
    except yaml.MarkedYAMLError as wrong:
        line = wrong.problem_mark.line + 1 if wrong.problem_mark else 1
        code, texts = ("alias", _ALIAS) if wrong.problem == "an alias" else ("not-yaml", _not_yaml(wrong.problem))
        raise BundleRefused((_fault(file, line, code, *texts),)) from wrong
    except yaml.reader.ReaderError as wrong:
        line = text.count("\n", 0, wrong.position) + 1
        raise BundleRefused((_fault(file, line, "not-yaml", *_not_yaml("an unprintable character")),)) from wrong
    except (yaml.YAMLError, ValueError, RecursionError) as wrong:
        raise BundleRefused((_fault(file, 1, "not-yaml", *_not_yaml(None)),)) from wrong


def _walk(node: yaml.Node, path: _Path, lines: dict[_Path, int]) -> Iterator[tuple[int, str]]:
    """Notes the line of every path; yields line and name of each key that stands twice in its mapping."""
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        for place, entry in enumerate(node.value):
            yield from _walk(entry, (*path, place), lines)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            line = key.start_mark.line + 1
            name = str(key.value)
            if name in seen:
                yield line, name
            seen.add(name)
            lines[(*path, name)] = line
            yield from _walk(value, (*path, name), lines)


def _line(path: _Path, lines: Mapping[_Path, int]) -> int:
    while path not in lines:
        path = path[:-1]
    return lines[path]


def _placed(fault: Fault, lines: Mapping[_Path, int], file: str) -> BundleFault:
    path: _Path = tuple(int(step) if step.isdigit() else step for step in fault.field.split("."))
    return _fault(file, _line(path, lines), fault.code, fault.reason, fault.fix)


def _model_fault(error: ErrorDetails, lines: Mapping[_Path, int], file: str) -> BundleFault:
    path = error["loc"]
    name = ".".join(str(step) for step in path) or "file"
    expected = str(error.get("ctx", {}).get("expected", ""))
    reason, fix = _in_plain_words(error["type"], str(path[-1]) if path else "", name, expected, error["msg"])
    return _fault(file, _line(path, lines), f"model-{error['type'].replace('_', '-')}", reason, fix)


def _in_plain_words(kind: str, last: str, name: str, expected: str, message: str) -> tuple[Text, Text]:
    match kind:
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
            return (
                Text(zh=f"{name} 的取值不在允许范围内。", en=f"{name} has a value that is not allowed."),
                Text(zh=f"可用：{expected}。", en=f"Allowed: {expected}."),
            )
        case "string_pattern_mismatch":
            return (
                Text(zh=f"{name} 的写法不符合规则。", en=f"{name} is not written as such a name is."),
                Text(
                    zh='编号如 tax-clearance，情形和选项如 owes_tax，字段如 company.name，版本如 "2026.1"。',
                    en="Ids read like tax-clearance, situations and options like owes_tax, fields like company.name, "
                    'versions like "2026.1".',
                ),
            )
        case "string_type":
            return (
                Text(zh=f"{name} 须为文字。", en=f"{name} has to be a text."),
                Text(zh="数字、日期和 yes/no 请加引号。", en="Put numbers, dates and yes/no in quotation marks."),
            )
        case _:
            return (
                Text(zh=f"{name} 有误：{message}。", en=f"{name}: {message}."),
                Text(zh="请参照 bundle.schema.json。", en="See bundle.schema.json for what may stand here."),
            )


def _not_yaml(problem: str | None) -> tuple[Text, Text]:
    detail = f" ({problem})" if problem else ""
    return (
        Text(zh=f"此处不是有效的 YAML{detail}。", en=f"This is not valid YAML{detail}."),
        Text(
            zh="请检查缩进和冒号；含有 : ? { } , 的文字请加引号。",
            en="Check indentation and colons; put texts that hold : ? { } or , in quotation marks.",
        ),
    )


def _fault(file: str, line: int, code: str, reason: Text, fix: Text) -> BundleFault:
    return BundleFault(file=file, line=line, code=code, reason=reason, fix=fix)


_TOO_LARGE = (
    Text(zh="文件过大。", en="The file is larger than a bundle can be."),
    Text(zh="请核对是否选错了文件。", en="Check whether it is the right file."),
)
_NOT_UTF_8 = (
    Text(zh="文件不是 UTF-8 编码。", en="The file is not written in UTF-8."),
    Text(zh="请另存为 UTF-8。", en="Save it as UTF-8."),
)
_EMPTY = (
    Text(zh="文件是空的。", en="The file is empty."),
    Text(zh="请参照已有的一件事编写。", en="Begin with a copy of a bundle that exists."),
)
_ALIAS = (
    Text(zh="不能使用 YAML 引用（*）。", en="YAML aliases (*) are not used in bundles."),
    Text(zh="请写出内容本身。", en="Write out what it stands for."),
)
_KEEP_ONE = Text(zh="请只保留一处。", en="Keep one of them.")
