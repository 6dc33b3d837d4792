"""Reads the text of a directory: the entries, and every mistake at its line, also where only some entries are sound."""

from dataclasses import dataclass

from pydantic import ValidationError

from adapters.configuration.check import misfits
from adapters.configuration.entry import DepartmentEntry, DirectoryFile
from one_things.text import Text
from one_things.yaml_file import FileFault, FileRefused, YamlFile, in_order, parse
from one_things.yaml_words import FileWords

_WORDS = FileWords(
    begin=Text(zh="请参照 docs/connecting-a-department.md。", en="Begin with docs/connecting-a-department.md."),
    names=Text(
        zh='部门和事项如 market-regulation，时刻如 "22:00"，环境变量如 TAX_TOKEN。',
        en='Departments and items read like market-regulation, times like "22:00", variables like TAX_TOKEN.',
    ),
    schema="`onething adapter schema`",
)


@dataclass(frozen=True)
class ReadDirectory:
    """What could be read of a directory's text: sound entries, all faults, and the file for faults found later."""

    departments: dict[str, DepartmentEntry]
    faults: tuple[FileFault, ...]
    file: YamlFile


def read_directory(text: str, file: str) -> ReadDirectory:
    """The departments that the text describes. Raises FileRefused when it is no plain YAML."""
    parsed = parse(text, file, _WORDS)
    try:
        sound = DirectoryFile.model_validate(parsed.data).departments
        faults: list[FileFault] = []
    except ValidationError as refused:
        sound = _sound_entries(parsed.data)
        faults = parsed.model_faults(refused)
    faults += [parsed.fault(*misfit) for misfit in misfits(sound)]
    return ReadDirectory(sound, tuple(in_order(faults)), parsed)


def parse_directory(text: str, file: str) -> dict[str, DepartmentEntry]:
    """Every department by its code. Raises FileRefused with all mistakes."""
    read = read_directory(text, file)
    if read.faults:
        raise FileRefused(read.faults)
    return read.departments


def _sound_entries(data: object) -> dict[str, DepartmentEntry]:
    departments = data.get("departments") if isinstance(data, dict) else None
    sound: dict[str, DepartmentEntry] = {}
    for code, entry in departments.items() if isinstance(departments, dict) else ():
        try:
            sound |= DirectoryFile.model_validate({"departments": {code: entry}}).departments
        except ValidationError:
            continue
    return sound
