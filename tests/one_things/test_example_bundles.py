"""The bundles that the guide for authors points to: in order, and together an example of everything it speaks of."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from one_things import definition
from one_things.bundle_file import read_bundle
from one_things.catalogue import SHIPPED, bundle_files

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples" / "bundles").glob("*.yaml"))
GUIDE = (ROOT / "docs" / "writing-a-bundle.md").read_text(encoding="utf-8")
NOT_SHOWN = {"StartingEvent", "Bundle.started_by", "Item.code"}
"""tests/flows/bundles/new-home.yaml shows how an event begins a case; codes of items are each city's own."""
MODELS = [
    model
    for model in (getattr(definition, name) for name in definition.__all__)
    if isinstance(model, type) and issubclass(model, BaseModel)
]


def said(value: object) -> Iterator[str]:
    """``Model.field`` for everything that somebody wrote down below this value."""
    if isinstance(value, BaseModel):
        for name in value.model_fields_set:
            declared = next(kind for kind in type(value).__mro__ if name in getattr(kind, "__annotations__", {}))
            yield f"{declared.__name__}.{name}"
            yield from said(getattr(value, name))
    elif isinstance(value, dict):
        for one in value.values():
            yield from said(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from said(one)


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_an_example_is_in_order_and_the_guide_points_to_it(file: Path) -> None:
    read_bundle(file)
    assert f"examples/bundles/{file.name}" in GUIDE


def test_everything_that_a_bundle_can_say_is_said_by_an_example() -> None:
    shown = {name for file in (*EXAMPLES, *bundle_files(SHIPPED)) for name in said(read_bundle(file))}
    declared = {f"{model.__name__}.{name}" for model in MODELS for name in vars(model).get("__annotations__", {})}
    declared = {name for name in declared if not name.endswith(".model_config")}
    missing = {name for name in declared - shown if not NOT_SHOWN & {name, name.partition(".")[0]}}
    assert missing == set()
