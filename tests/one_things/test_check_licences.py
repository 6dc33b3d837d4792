"""Mistakes about e-licences and credit checks in a bundle's file, each at its line."""

import pytest

from one_things.bundle_file import parse_bundle
from tests.one_things.test_bundle_file import line_of, mistakes

BUNDLE = """\
bundle: small-errand
version: "2026.1"
valid_from: 2026-01-01
title: {zh: 小事, en: A small errand}
summary: {zh: 一件小事, en: A small errand for tests}
departments:
  - {id: registry, title: {zh: 登记机关, en: Registry}}
situations:
  - {id: abroad, title: {zh: 是否在境外, en: Abroad}, type: yes_no}
fields:
  - {id: person.number, title: {zh: 号码, en: Number}, type: identity_number}
  - {id: person.name, title: {zh: 姓名, en: Name}}
  - {id: person.address, title: {zh: 住址, en: Address}, required: false}
  - {id: person.visa, title: {zh: 签证, en: Visa}, when: abroad}
materials:
  - id: card
    title: {zh: 身份证, en: Card}
    licence: {department: registry, type: identity-card, by: person.number, holder: person.name}
  - {id: letter, title: {zh: 信, en: Letter}}
items:
  - id: first
    title: {zh: 第一, en: First}
    department: registry
    kind: confirmation
    fields: [person.number, person.address, person.visa]
    materials: [card, letter]
    credit_check:
      record: {department: registry, dataset: breaches, field: listed, by: person.number}
      reason: {zh: 失信, en: A breach of trust}
      source: {document: 测试规定}
"""


def test_the_bundle_of_these_tests_is_in_order():
    assert parse_bundle(BUNDLE, "small.yaml").materials[0].licence is not None


@pytest.mark.parametrize(
    ("old", "new", "at", "code"),
    [
        ("licence: {department: registry", "licence: {department: regstry", "licence:", "department-unknown"),
        ("by: person.number, holder", "by: person.numbr, holder", "licence:", "field-unknown"),
        ("by: person.number, holder", "by: person.address, holder", "licence:", "key-not-asked"),
        ("by: person.number, holder", "by: person.visa, holder", "licence:", "key-not-asked"),
        ("holder: person.name", "holder: person.nam", "licence:", "field-unknown"),
        ("holder: person.name", "holder: person.address", "licence:", "holder-not-asked"),
        (
            "- {id: letter, title: {zh: 信, en: Letter}}",
            "- {id: letter, title: {zh: 信, en: Letter}, licence: {department: registry, type: identity-card, "
            "by: person.number}}",
            "id: letter",
            "licence-twice",
        ),
        (
            "title: {zh: 身份证, en: Card}",
            "title: {zh: 身份证, en: Card}\n    held_by: {department: registry, dataset: cards, field: valid, "
            "by: person.number}",
            "licence:",
            "replaced-twice",
        ),
        ("record: {department: registry", "record: {department: regstry", "record:", "department-unknown"),
        ("field: listed, by: person.number", "field: listed, by: person.numbr", "record:", "field-unknown"),
        ("field: listed, by: person.number", "field: listed, by: person.address", "record:", "key-not-asked"),
    ],
)  # fmt: skip
def test_a_mistake_is_found_at_its_line(old: str, new: str, at: str, code: str):
    assert BUNDLE.count(old) == 1
    text = BUNDLE.replace(old, new)

    assert (line_of(text, at), code) in mistakes(text)
