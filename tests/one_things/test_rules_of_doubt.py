"""docs/departments.md: every doubt has a rule, an event of the record and a test that exists."""

import ast
import re
from pathlib import Path
from typing import get_args

import pytest

from one_things.events import Event, WhySetAside

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "departments.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in PAGE.splitlines()
    if line.startswith("| ") and "::test_" in line
]
KINDS = {kind.model_fields["type"].default for kind in get_args(get_args(Event)[0])}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].strip("| "))
def test_a_rule_is_whole(row: list[str]) -> None:
    doubt, rule, answer, seen_by, event, _, test = row
    assert all((doubt, rule, answer, seen_by))
    assert event.strip("`") in KINDS
    file, name = test.strip(" |`").split("::")
    tests = {
        node.name
        for node in ast.parse((ROOT / file).read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert name in tests


def test_every_reason_for_setting_aside_has_its_rule() -> None:
    named = [match for row in ROWS for match in re.findall(r"^`(\w+)`$", row[5])]
    assert set(named) == set(WhySetAside)


def test_every_doubt_of_the_issue_is_there() -> None:
    assert len(ROWS) >= 12
