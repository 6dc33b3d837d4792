"""Folders on an SFTP server (version 3 of the protocol, as OpenSSH speaks it), over one connection that is kept.

The server is known by the host keys in the directory and by nothing else: no file of known hosts, no agent, no
configuration of whoever runs the process. Each step has its own time; a server that hangs holds its own threads alone.
"""

import asyncio
import errno
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, TypeVar, cast

import asyncssh
from asyncssh import SFTPAttrs, SFTPClient, SFTPClientFile, SSHClientConnection
from pydantic import SecretStr

from adapters.configuration.sftp import Sftp
from adapters.file_exchange.place import Lying, PlaceAway
from adapters.port import UnknownCause

_T = TypeVar("_T")
_THREADS: Final = 4
_CHUNK: Final = 1024 * 1024
_MOST_LISTED: Final = 100_000
_KEEPALIVE_SECONDS: Final = 15
_FILES: Final = frozenset({asyncssh.FILEXFER_TYPE_REGULAR, asyncssh.FILEXFER_TYPE_UNKNOWN})
"""Few servers keep the type to themselves; where a link leads to is their own business."""
_TEMPORARY_MODE: Final = 0o700


class _TooMany(OSError):
    """A part of what lies there would look like all of it."""


class SftpPlace:
    """`Place` on a server; opened by `open_sftp_place`, on whose event loop its connection lives."""

    def __init__(self, server: Sftp, secret: SecretStr, connect_seconds: float, answer_seconds: float) -> None:
        self._server = server
        self._secret = secret
        self._connect_seconds = connect_seconds
        self._answer_seconds = answer_seconds
        self._loop = asyncio.get_running_loop()
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="sftp")
        self._connecting = asyncio.Lock()
        self._connection: SSHClientConnection | None = None
        self._client: SFTPClient | None = None
        self._running: set[Future[Any]] = set()
        self._is_closed = False

    async def close(self) -> None:
        """Give up what runs, and the connection."""
        self._is_closed = True
        for running in list(self._running):
            running.cancel()
        await asyncio.to_thread(self._threads.shutdown)
        self._hang_up()

    async def carry_out(self, work: Callable[[], _T]) -> _T:
        if self._is_closed:
            raise PlaceAway(UnknownCause.UNREACHABLE, "this process has given the server up")
        return await self._loop.run_in_executor(self._threads, work)

    def make_folder(self, path: str) -> None:
        async def make(sftp: SFTPClient) -> None:
            try:
                await self._step(sftp.mkdir(path, SFTPAttrs(permissions=_TEMPORARY_MODE)))
            except asyncssh.SFTPError:
                # Version 3 has no word for "there already": whatever else it is, the folder is not there then.
                if not await self._step(sftp.isdir(path)):
                    raise

        self._do(make)

    def listed(self, folder: str) -> list[Lying]:
        async def scan(sftp: SFTPClient) -> list[Lying]:
            found: list[Lying] = []
            names = sftp.scandir(folder)
            with suppress(StopAsyncIteration):
                while len(found) <= _MOST_LISTED:
                    entry = await self._step(anext(names))
                    name, seen = str(entry.filename), entry.attrs
                    if name not in {".", ".."} and "/" not in name:
                        found.append(Lying(name, seen.size or 0, (seen.mtime or 0) * 10**9, seen.type in _FILES))
            if len(found) > _MOST_LISTED:
                raise _TooMany(errno.EOVERFLOW, f"there are more than {_MOST_LISTED} files in one folder")
            return found

        return self._do(scan)

    def read(self, path: str, largest: int) -> bytes:
        async def fetch(sftp: SFTPClient) -> bytes:
            async with self._opened(sftp, path, asyncssh.FXF_READ, SFTPAttrs()) as file:
                content = bytearray()
                while len(content) < largest:
                    part = await self._step(file.read(min(_CHUNK, largest - len(content)), len(content)))
                    if not part:
                        break
                    content += cast(bytes, part)
                return bytes(content[:largest])

        return self._do(fetch)

    def write(self, path: str, content: bytes, mode: int) -> None:
        async def send(sftp: SFTPClient) -> None:
            flags = asyncssh.FXF_WRITE | asyncssh.FXF_CREAT | asyncssh.FXF_EXCL
            async with self._opened(sftp, path, flags, SFTPAttrs(permissions=mode)) as file:
                for begin in range(0, len(content), _CHUNK):
                    await self._step(file.write(content[begin : begin + _CHUNK], begin))
                with suppress(asyncssh.SFTPOpUnsupported):
                    await self._step(file.fsync())

        self._do(send)

    def replace(self, path: str, by: str) -> None:
        self._do(lambda sftp: self._step(sftp.posix_rename(by, path)))

    def publish(self, path: str, temporary: str) -> bool:
        async def rename(sftp: SFTPClient) -> bool:
            try:
                await self._step(sftp.rename(temporary, path))  # in version 3 it never replaces anything
            except asyncssh.SFTPError:
                if not await self._step(sftp.lexists(path)):
                    raise
                with suppress(asyncssh.SFTPNoSuchFile):
                    await self._step(sftp.remove(temporary))
                return False
            return True

        return self._do(rename)

    def remove(self, path: str) -> None:
        with suppress(FileNotFoundError):
            self._do(lambda sftp: self._step(sftp.remove(path)))

    def exists(self, path: str) -> bool:
        return self._do(lambda sftp: self._step(sftp.lexists(path)))

    def settle(self, folder: str) -> None:
        """The protocol has no word for it: the server answers for its own names."""

    def _do(self, work: Callable[[SFTPClient], Awaitable[_T]]) -> _T:
        """From a thread: do this on the loop, and say what went wrong as a file system would."""
        running = asyncio.run_coroutine_threadsafe(self._done(work), self._loop)
        self._running.add(running)
        try:
            return running.result()
        except CancelledError:
            raise PlaceAway(UnknownCause.UNREACHABLE, "this process has given the server up") from None
        finally:
            self._running.discard(running)

    async def _done(self, work: Callable[[SFTPClient], Awaitable[_T]]) -> _T:
        client = await self._connected()
        try:
            return await work(client)
        except _TooMany:
            raise  # the connection is sound
        except TimeoutError:
            self._hang_up(client)
            raise PlaceAway(UnknownCause.TIMED_OUT, "the server did not answer in time") from None
        except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
            raise FileNotFoundError(errno.ENOENT, "no such file") from None
        except asyncssh.SFTPPermissionDenied:
            raise PermissionError(errno.EACCES, "permission denied") from None
        except asyncssh.SFTPOpUnsupported:
            raise OSError(errno.EOPNOTSUPP, "the server lacks posix-rename@openssh.com") from None
        except (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection, asyncssh.SFTPBadMessage):
            self._hang_up(client)
            raise PlaceAway(UnknownCause.CONNECTION_BROKEN, "the connection broke off") from None
        except asyncssh.SFTPError as refused:
            # Not its words: they name paths, and nothing that a department writes goes into our records unread.
            raise OSError(errno.EIO, f"the server refused (SFTP {refused.code})") from None
        except (OSError, asyncssh.Error):
            self._hang_up(client)
            raise PlaceAway(UnknownCause.CONNECTION_BROKEN, "the connection broke off") from None

    async def _step(self, work: Awaitable[_T]) -> _T:
        async with asyncio.timeout(self._answer_seconds):
            return await work

    @asynccontextmanager
    async def _opened(
        self, sftp: SFTPClient, path: str, flags: int, attributes: SFTPAttrs
    ) -> AsyncIterator[SFTPClientFile]:
        file = await self._step(sftp.open(path, flags, attributes, encoding=None))
        try:
            yield file
        finally:
            await self._step(file.close())

    async def _connected(self) -> SFTPClient:
        async with self._connecting:
            if self._is_closed:
                raise PlaceAway(UnknownCause.UNREACHABLE, "this process has given the server up")
            if self._client is None or self._connection is None or self._connection.is_closed():
                self._hang_up()
                try:
                    self._client = await self._opened_client()
                except BaseException:
                    self._hang_up()
                    raise
            return self._client

    async def _opened_client(self) -> SFTPClient:
        server, secret = self._server, self._secret.get_secret_value()
        try:
            async with asyncio.timeout(self._connect_seconds + self._answer_seconds):
                self._connection = await asyncssh.connect(
                    server.host,
                    server.port,
                    username=server.user,
                    known_hosts=([asyncssh.import_public_key(key) for key in server.host_keys], [], []),
                    client_keys=[asyncssh.import_private_key(secret)] if server.key is not None else None,
                    password=secret if server.password is not None else None,
                    config=None,
                    agent_path=None,
                    gss_host=None,
                    compression_algs=None,
                    connect_timeout=self._connect_seconds,
                    keepalive_interval=_KEEPALIVE_SECONDS,
                )
                return await self._connection.start_sftp_client(path_errors="surrogateescape")
        except asyncssh.HostKeyNotVerifiable:
            said = "the server shows another host key than those that are configured"
            raise PlaceAway(UnknownCause.HOST_KEY_REFUSED, said) from None
        except asyncssh.KeyExchangeFailed:
            said = "the server has no host key of the kinds that are configured, or no cipher in common with us"
            raise PlaceAway(UnknownCause.HOST_KEY_REFUSED, said) from None
        except asyncssh.PermissionDenied:
            raise PlaceAway(UnknownCause.CREDENTIAL_REFUSED, "the server does not let us in") from None
        except TimeoutError:
            raise PlaceAway(UnknownCause.TIMED_OUT, "the server did not answer in time") from None
        except (OSError, asyncssh.Error):
            raise PlaceAway(UnknownCause.UNREACHABLE, "the server cannot be reached") from None

    def _hang_up(self, only: SFTPClient | None = None) -> None:
        """The connection of this client alone, where one is named: others may have made a new one since."""
        if only is not None and only is not self._client:
            return
        connection, self._connection, self._client = self._connection, None, None
        if connection is not None:
            connection.abort()


@asynccontextmanager
async def open_sftp_place(
    server: Sftp, secret: SecretStr, connect_seconds: float, answer_seconds: float
) -> AsyncIterator[SftpPlace]:
    """The server; it is connected to when something is first done there, and hung up at the end."""
    place = SftpPlace(server, secret, connect_seconds, answer_seconds)
    try:
        yield place
    finally:
        await place.close()
