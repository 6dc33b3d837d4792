"""Each pair of status and body has one meaning; whatever else comes is not known, and says nothing of the body."""

import pytest

from adapters.http_answers import read_lookup_answer, read_standing, read_submission_answer, read_undo_answer
from adapters.port import (
    Done,
    Found,
    NeedsCorrection,
    NeverArrived,
    NotFound,
    Refused,
    SourceUnavailable,
    Taken,
    Unknown,
    UnknownCause,
)

RESULT = b'{"id":"r","title":{"zh":"\xe8\xaf\x81","en":"Licence"},"kind":"e_licence","reference":"1","new":true}'
NUL = b"\\u0000"
POINT = b'{"code":"c","field_or_material":"application","text":"t"}'
SECRET = b'"11010519491231002X"'


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, b'{"results":[]}', Done()),
        (202, b'{"reference":"T-1","position":4}', Taken(reference="T-1")),
        (400, b'{"code":"x","reason":"y","article":"z"}', Refused(code="x", reason="y", article="z")),
        (400, b'{"code":"x","reason":"y"}', Refused(code="x", reason="y")),
    ],
)
def test_an_answer_of_the_contract(status: int, body: bytes, expected: Done | Taken | Refused) -> None:
    assert read_submission_answer("tax", status, body) == expected


def test_results_and_points_are_read_and_additions_ignored() -> None:
    done = read_submission_answer("tax", 200, b'{"results":[' + RESULT + b"]}")
    assert isinstance(done, Done)
    assert done.results[0].title.en == "Licence"
    wanted = read_submission_answer("tax", 400, b'{"code":"correction","points":[' + POINT + b"]}")
    assert isinstance(wanted, NeedsCorrection)
    assert wanted.points[0].field_or_material == "application"


@pytest.mark.parametrize(
    ("status", "body", "cause"),
    [
        (200, b"", UnknownCause.ANSWER_UNREADABLE),
        (200, b"{}", UnknownCause.ANSWER_UNREADABLE),
        (200, b'{"results":' + SECRET + b"}", UnknownCause.ANSWER_UNREADABLE),
        (200, b"<html>signed in</html>", UnknownCause.ANSWER_UNREADABLE),
        (202, b'{"reference":""}', UnknownCause.ANSWER_UNREADABLE),
        (202, b'{"reference":"T-1"', UnknownCause.ANSWER_UNREADABLE),
        (400, b"Bad Request", UnknownCause.ANSWER_UNREADABLE),
        (400, b'{"code":"x"}', UnknownCause.ANSWER_UNREADABLE),
        (400, b'{"code":"correction","points":[]}', UnknownCause.ANSWER_UNREADABLE),
        (400, b'{"code":"correction","reason":"no points"}', UnknownCause.ANSWER_UNREADABLE),
        (201, b'{"results":[]}', UnknownCause.UNEXPECTED_STATUS),
        (302, b"", UnknownCause.UNEXPECTED_STATUS),
        (401, SECRET, UnknownCause.CREDENTIAL_REFUSED),
        (403, SECRET, UnknownCause.CREDENTIAL_REFUSED),
        (404, b'{"code":"never-arrived"}', UnknownCause.UNEXPECTED_STATUS),
        (409, SECRET, UnknownCause.KEY_CONFLICT),
        (500, b'{"results":[]}', UnknownCause.UNEXPECTED_STATUS),
        (503, SECRET, UnknownCause.UNEXPECTED_STATUS),
    ],
)
def test_anything_else_is_not_known(status: int, body: bytes, cause: UnknownCause) -> None:
    outcome = read_submission_answer("tax", status, body)
    assert isinstance(outcome, Unknown)
    assert outcome.cause is cause
    assert "tax" in outcome.detail
    assert SECRET.decode().strip('"') not in outcome.detail


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (202, b'{"reference":"T-1%s"}' % NUL),
        (202, b'{"reference":"T-1\\n"}'),
        (202, b'{"reference":"%s"}' % (b"x" * 301)),
        (400, b'{"code":"x%s","reason":"y"}' % NUL),
        (400, b'{"code":"%s","reason":"y"}' % (b"x" * 201)),
        (400, b'{"code":"x","reason":"y%s"}' % NUL),
        (400, b'{"code":"x","reason":"%s"}' % (b"y" * 4001)),
        (400, b'{"code":"x","reason":"y","article":"z%s"}' % NUL),
        (400, b'{"code":"correction","points":[' + POINT.replace(b'"c"', b'"c%s"' % NUL) + b"]}"),
        (400, b'{"code":"correction","points":[' + POINT.replace(b'"t"', b'"t%s"' % NUL) + b"]}"),
        (400, b'{"code":"correction","points":[' + POINT.replace(b'"t"', b'"%s"' % (b"t" * 4001)) + b"]}"),
        (400, b'{"code":"correction","points":[' + b",".join([POINT] * 101) + b"]}"),
        (200, b'{"results":[' + RESULT.replace(b'"r"', b'"r%s"' % NUL) + b"]}"),
        (200, b'{"results":[' + RESULT.replace(b'"1"', b'"1%s"' % NUL) + b"]}"),
        (200, b'{"results":[' + RESULT.replace(b'"1"', b'"1","digest":"d%s"' % NUL) + b"]}"),
        (200, b'{"results":[' + b",".join([RESULT] * 51) + b"]}"),
    ],
)
def test_what_the_record_could_not_keep_is_no_answer(status: int, body: bytes) -> None:
    for outcome in (read_submission_answer("tax", status, body), read_standing("tax", status, body)):
        assert isinstance(outcome, Unknown)
        assert outcome.cause is UnknownCause.ANSWER_UNREADABLE


def test_an_official_may_write_several_lines() -> None:
    refused = read_submission_answer("tax", 400, '{"code":"x","reason":"一、\\t欠税\\r\\n二、发票"}'.encode())
    assert refused == Refused(code="x", reason="一、\t欠税\r\n二、发票")


@pytest.mark.parametrize("body", [b"", b'{"code":"not-found"}', b'{"detail":"Not Found"}', b"[]"])
def test_only_one_404_means_that_it_never_arrived(body: bytes) -> None:
    assert read_standing("tax", 404, b'{"code":"never-arrived"}') == NeverArrived()
    assert isinstance(read_standing("tax", 404, body), Unknown)


def test_a_standing_is_otherwise_read_as_an_answer() -> None:
    assert read_standing("tax", 202, b'{"reference":"T-1"}') == Taken(reference="T-1")


def test_an_undoing_has_nothing_to_correct() -> None:
    assert isinstance(read_undo_answer("tax", 400, b'{"code":"correction","points":[' + POINT + b"]}"), Unknown)
    assert read_undo_answer("tax", 400, b'{"code":"final","reason":"y"}') == Refused(code="final", reason="y")


def test_only_one_404_means_that_nothing_is_held() -> None:
    found = read_lookup_answer("tax", 200, b'{"fields":{"cleared":true},"as_of":"2026-03-02T01:30:00Z"}')
    assert isinstance(found, Found)
    assert found.fields == {"cleared": True}
    assert read_lookup_answer("tax", 404, b'{"code":"not-found"}') == NotFound()
    for status, body in ((404, b""), (200, b'{"fields":{}}'), (200, b'{"fields":{},"as_of":"2026-03-02"}'), (503, b"")):
        assert isinstance(read_lookup_answer("tax", status, body), SourceUnavailable)
