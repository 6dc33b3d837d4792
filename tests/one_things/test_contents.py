"""What a file is by its own bytes, and which department may fetch which content."""

import io
import zipfile

import pytest

from one_things import commands as c
from one_things.contents import ContentKind, kind_of, material_of, may_fetch
from one_things.plan import HandedIn
from one_things.planning import make_plan
from tests.one_things.given import EXIT, SEALED, SIMPLE, TODAY, Story, an_application

COMMITMENT, APPLICATION = "sha-256:" + "1" * 64, "sha-256:" + "2" * 64
MATERIALS = (
    HandedIn(id="investors-commitment", digest=COMMITMENT),
    HandedIn(id="deregistration-application", digest=APPLICATION),
)
REGISTRY = "market-regulation"


def packed(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, b"<x/>")
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n...", ContentKind.PDF),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", ContentKind.JPEG),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", ContentKind.PNG),
        (packed("OFD.xml", "Doc_0/Document.xml"), ContentKind.OFD),
        (packed("word/document.xml"), None),
        (packed("../OFD.xml"), None),
        (b"PK\x03\x04 and then nothing of a zip", None),
        (b"<html><script>alert(1)</script>", None),
        (b" %PDF-1.7", None),
        (b"MZ\x90\x00", None),
        (b"", None),
    ],
)
def test_a_file_is_what_its_bytes_say(content: bytes, kind: ContentKind | None) -> None:
    assert kind_of(content) is kind


@pytest.mark.parametrize("kind", ContentKind)
def test_every_kind_has_an_ending(kind: ContentKind) -> None:
    assert kind.ending in {"pdf", "jpg", "png", "ofd"}


def a_case() -> Story:
    application = an_application(EXIT, SIMPLE, materials=MATERIALS)
    return Story(make_plan(EXIT, application, "digest", TODAY))


def test_a_department_fetches_what_was_submitted_to_it_and_nothing_before() -> None:
    story = a_case()
    assert not may_fetch(story.state, REGISTRY, COMMITMENT), "nothing lies with it yet"
    story.submitted("simple-notice")
    assert may_fetch(story.state, REGISTRY, COMMITMENT)
    assert not may_fetch(story.state, REGISTRY, APPLICATION), "this belongs to the pivot, which waits"
    assert not may_fetch(story.state, "tax", COMMITMENT), "another department's item names it"
    assert not may_fetch(story.state, REGISTRY, "sha-256:" + "9" * 64)


def test_what_is_refused_or_undone_gives_no_content_any_more() -> None:
    story = a_case().submitted("simple-notice").taken("simple-notice")
    story.when(story.decision("simple-notice", c.Verdict.REFUSED))
    assert not may_fetch(story.state, REGISTRY, COMMITMENT)


def test_a_correction_puts_the_new_content_in_the_place_of_the_old_one() -> None:
    story = a_case().submitted("simple-notice")
    story.when(story.decision("simple-notice", c.Verdict.CORRECTION))
    new = "sha-256:" + "3" * 64
    story.when(
        c.AnswerCorrection(
            item="simple-notice", form=SEALED, fields=(), materials={"investors-commitment": new}, channel="web"
        )
    )
    story.submitted("simple-notice")
    assert may_fetch(story.state, REGISTRY, new)
    assert not may_fetch(story.state, REGISTRY, COMMITMENT)
    assert material_of(story.state, new) == "investors-commitment"
    assert material_of(story.state, COMMITMENT) is None
