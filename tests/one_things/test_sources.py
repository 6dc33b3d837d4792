"""docs/sources.md against what is cited: every document and article, in both directions."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from one_things.bundle_file import read_bundle
from one_things.catalogue import SHIPPED, bundle_files
from one_things.definition import Source

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "sources.md"
BUNDLES = sorted([*bundle_files(SHIPPED), *(ROOT / "examples" / "bundles").glob("*.yaml")])
PROGRAM = (
    *("one_things", "workflows", "activities", "adapters", "event_store", "gateway"),
    *("security", "observability", "runtime", "docs"),
)
WRITTEN = {".py", ".sql", ".yaml", ".md"}
READ = {"read", "second hand", "not read", "–"}
DIGITS = {digit: number for number, digit in enumerate("零一二三四五六七八九")}
# As comments and docs cite: 行政许可法 42, 个人信息保护法 17, 44; and as messages do: 行政许可法第三十二条.
IN_A_COMMENT = re.compile(r"([\u4e00-\u9fff]+(?:法典|法|条例|办法|规定|细则)) (\d+(?:, \d+)*)\b")
IN_A_MESSAGE = re.compile(r"([\u4e00-\u9fff]+(?:法典|法|条例|办法|规定|细则))第([零一二三四五六七八九十百]+)条")
IN_A_SOURCE = re.compile(r"第([零一二三四五六七八九十百]+)条(?:至第([零一二三四五六七八九十百]+)条)?")
STANDARD = re.compile(r"GB(?:/T)? \d+")


def number(written: str) -> int:
    """A number below a thousand, as articles are counted: 二百三十五."""
    hundreds, _, rest = written.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    return (
        (DIGITS[hundreds] if hundreds else 0) * 100
        + (DIGITS[tens.removeprefix("零")] if tens.removeprefix("零") else 1 if ten else 0) * 10
        + (DIGITS[ones.removeprefix("零")] if ones.removeprefix("零") else 0)
    )


def sources(value: object) -> Iterator[Source]:
    if isinstance(value, Source):
        yield value
    elif isinstance(value, BaseModel):
        for name in value.model_fields_set:
            yield from sources(getattr(value, name))
    elif isinstance(value, dict):
        for one in value.values():
            yield from sources(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from sources(one)


def cells() -> list[list[str]]:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


def listed() -> dict[str, set[int]]:
    """Document to its articles, as the page lists them."""
    documents = {}
    for row in cells():
        if len(row) != 6 or row[0] == "document":
            continue
        spans = [] if row[3] == "–" else [[int(end) for end in span.split("–")] for span in row[3].split(", ")]
        documents[row[0]] = {article for span in spans for article in range(span[0], span[-1] + 1)}
    return documents


def texts() -> Iterator[str]:
    for folder in PROGRAM:
        for file in sorted((ROOT / folder).rglob("*")):
            if file.suffix in WRITTEN and file != PAGE and "node_modules" not in file.parts:
                yield file.read_text(encoding="utf-8")


def cited() -> dict[str, set[int]]:
    """Document to its articles, as bundles and program cite them; programs cite laws by their short names."""
    found: dict[str, set[int]] = defaultdict(set)
    for file in BUNDLES:
        for source in sources(read_bundle(file)):
            articles = found[source.document]
            # What stands behind a full-width semicolon is of another document.
            for first, last in IN_A_SOURCE.findall((source.article or "").split("；")[0]):
                articles.update(range(number(first), number(last or first) + 1))
    for text in texts():
        for short, articles_of_it in IN_A_COMMENT.findall(text):
            found[full(short)].update(map(int, articles_of_it.split(", ")))
        for short, article in IN_A_MESSAGE.findall(text):
            found[full(short)].add(number(article))
    return found


def full(short: str) -> str:
    titles = [title for title in listed() if title.removeprefix("中华人民共和国") == short or title == short]
    return titles[0] if len(titles) == 1 else short


@pytest.mark.parametrize(
    ("written", "value"),
    [("一", 1), ("十", 10), ("十八", 18), ("二十", 20), ("四十五", 45), ("二百零三", 203), ("二百二十九", 229)],
)
def test_articles_are_counted_in_words(written: str, value: int):
    assert number(written) == value


def test_the_page_lists_every_document_and_every_article_that_is_cited_and_no_other():
    page, program = listed(), cited()
    mentioned = "".join(texts())
    only_named = {title for title in page.keys() - program.keys() if title in mentioned}

    assert len(page) > 40
    assert program.keys() - page.keys() == set(), "cited, and not on the page"
    assert page.keys() - program.keys() - only_named == set(), "on the page, and cited by nobody"
    for title, articles in program.items():
        assert page[title] == articles, title


def test_the_page_says_of_each_document_whether_its_text_was_read():
    assert {row[5] for row in cells() if len(row) == 6 and row[0] != "document"} <= READ


def test_an_article_of_what_nobody_has_read_is_not_cited():
    unread = {row[0] for row in cells() if len(row) == 6 and row[5] == "not read"}

    assert {title for title, articles in listed().items() if title in unread and articles} == set()


def test_the_page_lists_every_standard_that_is_cited():
    on_the_page = set(STANDARD.findall(PAGE.read_text(encoding="utf-8")))

    assert {one for text in texts() for one in STANDARD.findall(text)} <= on_the_page
