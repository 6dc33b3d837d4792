"""`onething bundles …`: the one-things that can be applied for, for the people who write them."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from runtime.cli.commands import CommandFailed, Commands
from runtime.cli.console import errors, results
from runtime.settings import PREFIX

if TYPE_CHECKING:
    from one_things.catalogue import Catalogue
    from one_things.definition import Bundle

_BAD_INPUT = 2


class Language(StrEnum):
    """The two languages of the product."""

    ZH = "zh"
    EN = "en"


_Folder = Annotated[
    Path | None,
    typer.Option(
        "--folder",
        metavar="DIR",
        envvar=f"{PREFIX}BUNDLE_DIRECTORY",
        help="A further folder of bundles.",
        exists=True,
        file_okay=False,
    ),
]


def register(commands: Commands) -> None:
    """Add the group `bundles`."""
    group = commands.bundle_group()
    group.command("list")(list_bundles)
    group.command("show")(show)
    group.command("check")(check)
    group.command("schema")(schema)


def list_bundles(folder: _Folder = None) -> None:
    """List every bundle in every version; `*` marks the one that an application gets today.

    Example: `onething bundles list`
    """
    from one_things.clock import shanghai_date
    from one_things.versions import in_force

    today = shanghai_date(datetime.now(UTC))
    catalogue = _catalogue(folder)
    table = Table("bundle", "version", "valid", "items", "title", box=None)
    for bundle in catalogue:
        mark = " *" if in_force(catalogue.versions(bundle.bundle), today) == bundle else ""
        valid = f"{bundle.valid_from} – {bundle.valid_until or ''}".strip()
        title = f"{bundle.title.zh} · {bundle.title.en}"
        table.add_row(bundle.bundle, bundle.version + mark, valid, str(len(bundle.items)), title)
    results.print(table)


def show(
    bundle_id: Annotated[str, typer.Argument(metavar="BUNDLE")],
    answer: Annotated[
        list[str] | None,
        typer.Option("--answer", metavar="NAME=VALUE", help="Show only what applies to this answer. Repeatable."),
    ] = None,
    version: Annotated[
        str | None, typer.Option("--version", metavar="VERSION", help="This version; without it the newest.")
    ] = None,
    folder: _Folder = None,
) -> None:
    """Draw the order of a bundle as text: what goes side by side, what waits for what, and where the pivot lies.

    Example: `onething bundles show enterprise-exit --answer route=simple --answer has_employees=true`
    """
    from one_things.admission import answer_faults, usable_answers
    from one_things.catalogue import BundleUnknown, VersionUnknown
    from one_things.selection import select
    from runtime.authoring.outline import outline

    try:
        bundle = _catalogue(folder).get(bundle_id, version)
    except (BundleUnknown, VersionUnknown) as unknown:
        raise CommandFailed(str(unknown), _BAD_INPUT) from None
    given = dict(given_answer(text) for text in answer or [])
    faults = tuple(answer_faults(bundle, given))
    if faults:
        raise CommandFailed("; ".join(f"{f.field}: {f.reason.en} {f.fix.en}" for f in faults), _BAD_INPUT)
    results.print(f"{bundle.title.zh} · {bundle.title.en}")
    until = f" until {bundle.valid_until}" if bundle.valid_until else ""
    results.print(f"{bundle.bundle} {bundle.version}, valid from {bundle.valid_from}{until}\n")
    selection = select(bundle, usable_answers(bundle, given), None) if given else None
    for line in outline(bundle, selection):
        results.print(line)
    if selection is not None and selection.unanswered:
        results.print(f"\nleft out until answered: {', '.join(sorted(selection.unanswered))}")


def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]…", help="Files to check; without one those that come with the product."),
    ] = None,
    svg: Annotated[
        Path | None, typer.Option("--svg", metavar="FILE", help="Draw the one bundle that is checked as a picture.")
    ] = None,
    language: Annotated[Language, typer.Option(help="Language of the picture.")] = Language.ZH,
) -> None:
    """Check bundle files: list every mistake with file, line and what to do; draw a single one that is in order.

    Files checked together are checked as they will lie side by side: one version twice is a mistake as well. Ends with
    2 when there is a mistake.

    Example: `onething bundles check my-bundle.yaml --svg my-bundle.svg`
    """
    from one_things.bundle_file import read_bundle, version_twice
    from one_things.catalogue import SHIPPED, bundle_files
    from one_things.yaml_file import FileRefused

    if svg is not None and len(files or ()) != 1:
        raise CommandFailed("--svg draws one bundle: name one file to check", _BAD_INPUT)
    mistakes = 0
    in_order = []
    seen: dict[tuple[str, str], Path] = {}
    for file in dict.fromkeys(files or bundle_files(SHIPPED)):
        try:
            bundle = read_bundle(file)
            earlier = seen.setdefault((bundle.bundle, bundle.version), file)
            if earlier != file:
                raise FileRefused((version_twice(file, bundle, earlier),))
        except FileRefused as refused:
            mistakes += len(refused.faults)
            for fault in refused.faults:
                errors.print(str(fault))
        except OSError as unreadable:
            mistakes += 1
            errors.print(f"{file}: cannot be read: {unreadable.strerror}")
        else:
            in_order.append(bundle)
            results.print(f"{file}: {bundle.bundle} {bundle.version} is in order, {len(bundle.items)} items")
    if mistakes:
        raise CommandFailed(f"{mistakes} mistakes" if mistakes > 1 else "1 mistake", _BAD_INPUT)
    if len(files or ()) == 1:
        _draw(in_order[0], svg, language)


def _draw(bundle: Bundle, svg: Path | None, language: Language) -> None:
    from runtime.authoring.outline import outline

    results.print()
    for line in outline(bundle):
        results.print(line)
    if svg is None:
        return
    from runtime.authoring.picture import picture

    try:
        svg.write_text(picture(bundle, language), encoding="utf-8")
    except OSError as unwritable:
        raise CommandFailed(f"{svg} cannot be written: {unwritable.strerror}") from None
    errors.print(f"drawn: {svg}")


def schema() -> None:
    """Print the JSON Schema of bundles, for an editor that completes and marks while one writes.

    Example: `onething bundles schema > bundle.schema.json`
    """
    from one_things.bundle_schema import bundle_schema

    results.print(bundle_schema(), end="")


def _catalogue(folder: Path | None) -> Catalogue:
    """The bundles of the product and of `folder`. Raises CommandFailed with the mistakes of those that hold one."""
    from one_things.catalogue import Catalogue
    from one_things.yaml_file import FileRefused

    try:
        return Catalogue(folder)
    except FileRefused as refused:
        raise CommandFailed("\n".join(map(str, refused.faults)), _BAD_INPUT) from None


def given_answer(text: str) -> tuple[str, str | bool]:
    """Name and value of an answer that is written NAME=VALUE. Raises CommandFailed."""
    name, sign, value = text.partition("=")
    if not sign:
        raise CommandFailed(f"{text}: write NAME=VALUE, as in route=simple", _BAD_INPUT)
    return name, {"true": True, "false": False}.get(value, value)
