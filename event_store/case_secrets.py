"""Personal data of cases, sealed and opened with the keys that the store keeps: fields, texts, correction points.

Keys are held in memory for a short time only: once a key is destroyed, every process has forgotten it within
``REMEMBERED`` seconds.
"""

import json
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from event_store.case_keys import CaseKeys
from event_store.errors import KeyDestroyed
from one_things.sealed import Sealed
from security.commitments import Commitment
from security.contents import SealedContent, open_content, unwrap_content_key, wrap_content_key
from security.keys import MasterKeyRing
from security.sealing import CaseKey, CaseKeyErased, SealedData, open_json, open_text, seal_json, seal_text

REMEMBERED = 30.0
"""Seconds for which an unwrapped key stays in memory."""
_MOST_KEYS = 2000
_FIELDS = "fields"
_TEXT = "text"


class CaseSecrets:
    """Opens and seals what belongs to a case. All methods raise CaseKeyErased once the case's key is destroyed."""

    def __init__(self, keys: CaseKeys, master_keys: MasterKeyRing) -> None:
        self._keys = keys
        self._master_keys = master_keys
        self._held: OrderedDict[str, tuple[float, CaseKey]] = OrderedDict()

    def new_key(self, case_no: str) -> tuple[CaseKey, bytes]:
        """A fresh key for a new case, and the same key wrapped, as the store keeps it."""
        key = CaseKey.generate(case_no, self._master_keys.suite_name)
        return key, key.wrap(self._master_keys).encode()

    async def seal_fields(self, case_no: str, fields: Mapping[str, JsonValue]) -> Sealed:
        """Form fields by their ids, sealed as one value."""
        return seal_fields(await self._key(case_no), fields)

    async def open_fields(self, case_no: str, sealed: Iterable[Sealed]) -> dict[str, JsonValue]:
        """All these sealed fields merged; a later one wins, field by field."""
        key = await self._key(case_no)
        merged: dict[str, JsonValue] = {}
        for one in sealed:
            opened = open_json(key, SealedData(one.suite, one.data), _FIELDS)
            if not isinstance(opened, dict):
                raise ValueError("sealed fields are an object")
            merged.update(opened)
        return merged

    async def seal_text(self, case_no: str, text: str) -> Sealed:
        """A text that a person or a department wrote: a reason, a note, the points of a correction notice as JSON."""
        return Sealed(**seal_text(await self._key(case_no), text, _TEXT)._asdict())

    async def open_text(self, case_no: str, sealed: Sealed) -> str:
        """The text of ``seal_text``."""
        return open_text(await self._key(case_no), SealedData(sealed.suite, sealed.data), _TEXT)

    async def commit(self, case_no: str, content: bytes, purpose: str) -> Commitment:
        """The digest of something of this case, which nobody can guess at; the same whenever it is asked for."""
        return (await self._key(case_no)).commit(content, purpose)

    async def commit_fields(self, case_no: str, fields: Mapping[str, JsonValue], purpose: str) -> Commitment:
        """The digest of form fields; the same for the same fields, in whatever order they stand."""
        written = json.dumps(dict(fields), sort_keys=True, ensure_ascii=False).encode()
        return await self.commit(case_no, written, purpose)

    def draft_key(self, draft: str, wrapped: bytes) -> CaseKey:
        """The key of a draft, which ``new_key`` made under the draft's name."""
        return CaseKey.unwrap(wrapped.decode(), draft, self._master_keys)

    async def wrap_content(self, case_no: str, content: SealedContent, digest: str) -> str:
        """A content's own key, sealed under the case's."""
        return wrap_content_key(await self._key(case_no), content, digest)

    async def open_content(self, case_no: str, wrapped: str, sealed: bytes, digest: str) -> bytes:
        """A content of the case. Raises SealBroken when it was altered."""
        content = unwrap_content_key(await self._key(case_no), wrapped, sealed, digest)
        return open_content(content.suite_name, content.key, content.sealed)

    async def _key(self, case_no: str) -> CaseKey:
        held = self._held.get(case_no)
        now = time.monotonic()
        if held is not None and held[0] > now:
            return held[1]
        try:
            wrapped = await self._keys.get(case_no)
        except KeyDestroyed:
            self._held.pop(case_no, None)
            raise CaseKeyErased(f"the key of case {case_no} was destroyed; its personal data is erased") from None
        key = CaseKey.unwrap(wrapped.decode(), case_no, self._master_keys)
        self._held[case_no] = (now + REMEMBERED, key)
        self._held.move_to_end(case_no)
        while len(self._held) > _MOST_KEYS:
            self._held.popitem(last=False)
        return key


def seal_fields(key: CaseKey, fields: Mapping[str, JsonValue]) -> Sealed:
    """Form fields sealed under a key at hand, before the store knows it."""
    return Sealed(**seal_json(key, dict(fields), _FIELDS)._asdict())
