"""A bundle's file, and every mistake in it at its line."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from one_things.bundle_file import parse_bundle, read_bundle, read_bundles
from one_things.bundle_schema import bundle_schema
from one_things.catalogue import SHIPPED, BundleUnknown, Catalogue, bundle_files
from one_things.yaml_file import LARGEST_FILE, FileRefused
from tests.one_things.given import EXIT

SMALL = """\
bundle: small-errand
version: "2026.1"
valid_from: 2026-01-01
title: {zh: 小事, en: A small errand}
summary: {zh: 一件小事, en: A small errand for tests}
departments:
  - {id: tax, title: {zh: 税务局, en: Tax}}
  - {id: bank, title: {zh: 银行, en: Bank}}
situations:
  - id: route
    title: {zh: 方式, en: Route}
    type: choice
    options:
      - {value: short, title: {zh: 短, en: Short}}
      - {value: long, title: {zh: 长, en: Long}}
rules:
  - id: no-long-route
    refuse_when: route == 'long'
    answer: route
    reason: {zh: 不行, en: Not that way}
    fix: {zh: 另选, en: Take the other}
    source: {document: 测试规定}
fields:
  - {id: company.credit_code, title: {zh: 代码, en: Code}, type: credit_code}
  - id: company.name
    title: {zh: 名称, en: Name}
    source: {department: tax, dataset: names, field: name, by: company.credit_code}
materials:
  - {id: letter, title: {zh: 信, en: Letter}, produced_by: first}
items:
  - id: first
    title: {zh: 第一, en: First}
    department: tax
    kind: public_notice
    fields: [company.name]
    limits: {statutory: 5, committed: 1}
    notice: {calendar_days: 20, source: {document: 测试规定}}
    undo: {title: {zh: 撤销, en: Take back}}
  - id: second
    title: {zh: 第二, en: Second}
    department: bank
    kind: confirmation
    requires: [first]
    materials: [letter]
    window: {after_notice_of: first, calendar_days: 20, source: {document: 测试规定}}
    pivot: true
  - id: third
    title: {zh: 第三, en: Third}
    department: bank
    kind: filing
    after: [second]
"""


def mistakes(text: str) -> list[tuple[int, str]]:
    with pytest.raises(FileRefused) as refused:
        parse_bundle(text, "small.yaml")
    assert all(fault.file == "small.yaml" and fault.fix.zh and fault.reason.zh for fault in refused.value.faults)
    return [(fault.line, fault.code) for fault in refused.value.faults]


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def test_a_bundle_in_order_is_read():
    assert parse_bundle(SMALL, "small.yaml").items[1].window is not None


@pytest.mark.parametrize(
    ("old", "new", "at", "code"),
    [
        # shape
        ("kind: filing", "kind: filling", "kind: filling", "model-enum"),
        ("kind: filing", "kin: filing", "kin: filing", "model-extra-forbidden"),
        ("pivot: true", "pivot: perhaps", "pivot: perhaps", "model-bool-parsing"),
        ('version: "2026.1"', "version: 2026.1", "version:", "model-string-type"),
        ("bundle: small-errand", "bundle: Small Errand", "bundle:", "model-string-pattern-mismatch"),
        ("notice: {calendar_days: 20", "notice: {calendar_days: 0", "days: 0", "model-greater-than-equal"),
        # YAML
        ("pivot: true", "pivot: true\n    pivot: false", "pivot: false", "key-twice"),
        ("pivot: true", "pivot: [", "third", "not-yaml"),
        ("fields: [company.name]", "fields: &f [company.name]\n    materials: *f", "*f", "alias"),
        # names
        ("{id: bank,", "{id: tax,", "{id: tax, title: {zh: 银行", "id-twice"),
        ("title: {zh: 第二, en: Second}", "title: {zh: 第 一, en: Second}", "第 一", "title-twice"),
        ("title: {zh: 名称, en: Name}", "title: {zh: 名称, en: code}", "en: code", "title-twice"),
        # references
        ("department: tax\n    kind", "department: taxes\n    kind", "department: taxes", "department-unknown"),
        ("requires: [first]", "requires: [frist]", "requires: [frist]", "item-unknown"),
        ("after: [second]", "after: [zeroth]", "after: [zeroth]", "item-unknown"),
        ("fields: [company.name]", "fields: [company.nam]", "fields: [company.nam]", "field-unknown"),
        ("materials: [letter]", "materials: [leter]", "materials: [leter]", "material-unknown"),
        ("{after_notice_of: first", "{after_notice_of: fist", "after_notice_of", "item-unknown"),
        ("produced_by: first", "produced_by: fist", "produced_by", "item-unknown"),
        ("answer: route", "answer: rout", "answer: rout", "situation-unknown"),
        ("department: tax, dataset", "department: taxes, dataset", "dataset", "department-unknown"),
        ("by: company.credit_code", "by: company.code", "by: company.code", "field-unknown"),
        ("by: company.credit_code", "by: company.name", "by: company.name", "key-not-asked"),
        ("materials:\n  - {id: letter",
         "  - {id: company.other, title: {zh: 另一代码, en: Other code}, type: credit_code}\n"
         "  - {id: company.owner, title: {zh: 业主, en: Owner}, source: "
         "{department: tax, dataset: names, field: owner, by: company.other}}\n"
         "materials:\n  - {id: letter", "by: company.other", "key-differs"),
        # conditions and answers
        ("route == 'long'", "route == 'lang'", "refuse_when", "condition-option-unknown"),
        ("kind: filing", "kind: filing\n    when: rote == 'short'", "rote", "condition-situation-unknown"),
        ("kind: filing", "kind: filing\n    when: route == # half", "# half", "condition-unreadable"),
        ("kind: filing", "kind: filing\n    when: route == 'long' # barred", "# barred", "unreachable"),
        ("type: choice", "type: choice\n    default: middle", "default", "default-unfit"),
        ("type: choice", "type: yes_no", "options:", "options-unfit"),
        ("type: credit_code", "type: choice", "company.credit_code, title", "options-missing"),
        # items
        ("statutory: 5, committed: 1", "statutory: 5, committed: 9", "committed: 9", "committed-longer"),
        ("id: third", "id: third\n    pivot: true # again", "# again", "pivot-twice"),
        ("kind: filing", "kind: filing\n    undo: {title: {zh: 撤, en: Undo}}", "en: Undo", "undo-after-pivot"),
        ("pivot: true", "pivot: true\n    undo: {title: {zh: 撤, en: Undo}}", "en: Undo", "undo-after-pivot"),
        ("{after_notice_of: first", "{after_notice_of: third", "after_notice_of", "window-without-notice"),
        ("requires: [first]", "after: []", "window:", "window-without-notice"),
        ("undo: {title: {zh: 撤销, en: Take back}}", "materials: [letter]", "materials: [letter]", "produced-later"),
    ],
)  # fmt: skip
def test_a_mistake_is_found_at_its_line(old: str, new: str, at: str, code: str):
    assert SMALL.count(old) >= 1
    text = SMALL.replace(old, new, 1)

    assert (line_of(text, at), code) in mistakes(text)


def test_a_circle_is_told_as_the_way_it_goes():
    text = SMALL.replace("department: tax\n    kind", "department: tax\n    after: [third]\n    kind")
    with pytest.raises(FileRefused) as refused:
        parse_bundle(text, "small.yaml")
    (fault,) = refused.value.faults

    assert set(fault.reason.en.removesuffix(".").split(": ")[1].split(" → ")) == {"first", "second", "third"}
    assert text.splitlines()[fault.line - 1].strip().startswith(("after", "requires"))


def test_a_missing_part_is_reported_where_it_should_stand():
    text = SMALL.replace("    kind: filing\n", "")

    assert mistakes(text) == [(line_of(text, "- id: third"), "model-missing")]


def test_all_mistakes_at_once_in_the_order_of_the_lines():
    text = SMALL.replace("department: tax\n", "department: taxes\n").replace("[letter]", "[leter]")

    assert [code for _, code in mistakes(text)] == ["unused", "department-unknown", "material-unknown"]


def test_what_nothing_uses_is_a_mistake():
    text = SMALL.replace("    materials: [letter]\n", "")

    assert mistakes(text) == [(line_of(text, "id: letter"), "unused")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing",
        "- a\n- b\n",
        "42",
        "\t",
        "a: b: c",
        "{" * 3000,
        "\x00",
        "!!python/object:os.system {}",
        "? [a]\n: b",
    ],
)
def test_what_is_no_bundle_at_all_is_refused(text: str):
    assert mistakes(text)


def test_a_file_of_another_kind_is_refused(tmp_path: Path):
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("title: ä".encode("latin-1"))
    large = tmp_path / "large.yaml"
    large.write_bytes(b"#" * (LARGEST_FILE + 1))

    for file, code in ((latin, "file-not-utf-8"), (large, "file-too-large")):
        with pytest.raises(FileRefused) as refused:
            read_bundle(file)
        assert [fault.code for fault in refused.value.faults] == [code]


def test_every_shipped_bundle_is_in_order():
    assert [read_bundle(file).bundle for file in bundle_files(SHIPPED)] == [bundle.bundle for bundle in Catalogue()]


def test_every_rule_and_item_of_the_exit_bundle_names_its_source():
    assert all(item.source is not None for item in EXIT.items)
    assert all(rule.source.article for rule in EXIT.rules)
    assert len(EXIT.departments) == 9
    assert {item.department for item in EXIT.items} == {department.id for department in EXIT.departments}


def test_a_city_keeps_its_own_bundles(tmp_path: Path):
    (tmp_path / "small.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "exit.yml").write_text(
        (SHIPPED / "enterprise-exit.yaml").read_text(encoding="utf-8").replace('"2026.1"', '"2026.2"'), encoding="utf-8"
    )
    (tmp_path / "notes.txt").write_text("no bundle", encoding="utf-8")
    catalogue = Catalogue(tmp_path)

    assert [bundle.bundle for bundle in catalogue] == sorted(
        [*(bundle.bundle for bundle in Catalogue()), "small-errand"]
    )
    assert catalogue.get("enterprise-exit").version == "2026.2"
    with pytest.raises(BundleUnknown) as unknown:
        catalogue.get("nothing")
    assert {"enterprise-exit", "small-errand"} <= set(unknown.value.known)


def test_one_version_of_a_bundle_in_two_files_is_a_mistake(tmp_path: Path):
    files = [tmp_path / "one.yaml", tmp_path / "other.yaml"]
    for file in files:
        file.write_text(SMALL, encoding="utf-8")

    with pytest.raises(FileRefused) as refused:
        read_bundles(files)

    (fault,) = refused.value.faults
    assert (fault.code, fault.line) == ("version-twice", line_of(SMALL, "version:"))
    assert "one.yaml" in fault.reason.en


def test_the_schema_for_editors_is_current():
    assert (SHIPPED / "bundle.schema.json").read_text(encoding="utf-8") == bundle_schema(), (
        "renew it: onething bundles schema > one_things/catalogue/bundle.schema.json"
    )


def test_the_schema_accepts_the_shipped_bundles_and_refuses_a_slip():
    validator = jsonschema.Draft202012Validator(json.loads(bundle_schema()))
    for file in bundle_files(SHIPPED):
        written = yaml.safe_load(file.read_text(encoding="utf-8"))
        data = json.loads(json.dumps(written, default=str))  # editors read YAML 1.2, which knows no dates
        validator.validate(data)
        data["items"][0]["departement"] = "tax"
        assert not validator.is_valid(data)


LIMITED = (Path(__file__).parents[1] / "flows" / "bundles" / "catering-opening.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("right", "wrong", "line_of", "code"),
    [
        ("when: small, statutory: 10", "when: small, statutory: 2", "when: small", "committed-longer"),
        ("when: small, statutory", "when: smal, statutory", "when: smal", "condition-situation-unknown"),
        ("committed: 12", "committed: 9", "committed: 9", "joint-shorter"),
        ("statutory: 45\n", "statutory: 11\n", "committed: 12", "committed-longer"),
        ("items: [food-permit, fire-safety]", "items: [food-permit, fire-saftey]", "fire-saftey]", "item-unknown"),
        ("items: [food-permit, fire-safety]", "items: [food-permit, food-permit]", "food-permit, food", "id-twice"),
        ("      - id: hearing\n", "      - id: on-site-check\n", "- id: on-site-check", "id-twice"),
        ("after_working_days: 0", "after_working_days: 5", "level: bureau", "escalation-order"),
        ("level: bureau", "level: section", "after_working_days: 2", "id-twice"),
        ("    limits: {statutory: 10, committed: 10}\n", "", "items: [food-permit", "joint-without-limit"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_limit_is_found_at_its_line(right: str, wrong: str, line_of: str, code: str):
    text = LIMITED.replace(right, wrong, 1)
    assert text != LIMITED
    with pytest.raises(FileRefused) as refused:
        parse_bundle(text, "limited.yaml")
    lines = [number for number, line in enumerate(text.splitlines(), start=1) if line_of in line]
    assert [fault.code for fault in refused.value.faults] == [code]
    assert refused.value.faults[0].line in lines


def test_a_procedure_needs_a_limit_that_it_can_stop():
    procedures = "    procedures: [{id: p, title: {zh: 环节, en: P}, working_days: 3, source: {document: 测试规定}}]\n"
    text = SMALL.replace(
        "    limits: {statutory: 5, committed: 1}\n", "    limits: {statutory: 5, committed: 1}\n" + procedures, 1
    )
    with pytest.raises(FileRefused) as refused:
        parse_bundle(text, "small.yaml")
    assert [fault.code for fault in refused.value.faults] == ["procedure-without-limit"]
