import pytest

from security.contents import (
    content_digest,
    open_content,
    repr_digest,
    seal_content,
    unwrap_content_key,
    wrap_content_key,
)
from security.sealing import CaseKey
from security.suites import DEFAULT_SUITE, SealBroken

CONTENT = b"%PDF-1.7 of a test person"
DIGEST = content_digest(DEFAULT_SUITE, CONTENT)


def test_a_content_moves_from_its_draft_to_its_case_without_being_sealed_anew() -> None:
    draft, case = CaseKey.generate("draft:1"), CaseKey.generate("4419-2026-000001")
    made = seal_content(DEFAULT_SUITE, CONTENT)
    found = unwrap_content_key(draft, wrap_content_key(draft, made, DIGEST), made.sealed, DIGEST)
    of_case = unwrap_content_key(case, wrap_content_key(case, found, DIGEST), made.sealed, DIGEST)
    assert CONTENT not in made.sealed
    assert open_content(of_case.suite_name, of_case.key, made.sealed) == CONTENT


def test_a_key_opens_for_its_owner_and_its_digest_alone() -> None:
    draft, other = CaseKey.generate("draft:1"), CaseKey.generate("draft:1")
    made = seal_content(DEFAULT_SUITE, CONTENT)
    wrapped = wrap_content_key(draft, made, DIGEST)
    with pytest.raises(SealBroken):
        unwrap_content_key(other, wrapped, made.sealed, DIGEST)
    with pytest.raises(SealBroken):
        unwrap_content_key(draft, wrapped, made.sealed, DIGEST[:-1] + "0")


def test_an_altered_content_does_not_open() -> None:
    made = seal_content(DEFAULT_SUITE, CONTENT)
    altered = made.sealed[:-1] + bytes([made.sealed[-1] ^ 1])
    with pytest.raises(SealBroken):
        open_content(DEFAULT_SUITE, made.key, altered)


def test_digests_are_those_that_anybody_can_reckon() -> None:
    # echo -n abc | sha256sum
    assert content_digest(DEFAULT_SUITE, b"abc") == (
        "sha-256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
    assert repr_digest(DEFAULT_SUITE, b"abc") == "sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:"
