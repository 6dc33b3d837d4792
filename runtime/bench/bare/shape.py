"""The errand that the bare side carries out, as plain data: the same items, order, fields, look-ups and materials."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, TypedDict

from one_things.plan import Plan

SHAPE_VARIABLE = "BENCH_SHAPE"


class ShapeItem(TypedDict):
    """One item: who decides it, after which items, and what it is submitted with."""

    department: str
    after: list[str]
    fields: list[str]
    materials: list[dict[str, Any]]
    lookups: list[str]


class ShapeLookup(TypedDict):
    """One look-up; `fields` maps form fields to the fields of the dataset."""

    department: str
    dataset: str
    by: str
    fields: dict[str, str]


class Shape(TypedDict):
    """The whole errand."""

    items: dict[str, ShapeItem]
    lookups: dict[str, ShapeLookup]


def shape_of(plan: Plan) -> Shape:
    """What a plan comes down to when nobody has to be told anything about it."""
    materials = {material.id: material.model_dump(mode="json") for material in plan.materials}
    return Shape(
        items={
            item.id: ShapeItem(
                department=item.department,
                after=list(item.after),
                fields=list(item.fields),
                materials=[materials[material] for material in item.materials],
                lookups=list(item.lookups),
            )
            for item in plan.items
        },
        lookups={
            lookup.id: ShapeLookup(
                department=lookup.department, dataset=lookup.dataset, by=lookup.by, fields=lookup.fields
            )
            for lookup in plan.lookups
        },
    )


def load_shape() -> Shape:
    """The shape in the file that the environment names; for the bare worker."""
    shape: Shape = json.loads(Path(os.environ[SHAPE_VARIABLE]).read_text(encoding="utf-8"))
    return shape
