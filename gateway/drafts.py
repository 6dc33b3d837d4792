"""Drafts: what an applicant uploads before there is a case. They expire, and belong to nobody but their owner."""

import asyncio
import contextlib
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from event_store.contents import Draft, Held
from event_store.errors import StoreUnavailable, TooMuchStored
from event_store.intake import AdoptedContent
from gateway import errors
from gateway.services import ContentStore, GatewayServices
from gateway.uploads import StoredContent, judged, sealed_for
from one_things.faults import Fault
from one_things.plan import Plan, PlannedMaterial
from one_things.text import Text
from security.contents import SealedContent, unwrap_content_key, wrap_content_key
from security.sealing import CaseKey

DRAFT_NAME = r"^[A-Za-z0-9_-]{16,64}$"
"""Chosen by who uploads; within their name only, so that nobody else's token is ever theirs."""


class DraftContent(NamedTuple):
    """A content of a draft, opened far enough to be sealed for a case."""

    content_id: UUID
    digest: str
    content: SealedContent

    def adopted(self, case_key: CaseKey) -> AdoptedContent:
        """The same content under the key of its case."""
        return AdoptedContent(content_id=self.content_id, key=wrap_content_key(case_key, self.content, self.digest))


async def store_in_draft(
    services: GatewayServices, owner: str, token: str, content: bytes, stated: str | None = None
) -> StoredContent:
    """Keep a content for an application to come. Raises what ``judged`` raises, TooMuchUploaded."""
    found = await judged(services, content, stated)
    name = _name(services, owner, token)
    key, wrapped = services.secrets.new_key(_key_name(name))
    settings = services.settings
    kept = timedelta(seconds=settings.draft_lifetime)
    owner_mac = services.fingerprint(b"owner of drafts " + owner.encode())
    try:
        draft = await services.contents.open_draft(name, owner_mac, wrapped, kept, settings.most_drafts)
        if draft.wrapped != wrapped:
            key = _key(services, name, draft)
        sealed = await sealed_for(key, found, content)
        await services.contents.put_in_draft(name, sealed, settings.most_contents)
    except TooMuchStored:
        raise errors.TooMuchUploaded from None
    return StoredContent(digest=found.digest, media_type=found.kind.value, size=found.size, expires_at=draft.expires_at)


async def held_in_draft(services: GatewayServices, owner: str, token: str) -> dict[str, Held]:
    """Digest → what the draft holds; empty once it has expired."""
    return {held.digest: held for held in await services.contents.of_draft(_name(services, owner, token))}


async def draft_contents(
    services: GatewayServices, owner: str, token: str | None, plan: Plan
) -> tuple[DraftContent, ...]:
    """The contents of the plan's materials in this draft. Raises ApplicationNotAccepted for each that is not there."""
    if token is None:
        return ()
    name = _name(services, owner, token)
    draft = await services.contents.draft(name)
    held = {} if draft is None else {one.digest: one for one in await services.contents.of_draft(name)}
    faults = tuple(_missing(plan.materials, held))
    if faults:
        raise errors.ApplicationNotAccepted(faults=faults)
    if draft is None:
        return ()
    key = _key(services, name, draft)
    wanted = dict.fromkeys(material.digest for material in plan.materials)
    return tuple(
        DraftContent(held[digest].content_id, digest, unwrap_content_key(key, held[digest].key, b"", digest))
        for digest in wanted
    )


class ExpiredDrafts:
    """Deletes what was uploaded and never handed in, once it has expired."""

    def __init__(self, contents: ContentStore, interval: float) -> None:
        self._contents = contents
        self._interval = interval

    async def run(self) -> None:
        """Until it is cancelled; what cannot be deleted now is deleted later."""
        while True:
            with contextlib.suppress(StoreUnavailable):
                await self._contents.sweep()
            await asyncio.sleep(self._interval)


def _missing(materials: tuple[PlannedMaterial, ...], held: dict[str, Held]) -> Iterator[Fault]:
    for material in materials:
        if material.digest not in held:
            yield Fault(
                field=f"materials.{material.id}",
                code="content-missing",
                reason=Text(
                    zh=f"未找到已上传的文件：{material.title.zh}。",
                    en=f"No uploaded file is there for: {material.title.en}.",
                ),
                fix=Text(
                    zh="上传的文件可能已过期，请重新上传。",
                    en="What was uploaded may have expired: upload it again.",
                ),
            )


def _name(services: GatewayServices, owner: str, token: str) -> bytes:
    return services.fingerprint(b"draft " + owner.encode() + b"\0" + token.encode())


def _key(services: GatewayServices, name: bytes, draft: Draft) -> CaseKey:
    return services.secrets.draft_key(_key_name(name), draft.wrapped)


def _key_name(name: bytes) -> str:
    return f"draft:{name.hex()}"
