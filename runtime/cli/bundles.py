"""`onething bundles …`: the one-things that can be applied for, for the people who write them."""

from __future__ import annotations

from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from runtime.cli.commands import CommandFailed, Commands
from runtime.cli.console import errors, results
from runtime.settings import PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from one_things.catalogue import Catalogue
    from one_things.definition import Bundle, Item
    from one_things.selection import Selection

_BAD_INPUT = 2

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
    group = commands.group("bundles", "The one-things that can be applied for: list, show, check.")
    group.command("list")(list_bundles)
    group.command("show")(show)
    group.command("check")(check)
    group.command("schema")(schema)


def list_bundles(folder: _Folder = None) -> None:
    """List every bundle with its version.

    Example: `onething bundles list`
    """
    table = Table("bundle", "version", "valid from", "items", "title", box=None)
    for bundle in _catalogue(folder):
        title = f"{bundle.title.zh} · {bundle.title.en}"
        table.add_row(bundle.bundle, bundle.version, str(bundle.valid_from), str(len(bundle.items)), title)
    results.print(table)


def show(
    bundle_id: Annotated[str, typer.Argument(metavar="BUNDLE")],
    answer: Annotated[
        list[str] | None,
        typer.Option("--answer", metavar="NAME=VALUE", help="Show only what applies to this answer. Repeatable."),
    ] = None,
    folder: _Folder = None,
) -> None:
    """Draw the order of a bundle as text: what goes side by side, what waits for what, and where the pivot lies.

    Example: `onething bundles show enterprise-exit --answer route=simple --answer has_employees=true`
    """
    from one_things.admission import answer_faults, usable_answers
    from one_things.catalogue import BundleUnknown
    from one_things.selection import select

    try:
        bundle = _catalogue(folder).get(bundle_id)
    except BundleUnknown as unknown:
        raise CommandFailed(str(unknown), _BAD_INPUT) from None
    given = dict(_answer(text) for text in answer or [])
    faults = tuple(answer_faults(bundle, given))
    if faults:
        raise CommandFailed("; ".join(f"{f.field}: {f.reason.en} {f.fix.en}" for f in faults), _BAD_INPUT)
    results.print(f"{bundle.title.zh} · {bundle.title.en}")
    results.print(f"{bundle.bundle} {bundle.version}, valid from {bundle.valid_from}\n")
    selection = select(bundle, usable_answers(bundle, given), None) if given else None
    for line in _drawing(bundle, selection):
        results.print(line)
    if selection is not None and selection.unanswered:
        results.print(f"\nleft out until answered: {', '.join(sorted(selection.unanswered))}")


def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]…", help="Files to check; without one those that come with the product."),
    ] = None,
) -> None:
    """Check bundle files and list every mistake with its file and line. Ends with 2 when there is one.

    Example: `onething bundles check my-bundle.yaml`
    """
    from one_things.bundle_file import BundleRefused, read_bundle
    from one_things.catalogue import SHIPPED, bundle_files

    mistakes = 0
    for file in files or bundle_files(SHIPPED):
        try:
            bundle = read_bundle(file)
        except BundleRefused as refused:
            mistakes += len(refused.faults)
            for fault in refused.faults:
                errors.print(str(fault))
        except OSError as unreadable:
            mistakes += 1
            errors.print(f"{file}: cannot be read: {unreadable.strerror}")
        else:
            results.print(f"{file}: {bundle.bundle} {bundle.version} is in order, {len(bundle.items)} items")
    if mistakes:
        raise CommandFailed(f"{mistakes} mistakes" if mistakes > 1 else "1 mistake", _BAD_INPUT)


def schema() -> None:
    """Print the JSON Schema of bundles, for an editor that completes and marks while one writes.

    Example: `onething bundles schema > bundle.schema.json`
    """
    from one_things.bundle_schema import bundle_schema

    results.print(bundle_schema(), end="")


def _catalogue(folder: Path | None) -> Catalogue:
    """The bundles of the product and of `folder`. Raises CommandFailed with the mistakes of those that hold one."""
    from one_things.bundle_file import BundleRefused
    from one_things.catalogue import Catalogue

    try:
        return Catalogue(folder)
    except BundleRefused as refused:
        raise CommandFailed("\n".join(map(str, refused.faults)), _BAD_INPUT) from None


def _answer(text: str) -> tuple[str, str | bool]:
    name, sign, value = text.partition("=")
    if not sign:
        raise CommandFailed(f"--answer {text}: write NAME=VALUE, as in route=simple", _BAD_INPUT)
    return name, {"true": True, "false": False}.get(value, value)


def _drawing(bundle: Bundle, selection: Selection | None) -> Iterator[str]:
    """One paragraph for each step of items that go side by side; lines, not columns, so that no id is cut off."""
    from one_things.selection import order_of

    items = {item.id: item for item in bundle.items}
    after = order_of(bundle, items.keys()) if selection is None else selection.after
    order = TopologicalSorter(after)
    order.prepare()
    step = 0
    while order.is_active():
        step += 1
        together = sorted(order.get_ready(), key=list(items).index)
        yield f"step {step}"
        for item_id in together:
            item = items[item_id]
            yield f"  {'★' if item.pivot else '·'} {item.title.zh}  {item.id}  ({item.department}, {_takes(item)})"
            if item.when is not None and selection is None:
                yield f"      only if {item.when}"
            if after[item_id]:
                yield f"      after {', '.join(after[item_id])}"
        order.done(*together)
    yield "★ the pivot: nothing is undone after it"


def _takes(item: Item) -> str:
    if item.notice is not None:
        return f"{item.notice.calendar_days} days of notice"
    if item.limits is None:
        return "no limit"
    days = item.limits.committed
    return f"{days} working day{'s' if days > 1 else ''}"
