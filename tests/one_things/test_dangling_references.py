"""A name that nothing declares is told wherever a bundle may refer to something: with line, reason and fix."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import one_things
from one_things.bundle_file import parse_bundle
from one_things.yaml_file import FileRefused

BUNDLES = Path(__file__).parents[1] / "flows" / "bundles"
SHIPPED = Path(one_things.__file__).parent / "catalogue"
SHIPPED_NAMES = ("enterprise-exit", "employee-retirement", "property-transfer-with-mortgage")
NAMES = ("shop-opening", "new-home", "house-sale", "catering-opening", "courier-station", "shared-home")
SINGLE = frozenset(
    {"department", "supervised_by", "by", "produced_by", "after_notice_of", "applicant", "payer", "payee", "amount",
     "identity", "about", "holder", "answer"}
)  # fmt: skip
"""Words whose value is a name that has to be declared elsewhere in the file."""
SEVERAL = frozenset({"requires", "after", "fields", "materials", "deposits", "parties", "items", "answers"})
"""Words that list such names, or have them as keys."""
Path_ = tuple[str | int, ...]


def references(node: Any, path: Path_ = ()) -> Iterator[Path_]:
    """Every place of the file in which a name stands that is declared elsewhere."""
    if isinstance(node, list):
        for place, one in enumerate(node):
            yield from references(one, (*path, place))
        return
    if not isinstance(node, dict):
        return
    for word, value in node.items():
        at = (*path, word)
        if (word in SINGLE and isinstance(value, str)) or (word == "name" and path[:1] == ("parties",)):
            yield at
        elif word in SEVERAL and isinstance(value, list) and all(isinstance(one, str) for one in value):
            yield from ((*at, place) for place in range(len(value)))
        elif word in SEVERAL and isinstance(value, dict) and path[:1] == ("started_by",):
            yield from ((*at, key) for key in value)
        else:
            yield from references(value, at)


def dangling(definition: Any, path: Path_) -> str:
    """The file with a name at this place that nothing declares."""
    node = definition
    for step in path[:-1]:
        node = node[step]
    last = path[-1]
    wrong = "no-such-thing" if "-" in str(node[last]) or "." not in str(node[last]) else "no.such_thing"
    if path[0] == "started_by" and path[-2] in SEVERAL and isinstance(node, dict):
        items = [("no.such_thing" if key == last else key, value) for key, value in node.items()]
        node.clear()
        node.update(items)
    else:
        node[last] = wrong
    return yaml.safe_dump(definition, allow_unicode=True, sort_keys=False)


def read(name: str) -> Any:
    file = (BUNDLES if name in NAMES else SHIPPED) / f"{name}.yaml"
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def once(paths: Iterator[Path_]) -> list[Path_]:
    """One place of each kind that the small bundles have none of."""
    return list(
        {path[-1]: path for path in paths if path[-1] in ("about", "answer", "after_notice_of", "produced_by")}.values()
    )


PLACES = [(name, path) for name in NAMES for path in references(read(name))]
PLACES += [(name, path) for name in SHIPPED_NAMES for path in once(references(read(name)))]


def test_the_kinds_of_reference_are_all_here() -> None:
    words = {next(str(step) for step in reversed(path) if step in SINGLE | SEVERAL | {"name"}) for _, path in PLACES}
    assert words == SINGLE | SEVERAL | {"name"}


@pytest.mark.parametrize(
    ("name", "path"),
    PLACES,
    ids=lambda part: part if isinstance(part, str) else ".".join(map(str, part)),
)
def test_a_dangling_name_is_told_at_its_line(name: str, path: Path_) -> None:
    text = dangling(read(name), path)
    with pytest.raises(FileRefused) as refused:
        parse_bundle(text, f"{name}.yaml")
    lines = text.splitlines()
    told = [
        fault
        for fault in refused.value.faults
        if fault.line is not None and any("such" in line for line in lines[fault.line - 1 : fault.line + 1])
    ]
    assert told, [(fault.line, fault.code) for fault in refused.value.faults]
    assert all(
        words.strip() for fault in told for words in (fault.reason.zh, fault.reason.en, fault.fix.zh, fault.fix.en)
    )
