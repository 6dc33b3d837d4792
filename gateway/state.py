"""What lives as long as the application: typed, handed to every request by the lifespan."""

from typing import TypedDict, cast

from starlette.requests import HTTPConnection

from gateway.live import LiveRecord
from gateway.refused_calls import RefusedAtTheDoor
from gateway.services import GatewayServices
from gateway.starter import Starter


class LifespanState(TypedDict):
    """The state of a running gateway."""

    services: GatewayServices
    live: LiveRecord
    starter: Starter
    refused: RefusedAtTheDoor


def live_of(connection: HTTPConnection) -> LiveRecord:
    """The one follower of the record in this process."""
    return cast(LiveRecord, connection.state.live)


def starter_of(connection: HTTPConnection) -> Starter:
    """The keeper of the outbox in this process."""
    return cast(Starter, connection.state.starter)


def refused_of(connection: HTTPConnection) -> RefusedAtTheDoor:
    """The counter of refused calls in this process."""
    return cast(RefusedAtTheDoor, connection.state.refused)
