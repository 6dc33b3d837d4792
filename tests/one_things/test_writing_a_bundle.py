"""The guide for authors, held against what a bundle may really say."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from one_things import definition
from one_things.definition import FieldType, ItemKind

GUIDE = (Path(__file__).parents[2] / "docs" / "writing-a-bundle.md").read_text(encoding="utf-8")
OPAQUE = {"code", "sources", "document", "article"}
"""Names that an author needs no word about, or that every example shows inside `source`."""


MODELS = [getattr(definition, name) for name in definition.__all__]


@pytest.mark.parametrize(
    "model", [model for model in MODELS if isinstance(model, type) and issubclass(model, BaseModel)]
)
def test_every_name_that_may_stand_in_a_bundle_is_in_the_guide(model: type[BaseModel]):
    named = set(re.findall(r"\b([a-z_]+):", GUIDE)) | set(re.findall(r"`([a-z_]+):? ?[^`]*`", GUIDE))

    assert set(model.model_fields) - named - OPAQUE == set()


@pytest.mark.parametrize("word", [*ItemKind, *FieldType])
def test_every_kind_and_type_is_in_the_guide(word: str):
    assert f"`{word}`" in GUIDE
