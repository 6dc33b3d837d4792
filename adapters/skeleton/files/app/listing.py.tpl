"""The list of decisions that the platform fetches: each entry signed as the call that we would have made."""

from typing import Any

from app.settings import Settings
from app.signing import read_key, signed_headers
from app.store import Listed, Store

_DOOR = "decisions"
_MOST = 500
_MOST_BYTES = 8 * 1024 * 1024


class PositionUnknown(Exception):
    """The list never gave this position, as when its database was restored from a backup."""


class Listing:
    """Answers ``GET /decisions``."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._key = read_key(settings.key_file)
        self._key_id = settings.key_id

    def page(self, after: str, limit: int) -> dict[str, Any]:
        """What was decided behind a position, the oldest first. Raises PositionUnknown."""
        if after and not (after.isascii() and after.isdigit() and len(after) < 19):
            raise PositionUnknown(after)
        most = max(1, min(limit, _MOST))
        found = self._store.listed_behind(int(after or 0), most + 1)
        if found is None:
            raise PositionUnknown(after)
        shown, size = found[:1], 0
        for one in found[1:most]:
            size += len(one.body)
            if size > _MOST_BYTES:
                break
            shown.append(one)
        return {"entries": [self._entry(one) for one in shown], "more": len(found) > len(shown)}

    def _entry(self, one: Listed) -> dict[str, Any]:
        # Signed afresh for each answer: a signature is good for 300 seconds. The body stays the same to the byte.
        headers = signed_headers("POST", f"/departments/DEPARTMENT_CODE/{_DOOR}", "application/json", one.body,
                                 self._key, self._key_id)
        del headers["Content-Type"]
        return {"cursor": str(one.position), "door": _DOOR, "body": one.body.decode(), "signature": headers}
