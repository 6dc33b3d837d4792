"""An SFTP server: known by its host key alone, never half written to, and its troubles stay its own."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import asyncssh
import pytest
from pydantic import SecretStr

from adapters.collected import CollectedPage
from adapters.configuration.connection import DepartmentConnection
from adapters.configuration.entry import DepartmentEntry
from adapters.configuration.sftp import Sftp
from adapters.file_exchange import sftp_place
from adapters.file_exchange.place import PlaceAway
from adapters.file_exchange.sftp_place import SftpPlace, open_sftp_place
from adapters.kinds import open_port
from adapters.port import NeverArrived, Taken, Unknown, UnknownCause
from adapters.sources import SOURCES, Proofs
from tests.adapters.notes import NOTING
from tests.adapters.sftp_server import SftpServer, serving_sftp
from tests.adapters.test_adapters_directory import KEY, SUBMISSION

BATCH = "out/onething-00000001.zip"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[SftpServer]:
    for folder in ("out", "in"):
        (tmp_path / folder).mkdir()
    async with serving_sftp(tmp_path) as opened:
        yield opened


def connection(server: SftpServer, secret: str = "", **changes: Any) -> DepartmentConnection:
    entry = {
        "kind": "file-exchange",
        "folder": {"out": "out", "in": "in"},
        "sftp": server.entry | changes,
        "time_outs": {"connect_seconds": 2, "answer_seconds": 1},
    }
    department = DepartmentEntry.model_validate(entry)
    return DepartmentConnection("tax", department, SecretStr(secret or server.private_key), server.root)


@asynccontextmanager
async def place_of(server: SftpServer, answer_seconds: float = 1) -> AsyncIterator[SftpPlace]:
    known = Sftp.model_validate(server.entry)
    async with open_sftp_place(known, SecretStr(server.private_key), 2, answer_seconds) as place:
        yield place


async def outcome(department: DepartmentConnection) -> object:
    async with open_port(department, NOTING) as port:
        return await port.submit(SUBMISSION)


async def look(department: DepartmentConnection) -> CollectedPage:
    async with SOURCES[department.entry.kind](department, NOTING, Proofs(lambda _: None, bytes.decode)) as one:
        return await one.collect("")


def other_key() -> str:
    return asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()


@pytest.mark.parametrize("kind", ["ssh-ed25519", "ecdsa-sha2-nistp256"])
async def test_a_server_with_another_host_key_is_told_nothing(server: SftpServer, kind: str) -> None:
    """Not even who we are: the password stays here as well."""
    other = asyncssh.generate_private_key(kind).export_public_key().decode()
    password = {"password": {"variable": "ANY"}, "key": None}
    for department in (
        connection(server, host_keys=[other]),
        connection(server, "the-password", host_keys=[other], **password),
    ):
        found = await outcome(department)
        assert isinstance(found, Unknown)
        assert (found.cause, "host key" in found.detail) == (UnknownCause.HOST_KEY_REFUSED, True)
        assert (await look(department)).away == "host_key_refused"
    assert all(one.get_extra_info("username") in {None, ""} for one in server.connections)
    assert list((server.root / "out").iterdir()) == []


async def test_one_of_several_host_keys_is_enough(server: SftpServer) -> None:
    """While a server changes its key."""
    department = connection(server, host_keys=[other_key(), *server.entry["host_keys"]])
    assert await outcome(department) == Taken(reference=KEY, accepted=False)


async def test_who_is_not_let_in_is_told_so(server: SftpServer) -> None:
    stranger = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()
    found = await outcome(connection(server, stranger))
    assert isinstance(found, Unknown)
    assert found.cause is UnknownCause.CREDENTIAL_REFUSED
    assert (await look(connection(server, stranger))).away == "credential_refused"


async def test_a_password_lets_us_in_as_well(server: SftpServer) -> None:
    password = {"password": {"variable": "ANY"}, "key": None}
    assert await outcome(connection(server, "the-password", **password)) == Taken(reference=KEY, accepted=False)


async def test_an_upload_that_breaks_off_is_never_seen_and_comes_whole_the_next_time(server: SftpServer) -> None:
    """Under its own name there is nothing, or all of it, also while it is on its way."""
    department = connection(server)
    async with (
        open_port(department, NOTING) as port,
        SOURCES[department.entry.kind](department, NOTING, Proofs(lambda _: None, bytes.decode)) as source,
    ):
        await port.submit(SUBMISSION)
        assert isinstance(await port.ask(KEY), Taken)
        seen = []
        for allowed in range(1, 3000, 160):
            server.writes_left = allowed
            page = await source.collect("")
            assert page.away in {"", "connection_broken"}
            seen.append(page.away)
            server.writes_left = None
            whole = sorted(path.name for path in (server.root / "out").glob("[!.]*"))
            if not page.away:
                break
            assert whole in ([], ["onething-00000001.zip"])
            if whole:
                assert (server.root / BATCH).read_bytes().startswith(b"PK")
        assert seen.count("connection_broken") > 2
        assert (await source.collect("")).away == ""
    with ZipFile(server.root / BATCH) as batch:
        assert batch.testzip() is None
        assert batch.read("0001.json").decode() == SUBMISSION.model_dump_json()
    assert [path.name for path in (server.root / "out").glob("*.zip")] == ["onething-00000001.zip"]


async def test_files_of_ours_are_for_us_and_batches_for_the_group(server: SftpServer) -> None:
    department = connection(server)
    await outcome(department)
    await look(department)
    ours = server.root / "out" / ".onething"
    assert ours.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o077 for path in ours.rglob("*.json")} == {0}
    assert (server.root / BATCH).stat().st_mode & 0o447 == 0o440


async def test_a_server_that_hangs_is_given_up_and_found_again(server: SftpServer) -> None:
    async with open_port(connection(server), NOTING) as port:
        await port.submit(SUBMISSION)
        server.answers.clear()
        found = await port.ask(KEY)
        assert isinstance(found, Unknown)
        assert found.cause is UnknownCause.TIMED_OUT
        server.answers.set()
        assert isinstance(await port.ask(KEY), Taken)


async def test_many_calls_to_a_server_that_hangs_hold_up_nobody_else(server: SftpServer) -> None:
    """They wait in threads of their own: what others do beside the loop goes on."""
    async with place_of(server, answer_seconds=30) as place:
        await place.carry_out(lambda: place.write("out/a", b"1", 0o600))
        server.answers.clear()
        hanging = [asyncio.create_task(place.carry_out(lambda: place.read("out/a", 1))) for _ in range(40)]
        assert await asyncio.to_thread(lambda: "done") == "done"
        assert not any(task.done() for task in hanging)
        await place.close()
        ended = await asyncio.gather(*hanging, return_exceptions=True)
    assert {type(one) for one in ended} == {PlaceAway}


async def test_a_connection_that_was_cut_is_made_anew(server: SftpServer) -> None:
    async with open_port(connection(server), NOTING) as port:
        assert isinstance(await port.submit(SUBMISSION), Taken)
        for one in server.connections:
            one.abort()
        async with asyncio.timeout(10):
            while not isinstance(found := await port.ask(KEY), Taken):
                assert isinstance(found, Unknown), found
    assert len(server.connections) == 2


async def test_a_server_or_a_folder_that_is_not_there_is_away(server: SftpServer) -> None:
    for department in (connection(server, port=9), connection(server, host="no-such-host.invalid")):
        found = await outcome(department)
        assert isinstance(found, Unknown)
        assert found.cause is UnknownCause.UNREACHABLE
    shutil.rmtree(server.root / "out")
    found = await outcome(connection(server))
    assert isinstance(found, Unknown)
    assert found.cause is UnknownCause.UNREACHABLE
    assert not (server.root / "out").exists(), "a folder that is away is not made anew"


async def test_of_two_who_hold_a_name_at_once_one_is_first(server: SftpServer) -> None:
    async with place_of(server) as one, place_of(server) as other:

        def held(place: SftpPlace, content: bytes) -> bool:
            place.write(f"out/.{content.decode()}", content, 0o600)
            return place.publish("out/name", f"out/.{content.decode()}")

        first, second = await asyncio.gather(
            one.carry_out(lambda: held(one, b"one")), other.carry_out(lambda: held(other, b"other"))
        )
        assert sorted((first, second)) == [False, True]
    assert (server.root / "out/name").read_bytes() == (b"one" if first else b"other")
    assert [path.name for path in (server.root / "out").iterdir()] == ["name"]


async def test_names_that_are_no_text_disturb_nothing(server: SftpServer) -> None:
    (server.root / "in" / "ok.zip").write_bytes(b"PK")
    (server.root / "in" / "\udcff.zip").write_bytes(b"PK")
    (server.root / "in" / "link.zip").symlink_to("/etc/passwd")
    async with place_of(server) as place:
        found = {one.name: one.is_file for one in await place.carry_out(lambda: place.listed("in"))}
    assert found == {"ok.zip": True, "\udcff.zip": True, "link.zip": False}


async def test_asking_for_what_was_never_laid_down_is_answered_so(server: SftpServer) -> None:
    async with open_port(connection(server), NOTING) as port:
        assert await port.ask(KEY) == NeverArrived()


async def test_a_folder_too_full_to_be_listed_is_told_and_not_taken_for_a_smaller_one(
    server: SftpServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sftp_place, "_MOST_LISTED", 6)
    department = connection(server)
    for number in range(6):
        (server.root / "in" / f"{number}.zip").write_bytes(b"PK")
    async with SOURCES[department.entry.kind](department, NOTING, Proofs(lambda _: None, bytes.decode)) as source:
        assert (await source.collect("")).away == ""
        (server.root / "in" / "one-more.zip").write_bytes(b"PK")
        for _ in range(2):
            assert (await source.collect("")).away == "unreachable"
        (server.root / "in" / "one-more.zip").unlink()
        assert (await source.collect("")).away == ""
    told = [record.message for record in caplog.records if record.name == "onething.departments"]
    assert told == ["tax: its folders cannot be used: there are more than 6 files in one folder"]
    assert len(server.connections) == 1, "the connection is sound"


async def test_who_hangs_up_late_leaves_the_new_connection_alone(server: SftpServer) -> None:
    async with place_of(server) as place:
        first = await place._connected()
        place._hang_up(first)
        second = await place._connected()
        assert second is not first
        place._hang_up(first)
        assert await place._connected() is second
        place._hang_up(second)
        assert await place._connected() is not second
