"""A bundle's YAML file: read into the model, or refused with every mistake at its line."""

from collections.abc import Iterable
from pathlib import Path

from one_things.check import bundle_faults
from one_things.definition import Bundle
from one_things.text import Text
from one_things.yaml_file import FileFault, FileRefused, parse, parse_document, read_text
from one_things.yaml_words import FileWords

_WORDS = FileWords(
    begin=Text(zh="请参照已有的一件事编写。", en="Begin with a copy of a bundle that exists."),
    names=Text(
        zh='编号如 tax-clearance，情形和选项如 owes_tax，字段如 company.name，版本如 "2026.1"。',
        en="Ids read like tax-clearance, situations and options like owes_tax, fields like company.name, "
        'versions like "2026.1".',
    ),
    schema="bundle.schema.json",
)


def read_bundle(path: Path) -> Bundle:
    """The bundle in this file. Raises FileRefused, and OSError when the file cannot be read."""
    return parse_bundle(read_text(path), str(path))


def read_bundles(files: Iterable[Path]) -> list[Bundle]:
    """The bundles in these files, which stand side by side. Raises FileRefused with the mistakes of all of them.

    One bundle in the same version twice is a mistake: nobody could tell which of the two is meant.
    """
    bundles: dict[tuple[str, str], tuple[Path, Bundle]] = {}
    faults: list[FileFault] = []
    for file in files:
        try:
            bundle = read_bundle(file)
        except FileRefused as refused:
            faults += refused.faults
            continue
        earlier, _ = bundles.setdefault((bundle.bundle, bundle.version), (file, bundle))
        if earlier != file:
            faults.append(version_twice(file, bundle, earlier))
    if faults:
        raise FileRefused(faults)
    return [bundle for _, bundle in bundles.values()]


def version_twice(file: Path, bundle: Bundle, earlier: Path) -> FileFault:
    """The mistake that ``file`` holds the same version of the same bundle as a file read ``earlier``."""
    name = f"{bundle.bundle} {bundle.version}"
    return parse(file.read_text(encoding="utf-8"), str(file), _WORDS).fault(
        ("version",),
        "version-twice",
        Text(zh=f"{name} 已写在 {earlier.name} 中。", en=f"{name} stands in {earlier.name} already."),
        Text(zh="修改即新版本：请另取版本号。", en="A change is a new version: give it a number of its own."),
    )


def parse_bundle(text: str, file: str) -> Bundle:
    """The bundle that the text describes; ``file`` names it in the faults. Raises FileRefused."""
    return parse_document(text, file, Bundle, bundle_faults, _WORDS)
