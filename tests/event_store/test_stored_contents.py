"""Sealed contents: once per draft or case, adopted with the case's number, gone with the draft or the case's key."""

from datetime import timedelta

import pytest

from event_store.case_keys import CaseKeys
from event_store.contents import Contents, Sealed
from event_store.errors import TooMuchStored
from event_store.intake import AdoptedContent, CaseRequest, CaseStart, Intake
from event_store.pool import Database

A_DAY, PLENTY, MOST_DRAFTS = timedelta(days=1), 1000, 3
DRAFT, OWNER = b"draft-1", b"owner-1"


@pytest.fixture
def contents(database: Database) -> Contents:
    return Contents(database)


def a_content(number: int = 1, size: int = 10) -> Sealed:
    return Sealed(f"sha-256:{number:064x}", "application/pdf", size, "key under the draft", b"sealed bytes")


async def a_draft(contents: Contents, draft: bytes = DRAFT, kept: timedelta = A_DAY) -> None:
    await contents.open_draft(draft, OWNER, b"wrapped", kept, MOST_DRAFTS)


async def allocated(database: Database, *adopted: AdoptedContent, key: str = "key-1") -> str:
    async def prepare(_case_no: str) -> CaseStart:
        return CaseStart(wrapped_key=b"key", workflow_type="t", payload=b"p", contents=adopted)

    request = CaseRequest(idempotency_key=key, owner="o", body_digest=b"d", city="4419", year=2026)
    return (await Intake(database).allocate(request, prepare)).case_no


async def test_a_draft_is_opened_once_and_keeps_its_key(contents: Contents) -> None:
    first = await contents.open_draft(DRAFT, OWNER, b"one", A_DAY, MOST_DRAFTS)
    again = await contents.open_draft(DRAFT, OWNER, b"two", A_DAY, MOST_DRAFTS)
    assert (first.wrapped, again.wrapped) == (b"one", b"one")
    assert again.expires_at == first.expires_at


async def test_the_same_content_is_kept_once(contents: Contents) -> None:
    await a_draft(contents)
    for _ in range(2):
        await contents.put_in_draft(DRAFT, a_content(), PLENTY)
    assert [held.digest for held in await contents.of_draft(DRAFT)] == [a_content().digest]


async def test_no_more_is_kept_than_allowed(contents: Contents) -> None:
    await a_draft(contents)
    await contents.put_in_draft(DRAFT, a_content(1, size=600), PLENTY)
    with pytest.raises(TooMuchStored):
        await contents.put_in_draft(DRAFT, a_content(2, size=401), PLENTY)
    await contents.put_in_draft(DRAFT, a_content(3, size=400), PLENTY)
    await contents.put_in_draft(DRAFT, a_content(1, size=600), PLENTY)  # held already


async def test_one_owner_has_so_many_drafts_at_a_time(contents: Contents) -> None:
    for number in range(MOST_DRAFTS):
        await a_draft(contents, f"draft-{number}".encode())
    with pytest.raises(TooMuchStored):
        await a_draft(contents, b"one more")
    await contents.open_draft(b"of another", b"owner-2", b"wrapped", A_DAY, MOST_DRAFTS)


async def test_what_is_handed_in_becomes_the_cases_with_its_number(contents: Contents, database: Database) -> None:
    await a_draft(contents)
    for number in (1, 2):
        await contents.put_in_draft(DRAFT, a_content(number), PLENTY)
    first, second = await contents.of_draft(DRAFT)
    case_no = await allocated(database, AdoptedContent(content_id=first.content_id, key="under the case"))
    (held,) = await contents.of_case(case_no)
    assert (held.content_id, held.digest, held.key) == (first.content_id, first.digest, "under the case")
    assert await contents.of_draft(DRAFT) == [second], "what was not handed in stays with the draft"
    read = await contents.read(case_no, first.digest)
    assert read is not None
    assert read.sealed == b"sealed bytes", "the content lies as it lay"
    other = await allocated(database, AdoptedContent(content_id=first.content_id, key="stolen"), key="key-2")
    assert await contents.of_case(other) == [], "what is a case's is nobody else's"


async def test_a_number_that_is_not_given_out_adopts_nothing(contents: Contents, database: Database) -> None:
    await a_draft(contents)
    await contents.put_in_draft(DRAFT, a_content(), PLENTY)

    async def failing(_case_no: str) -> CaseStart:
        raise RuntimeError("the process dies here")

    request = CaseRequest(idempotency_key="k", owner="o", body_digest=b"d", city="4419", year=2026)
    with pytest.raises(RuntimeError):
        await Intake(database).allocate(request, failing)
    assert len(await contents.of_draft(DRAFT)) == 1


async def test_what_was_never_handed_in_expires_and_what_was_stays(contents: Contents, database: Database) -> None:
    await a_draft(contents, kept=timedelta(microseconds=1))
    await contents.put_in_draft(DRAFT, a_content(1), PLENTY)
    await contents.put_in_draft(DRAFT, a_content(2), PLENTY)
    first, _ = await contents.of_draft(DRAFT)
    case_no = await allocated(database, AdoptedContent(content_id=first.content_id, key="under the case"))
    assert await contents.draft(DRAFT) is None
    assert await contents.sweep() == 1
    assert await contents.of_draft(DRAFT) == []
    assert len(await contents.of_case(case_no)) == 1
    await a_draft(contents)
    assert await contents.draft(DRAFT) is not None, "the name may be used again"


async def test_erasing_the_case_deletes_its_contents(contents: Contents, database: Database) -> None:
    case_no = await allocated(database)
    await contents.put_in_case(case_no, a_content(), PLENTY)
    await CaseKeys(database).destroy(case_no)
    assert await contents.of_case(case_no) == []
    assert await contents.read(case_no, a_content().digest) is None
