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
    seconds, so that made-up key ids cannot be used against the issuer. While the issuer is away the last keys serve
    for up to `usable_for` seconds: a key it withdrew may live that long.
    """

    def __init__(
        self,
        url: str,
        client: httpx.AsyncClient,
        *,
        fresh_for: float = 600,
        usable_for: float = 3600,
        pause: float = 5,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._client = client
        self._fresh_for = fresh_for
        self._usable_for = usable_for
        self._pause = pause
        self._clock = clock
        self._keys: KeySet | None = None
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")
        self._one_at_a_time = asyncio.Lock()

    async def known(self) -> KeySet:
        if self._keys is not None and self._clock() - self._fetched_at < self._fresh_for:
            return self._keys
        return await self.renewed()

    async def renewed(self) -> KeySet:
        async with self._one_at_a_time:
            if self._clock() - self._tried_at >= self._pause:
                await self._fetch()
        if self._keys is None or self._clock() - self._fetched_at >= self._usable_for:
            raise IssuerUnavailable(f"the token issuer's keys at {self._url} cannot be fetched; try again shortly")
        return self._keys

    async def _fetch(self) -> None:
        self._tried_at = self._clock()
        try:
            response = await self._client.get(self._url)
            keys = KeySet.import_key_set(response.raise_for_status().json())
        except (httpx.HTTPError, JoseError, ValueError, KeyError, TypeError) as error:
            _log.warning("keys of the token issuer not fetched: %s", type(error).__name__)
            return
        self._keys, self._fetched_at = keys, self._clock()
