"""A YAML file that a person writes: read into a model, or refused with every mistake at its line.

YAML here is plain: no key twice in one mapping, which YAML would silently overwrite, and no anchors, which make a
reader look elsewhere.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import ValidationError

from one_things.faults import DomainError, Fault
from one_things.model import Record
from one_things.text import Text
from one_things.yaml_words import ALIAS, EMPTY, KEEP_ONE, NOT_UTF_8, TOO_LARGE, FileWords, in_plain_words
from one_things.yaml_words import not_yaml as _not_yaml

LARGEST_FILE = 1_000_000
"""Bytes; a bundle of a hundred items needs a twentieth of it."""

Place = tuple[str | int, ...]
"""Where something stands in the file: the keys and numbers on the way to it."""
Document = TypeVar("Document", bound=Record)


class FileFault(Record):
    """A mistake in a file: where, which (``code`` is stable), why, and how to put it right."""

    file: str
    line: int
    code: str
    reason: Text
    fix: Text

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason.en} {self.fix.en}"


class FileRefused(DomainError):
    """The file is not what it should be. ``faults`` lists every mistake that was found, in the order of the lines."""

    code = "file-refused"

    def __init__(self, faults: Iterable[FileFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True)
class YamlFile:
    """What a file holds, and on which line each part of it stands."""

    name: str
    data: object
    _lines: Mapping[Place, int]
    _words: FileWords

    def fault(self, place: Place, code: str, reason: Text, fix: Text) -> FileFault:
        """A mistake at this place, or at the nearest one around it that the file holds."""
        while place not in self._lines:
            place = place[:-1]
        return FileFault(file=self.name, line=self._lines[place], code=code, reason=reason, fix=fix)

    def placed(self, fault: Fault) -> FileFault:
        """The same fault with its line; its field is a path such as ``items.0.title``, in which a key may hold dots."""
        lines = {".".join(map(str, place)): line for place, line in self._lines.items()}
        path = fault.field
        while path not in lines:
            path = path.rpartition(".")[0]
        return FileFault(file=self.name, line=lines[path], code=fault.code, reason=fault.reason, fix=fault.fix)

    def model_faults(self, refused: ValidationError, within: Place = ()) -> list[FileFault]:
        """What the model refused, in plain words; ``within`` is where the part stands that was validated."""
        faults = []
        for error in refused.errors(include_url=False):
            place = self._written((*within, *error["loc"]))
            reason, fix = in_plain_words(error, place, self._words)
            faults.append(self.fault(place, f"model-{error['type'].replace('_', '-')}", reason, fix))
        return faults

    def _written(self, place: Place) -> Place:
        """The place without what only the model knows of: which of several shapes it took a part for."""
        written: Place = ()
        for step in place[:-1]:
            if (*written, step) in self._lines:
                written = (*written, step)
        return (*written, *place[-1:])


def read_text(path: Path) -> str:
    """The text of a file somebody wrote. Raises FileRefused, and OSError when the file cannot be read."""
    with path.open("rb") as opened:
        content = opened.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise FileRefused((_at_top(str(path), "file-too-large", TOO_LARGE),))
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as unreadable:
        raise FileRefused((_at_top(str(path), "file-not-utf-8", NOT_UTF_8),)) from unreadable


def parse_document(
    text: str, file: str, model: type[Document], check: Callable[[Document], Iterable[Fault]], words: FileWords
) -> Document:
    """What the text describes, as ``model`` has it and ``check`` finds right. Raises FileRefused with all faults."""
    parsed = parse(text, file, words)
    try:
        document = model.model_validate(parsed.data)
    except ValidationError as refused:
        faults = parsed.model_faults(refused)
    else:
        faults = [parsed.placed(fault) for fault in check(document)]
        if not faults:
            return document
    raise FileRefused(in_order(faults))


def in_order(faults: Iterable[FileFault]) -> list[FileFault]:
    """The faults of one file as somebody who goes through it meets them."""
    return sorted(faults, key=lambda fault: (fault.line, fault.code))


def parse(text: str, file: str, words: FileWords) -> YamlFile:
    """What the text says, and where; ``file`` names it in the faults. Raises FileRefused when it is no plain YAML."""
    try:
        loader = _PlainLoader(text)
        node = loader.get_single_node()
        if node is None:
            raise FileRefused((_at_top(file, "file-empty", (EMPTY, words.begin)),))
        lines: dict[Place, int] = {}
        twice = [
            _fault(file, line, "key-twice", Text(zh=f"“{key}”写了两次。", en=f"'{key}' stands here twice."), KEEP_ONE)
            for line, key in _walk(node, (), lines)
        ]
        if twice:
            raise FileRefused(twice)
        return YamlFile(file, loader.construct_document(node), lines, words)
    except yaml.MarkedYAMLError as wrong:
        line = wrong.problem_mark.line + 1 if wrong.problem_mark else 1
        code, texts = ("alias", ALIAS) if wrong.problem == "an alias" else ("not-yaml", _not_yaml(wrong.problem))
        raise FileRefused((_fault(file, line, code, *texts),)) from wrong
    except yaml.reader.ReaderError as wrong:
        line = text.count("\n", 0, wrong.position) + 1
        raise FileRefused((_fault(file, line, "not-yaml", *_not_yaml("an unprintable character")),)) from wrong
    except (yaml.YAMLError, ValueError, RecursionError) as wrong:
        raise FileRefused((_at_top(file, "not-yaml", _not_yaml(None)),)) from wrong


class _PlainLoader(yaml.SafeLoader):
    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "an alias", mark)
        return super().compose_node(parent, index)


def _walk(node: yaml.Node, place: Place, lines: dict[Place, int]) -> Iterator[tuple[int, str]]:
    """Notes the line of every place; yields line and name of each key that stands twice in its mapping."""
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        for number, entry in enumerate(node.value):
            yield from _walk(entry, (*place, number), lines)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            line = key.start_mark.line + 1
            name = str(key.value)
            if name in seen:
                yield line, name
            seen.add(name)
            lines[(*place, name)] = line
            yield from _walk(value, (*place, name), lines)


def _at_top(file: str, code: str, texts: tuple[Text, Text]) -> FileFault:
    return _fault(file, 1, code, *texts)


def _fault(file: str, line: int, code: str, reason: Text, fix: Text) -> FileFault:
    return FileFault(file=file, line=line, code=code, reason=reason, fix=fix)
