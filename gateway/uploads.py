"""An uploaded content at the door: what it is, its digest, and how it is sealed. Its name is never looked at."""

import asyncio
from collections.abc import Awaitable, Callable, Container
from datetime import datetime
from typing import NamedTuple

from event_store.contents import Sealed
from gateway import errors
from gateway.body import PageForm, too_large
from gateway.services import GatewayServices
from one_things.contents import ContentKind, kind_of
from one_things.faults import Fault
from one_things.model import Record
from security.contents import content_digest, repr_digest, seal_content, wrap_content_key
from security.sealing import CaseKey


class StoredContent(Record):
    """A content that is kept. ``digest`` is what a material is handed in by; ``size`` is in bytes."""

    digest: str
    media_type: str
    size: int
    expires_at: datetime | None = None
    """Of a content in a draft; None in a case."""


class Judged(NamedTuple):
    """What a content is found to be."""

    digest: str
    kind: ContentKind
    size: int


async def judged(services: GatewayServices, content: bytes, stated: str | None) -> Judged:
    """What this content is, by its own bytes. ``stated`` is a Repr-Digest or Content-Digest that came with it.

    Raises ContentEmpty, ContentKindWrong, ContentDiffers, BodyTooLarge.
    """
    if not content:
        raise errors.ContentEmpty
    if len(content) > services.settings.largest_content:
        raise too_large(services.settings.largest_content)
    # A thread of its own: other requests go on while megabytes are hashed.
    return await asyncio.to_thread(_judged, services.receipt_keys.suite_name, content, stated)


def _judged(suite_name: str, content: bytes, stated: str | None) -> Judged:
    kind = kind_of(content)
    if kind is None:
        raise errors.ContentKindWrong
    if stated is not None and repr_digest(suite_name, content) not in map(str.strip, stated.split(",")):
        raise errors.ContentDiffers
    return Judged(content_digest(suite_name, content), kind, len(content))


async def sealed_for(owner: CaseKey, found: Judged, content: bytes) -> Sealed:
    """The content as it is stored, for the draft or case of this key."""
    made = await asyncio.to_thread(seal_content, owner.suite_name, content)
    return Sealed(found.digest, found.kind.value, found.size, wrap_content_key(owner, made, found.digest), made.sealed)


_FILE, _MATERIAL, _DROP = "file.", "material.", "drop."
Store = Callable[[bytes], Awaitable[StoredContent]]


async def with_uploads(
    form: PageForm, store: Store, wanted: Container[str]
) -> tuple[dict[str, str], tuple[Fault, ...]]:
    """A page's fields with each chosen file stored and its digest in ``material.<id>``, and what is wrong with files.

    ``drop.<id>`` takes an earlier upload of the page back. Files of materials that nobody ``wanted`` are not looked at.
    """
    dropped = {name.removeprefix(_DROP) for name in form.fields if name.startswith(_DROP)}
    fields = {
        name: value
        for name, value in form.fields.items()
        if not name.startswith(_DROP) and name.removeprefix(_MATERIAL) not in dropped
    }
    faults: list[Fault] = []
    for name, content in form.files.items():
        material = name.removeprefix(_FILE)
        if not name.startswith(_FILE) or material not in wanted:
            continue
        try:
            fields[_MATERIAL + material] = (await store(content)).digest
        except (errors.BodyTooLarge, errors.ContentKindWrong, errors.ContentEmpty, errors.TooMuchUploaded) as problem:
            fields.pop(_MATERIAL + material, None)
            faults.append(
                Fault(
                    field=f"materials.{material}",
                    code=problem.code,
                    reason=problem.title,
                    fix=problem.detail or problem.title,
                )
            )
    return fields, tuple(faults)
