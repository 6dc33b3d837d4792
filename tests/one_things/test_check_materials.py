"""Mistakes in what may be deferred, promised or come on the way, each at its place with a fix."""

from pathlib import Path

import pytest
import yaml

from one_things.bundle_file import parse_bundle, read_bundle
from one_things.yaml_file import FileRefused

FILE = Path(__file__).parents[1] / "flows" / "bundles" / "shop-opening.yaml"


def mistakes(material: str, **changes: object) -> set[str]:
    definition = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    found = next(one for one in definition["materials"] if one["id"] == material)
    for name, value in changes.items():
        if isinstance(value, dict) and isinstance(found.get(name), dict):
            found[name] |= value
        else:
            found[name] = value
    with pytest.raises(FileRefused) as refused:
        parse_bundle(yaml.safe_dump(definition, allow_unicode=True), "shop-opening.yaml")
    return {fault.code for fault in refused.value.faults}


def test_the_bundle_of_these_tests_is_in_order():
    assert read_bundle(FILE).bundle == "shop-opening"


@pytest.mark.parametrize(
    ("material", "changes", "code"),
    [
        ("fire-photos", {"deferral": {"working_days": 5, "when_missing": "refuse"}}, "before-item-or-later"),
        ("fire-photos", {"required": False}, "before-item-or-later"),
        ("health-certificates", {"required": False}, "optional-anyway"),
        ("lease-contract", {"commitment": {"supervised_by": "nobody"}}, "department-unknown"),
        (
            "lease-contract",
            {
                "commitment": {
                    "excluded_by": {
                        "department": "nobody", "dataset": "x", "field": "listed", "by": "company.credit_code",
                    }
                }
            },
            "department-unknown",
        ),
    ],
)  # fmt: skip
def test_what_contradicts_itself(material: str, changes: dict[str, object], code: str):
    assert code in mistakes(material, **changes)


def test_who_may_promise_is_looked_up_by_a_field_that_its_items_ask_for():
    definition = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    definition["items"][0]["fields"] = ["contact.phone"]
    with pytest.raises(FileRefused) as refused:
        parse_bundle(yaml.safe_dump(definition, allow_unicode=True), "shop-opening.yaml")

    assert "commitment-key-not-asked" in {fault.code for fault in refused.value.faults}
