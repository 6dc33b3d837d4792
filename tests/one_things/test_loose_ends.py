"""What an author declared and never used, or said twice: each named at its line."""

import pytest

from one_things.bundle_file import parse_bundle
from one_things.yaml_file import FileRefused
from tests.one_things.test_bundle_file import SMALL

IDLE_QUESTION = """  - id: idle
    title: {zh: 闲问, en: Idle}
    type: yes_no
rules:
"""
ENDED = "valid_until: 2025-12-31"
HELD = "held_by: {department: tax, dataset: letters, field: letter, by: company.credit_code}"


@pytest.mark.parametrize(
    ("written", "instead", "place", "code"),
    [
        ("rules:\n", IDLE_QUESTION, "  - id: idle", "unused"),
        ("situations:\n", "  - {id: fire, title: {zh: 消防, en: Fire}}\nsituations:\n", "  - {id: fire", "unused"),
        (
            "valid_from: 2026-01-01\n",
            "valid_from: 2026-01-01\nvalid_until: 2025-12-31\n",
            "valid_until",
            "validity-reversed",
        ),
        ("produced_by: first}", f"{HELD}, handed_in: before_item}}", "  - {id: letter", "never-asked"),
        (
            "produced_by: first}",
            f"{HELD}, deferral: {{working_days: 5, when_missing: refuse}}}}",
            "  - {id: letter",
            "never-asked",
        ),
        (
            "    fields: [company.name]\n",
            "    fields: [company.name]\n    review_points:\n      - {id: a, title: {zh: 甲, en: A}, about: name}\n",
            "      - {id: a",
            "review-point-blind",
        ),
        (
            "    fields: [company.name]\n",
            "    fields: [company.name]\n    review_points:\n      - {id: a, title: {zh: 甲, en: A}}\n"
            "      - {id: a, title: {zh: 乙, en: B}}\n",
            "      - {id: a, title: {zh: 乙",
            "id-twice",
        ),
    ],
)
def test_a_loose_end_is_named_where_it_stands(written: str, instead: str, place: str, code: str):
    assert SMALL.count(written) == 1
    text = SMALL.replace(written, instead)

    with pytest.raises(FileRefused) as refused:
        parse_bundle(text, "small.yaml")

    lines = text.splitlines()
    here = next(number for number, line in enumerate(lines, 1) if line.startswith(place))
    assert [(fault.line, fault.code) for fault in refused.value.faults] == [(here, code)]
    assert all(fault.reason.zh and fault.fix.zh for fault in refused.value.faults)
