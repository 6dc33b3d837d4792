"""A real SFTP server on the loopback whose root is a folder, and the ways in which one goes wrong."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh

USER = "onething"


@dataclass
class SftpServer:
    """``writes_left``: after so many bytes of an upload the connection breaks off; None: never."""

    root: Path
    client_key: asyncssh.SSHKey = field(default_factory=lambda: asyncssh.generate_private_key("ssh-ed25519"))
    host_key: asyncssh.SSHKey = field(default_factory=lambda: asyncssh.generate_private_key("ssh-ed25519"))
    port: int = 0
    connections: list[asyncssh.SSHServerConnection] = field(default_factory=list)
    writes_left: int | None = None
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    """While it is not set, nothing is opened."""
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when something is to be opened while nothing is."""

    @property
    def entry(self) -> dict[str, Any]:
        """What a directory says of it."""
        return {
            "host": "127.0.0.1",
            "port": self.port,
            "user": USER,
            "host_keys": [self.host_key.export_public_key().decode().strip()],
            "key": {"file": "sftp-key"},
        }

    @property
    def private_key(self) -> str:
        """Ours, with which it lets us in."""
        return self.client_key.export_private_key().decode()


class _Files(asyncssh.SFTPServer):
    def __init__(self, channel: asyncssh.SSHServerChannel, server: SftpServer) -> None:
        super().__init__(channel, chroot=str(server.root).encode())
        self._channel = channel
        self._server = server

    def write(self, file_obj: object, offset: int, data: bytes) -> int:
        if self._server.writes_left is not None:
            data = data[: self._server.writes_left]
            self._server.writes_left -= len(data)
            if self._server.writes_left == 0:
                super().write(file_obj, offset, data)
                self._channel.get_connection().abort()
                raise asyncssh.SFTPFailure("the line went dead")
        return super().write(file_obj, offset, data)  # type: ignore[return-value]

    async def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:  # type: ignore[override]
        if not self._server.answers.is_set():
            self._server.asked.set()
        await self._server.answers.wait()
        return super().open(path, pflags, attrs)


class _Connections(asyncssh.SSHServer):
    def __init__(self, server: SftpServer) -> None:
        self._server = server

    def connection_made(self, connection: asyncssh.SSHServerConnection) -> None:
        self._server.connections.append(connection)

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, "the-password")


@asynccontextmanager
async def serving_sftp(root: Path) -> AsyncIterator[SftpServer]:
    """Serve this folder."""
    server = SftpServer(root)
    server.answers.set()
    allowed = asyncssh.import_authorized_keys(server.client_key.export_public_key().decode())
    acceptor = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_factory=lambda: _Connections(server),
        server_host_keys=[server.host_key],
        authorized_client_keys=allowed,
        sftp_factory=lambda channel: _Files(channel, server),
        allow_pty=False,
    )
    server.port = acceptor.get_port()
    try:
        yield server
    finally:
        server.answers.set()
        acceptor.close()
        for connection in server.connections:
            connection.abort()
        await acceptor.wait_closed()
