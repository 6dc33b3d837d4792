"""What has to be done by hand while a case goes on, as the trial of a bundle plays it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import NamedTuple

import httpx

from one_things.case import CaseState
from one_things.definition import Bundle
from runtime.embedded.city import City


class Doors(NamedTuple):
    """Where acts are handed in: the gateway as the applicant, the control of the sandbox, and the city's secrets."""

    gateway: httpx.AsyncClient
    control: httpx.AsyncClient
    city: City


class Act(NamedTuple):
    """One act: done once for each ``key``."""

    key: str
    said: str
    do: Callable[[], Awaitable[None]]


def acts_on_the_way(bundle: Bundle, state: CaseState, doors: Doors) -> Iterator[Act]:
    """What the case waits for a person to do, as it stands now."""
    yield from ()
