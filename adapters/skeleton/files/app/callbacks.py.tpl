"""Sends the decisions that are due, and repeats each until the answer is 2xx or 4xx; across restarts as well."""

import asyncio
import logging

import httpx

from app.settings import Settings
from app.signing import read_key, signed_headers
from app.store import Due, Store

_JSON = "application/json"
_LOOKS_EVERY_SECONDS = 0.1
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 60.0
_AT_ONCE = 20
_log = logging.getLogger(__name__)


async def send_decisions(store: Store, settings: Settings) -> None:
    """Send until cancelled."""
    key = read_key(settings.key_file)

    async def send(client: httpx.AsyncClient, due: Due) -> None:
        # Signed afresh each time: a signature is good for 300 seconds. The body stays the same to the byte.
        headers = signed_headers("POST", due.url, _JSON, due.body, key, settings.key_id)
        try:
            status = (await client.post(due.url, content=due.body, headers=headers)).status_code
        except httpx.HTTPError:
            status = 0
        answered = 200 <= status < 300 or 400 <= status < 500
        if not 200 <= status < 300:
            _log.warning("decision %s was answered with %d", due.decision_id, status)
        pause = min(_FIRST_PAUSE_SECONDS * 2.0 ** min(due.tries, 20), _LONGEST_PAUSE_SECONDS)
        store.sent(due.decision_id, answered=answered, again_after=pause)

    async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
        while True:
            due = store.due(_AT_ONCE)
            await asyncio.gather(*(send(client, one) for one in due))
            if not due:
                await asyncio.sleep(_LOOKS_EVERY_SECONDS)
