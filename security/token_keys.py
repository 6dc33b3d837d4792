"""Where the public keys of a token issuer come from: given once, or fetched and kept for a while."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Protocol

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from .errors import SecurityError

_log = logging.getLogger(__name__)


class IssuerUnavailable(SecurityError):
    """The issuer's keys cannot be fetched, so that no token can be judged: neither accepted nor refused."""

    code = "issuer-unavailable"


class TokenKeys(Protocol):
    """The issuer's public keys."""

    async def known(self) -> KeySet:
        """The keys as last seen. Raises IssuerUnavailable."""

    async def renewed(self) -> KeySet:
        """The keys as they are now, for a token whose key is not among the known. Raises IssuerUnavailable."""


class StaticKeys:
    """Keys that never change while the process runs."""

    def __init__(self, jwks: KeySetSerialization) -> None:
        self._keys = KeySet.import_key_set(jwks)

    async def known(self) -> KeySet:
        return self._keys

    async def renewed(self) -> KeySet:
        return self._keys


class FetchedKeys:
    """Keys published by the issuer at a URL.

    Fetched again after `fresh_for` seconds, or when a token names an unknown key; never more than once within `pause`
    seconds after the last attempt, so that made-up key ids cannot be used against the issuer. All callers share one
    attempt. While the issuer is away the last keys serve for up to `usable_for` seconds: a key it withdrew may live
    that long. An issuer that does not answer holds up who finds the keys stale for `patience` seconds at the most, and
    nobody else.
    """

    def __init__(
        self,
        url: str,
        client: httpx.AsyncClient,
        *,
        fresh_for: float = 600,
        usable_for: float = 3600,
        pause: float = 5,
        patience: float = 0.5,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._client = client
        self._fresh_for = fresh_for
        self._usable_for = usable_for
        self._pause = pause
        self._patience = patience
        self._clock = clock
        self._keys: KeySet | None = None
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")
        self._attempt: asyncio.Task[None] | None = None

    async def known(self) -> KeySet:
        held = self._held(self._usable_for)
        if held is None:
            return await self.renewed()
        if self._held(self._fresh_for) is None and self._attempt is None and self._may_try():
            await asyncio.wait({self._try()}, timeout=self._patience)
            return self._keys or held
        return held

    async def renewed(self) -> KeySet:
        if self._attempt is not None or self._may_try():
            # Shielded: who gives up waiting must not take the answer from the others.
            await asyncio.shield(self._attempt or self._try())
        held = self._held(self._usable_for)
        if held is None:
            raise IssuerUnavailable(f"the token issuer's keys at {self._url} cannot be fetched; try again shortly")
        return held

    def _held(self, age: float) -> KeySet | None:
        """The keys, if they were fetched less than ``age`` seconds ago."""
        return self._keys if self._clock() - self._fetched_at < age else None

    def _may_try(self) -> bool:
        return self._clock() - self._tried_at >= self._pause

    def _try(self) -> asyncio.Task[None]:
        self._attempt = asyncio.create_task(self._fetch(), name="fetch the token issuer's keys")
        return self._attempt

    async def _fetch(self) -> None:
        try:
            response = await self._client.get(self._url)
            keys = KeySet.import_key_set(response.raise_for_status().json())
        except (httpx.HTTPError, JoseError, ValueError, KeyError, TypeError) as error:
            _log.warning("keys of the token issuer not fetched: %s", type(error).__name__)
        else:
            self._keys, self._fetched_at = keys, self._clock()
        finally:
            self._attempt, self._tried_at = None, self._clock()
