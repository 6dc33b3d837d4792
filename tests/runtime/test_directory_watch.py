"""The directory of departments follows its file; a broken file changes nothing."""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncssh
import pytest
import yaml

from observability import metrics
from runtime.department_directory import DirectoryUnusable, LoadedDirectory
from runtime.directory_watch import DirectoryWatch
from runtime.wiring import watching
from security.signing_keys import SigningKey

PEMS = {code: SigningKey.generate(f"{code}.1").verification_key().to_pem() for code in ("tax", "bank")}


def write(folder: Path, *codes: str, **changes: object) -> Path:
    """The file, replaced as a whole."""
    entries = {
        code: {
            "url": f"http://127.0.0.1:9/{code}",
            "token": {"file": "token"},
            "keys": {f"{code}.1": PEMS[code]},
            **changes,
        }
        for code in codes
    }
    (folder / "new").write_text(yaml.safe_dump({"departments": entries}))
    return (folder / "new").rename(folder / "departments.yaml")


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - a file is looked at, nobody sets an event
            await asyncio.sleep(0.01)


def stale() -> float:
    return metrics.DIRECTORY_STALE._value.get()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "token").write_text("first")
    return tmp_path


@asynccontextmanager
async def watched(file: Path, taken: list[LoadedDirectory], between: float = 0.01) -> AsyncIterator[DirectoryWatch]:
    async def take(loaded: LoadedDirectory) -> None:
        taken.append(loaded)

    watch = DirectoryWatch(file, between)
    async with watching(watch, take):
        yield watch


async def test_a_changed_file_is_in_force_and_says_so(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    taken: list[LoadedDirectory] = []
    with caplog.at_level(logging.INFO, "onething.departments"):
        async with watched(write(folder, "tax"), taken) as watch:
            assert watch.key("bank.1") is None
            write(folder, "tax", "bank")
            await until(lambda: watch.key("bank.1") is not None)
            write(folder, "bank", codes={"items": {"loan": "L-1"}})
            await until(lambda: watch.key("tax.1") is None)
            assert watch.in_our_words("bank", b'{"item": "L-1"}') == b'{"item":"loan"}'
            assert watch.in_our_words("tax", b'{"item": "L-1"}') == b'{"item": "L-1"}'
    assert [sorted(loaded.departments) for loaded in taken] == [["bank", "tax"], ["bank"]]
    assert [record.message.rpartition(": ")[2] for record in caplog.records] == ["bank", "bank, tax"]


async def test_days_of_its_own_are_in_force_without_a_restart(folder: Path) -> None:
    async with watched(write(folder, "tax"), []) as watch:
        assert watch.office_days("tax").closed == ()
        moving = {"from": "2026-06-04", "to": "2026-06-05", "reason": {"zh": "搬迁（测试）", "en": "It moves (test)"}}
        write(folder, "tax", calendar={"closed": [moving]})
        await until(lambda: bool(watch.office_days("tax").closed))
        assert watch.office_days("bank").closed == (), "of nobody that the file does not know"


async def test_a_broken_file_leaves_the_old_in_force_until_it_is_mended(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    taken: list[LoadedDirectory] = []
    async with watched(write(folder, "tax"), taken) as watch:
        (folder / "departments.yaml").write_text("departments: [")
        await until(lambda: watch.is_stale)
        assert watch.key("tax.1") is not None
        assert stale() == 1
        assert not taken
        await asyncio.sleep(0.1)  # many looks
        assert len(caplog.records) == 1, "told once"
        assert "departments.yaml:1: This is not valid YAML" in caplog.text
        (folder / "departments.yaml").unlink()
        await until(lambda: len(caplog.records) == 2)
        assert watch.key("tax.1") is not None
        write(folder, "tax")  # just as it was
        await until(lambda: not watch.is_stale)
        assert stale() == 0


async def test_a_secret_is_read_anew(folder: Path) -> None:
    taken: list[LoadedDirectory] = []
    async with watched(write(folder, "tax"), taken) as watch:
        (folder / "token").write_text("second")
        await until(lambda: bool(taken))
        assert taken[-1].departments["tax"].token.get_secret_value() == "second"
        (folder / "token").unlink()
        await until(lambda: watch.is_stale)
        assert watch.current.departments["tax"].token.get_secret_value() == "second"
        (folder / "token").write_text("third")
        await until(lambda: not watch.is_stale)
        assert taken[-1].departments["tax"].token.get_secret_value() == "third"


async def test_the_key_of_a_server_is_read_anew(folder: Path) -> None:
    made = asyncssh.generate_private_key("ssh-ed25519")
    first, second = (asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode() for _ in range(2))
    (folder / "sftp-key").write_text(first)
    tax = {
        "kind": "file-exchange",
        "folder": {"out": "out", "in": "in"},
        "sftp": {
            "host": "files.tax.example.org",
            "user": "onething",
            "host_keys": [made.export_public_key().decode()],
            "key": {"file": "sftp-key"},
        },
        "keys": {"tax.1": PEMS["tax"]},
    }
    file = folder / "departments.yaml"
    file.write_text(yaml.safe_dump({"departments": {"tax": tax}}))
    taken: list[LoadedDirectory] = []
    async with watched(file, taken) as watch:
        (folder / "sftp-key").write_text(second)
        await until(lambda: len(taken) == 1)
        known = watch.current.departments["tax"].token.get_secret_value()
    assert known == second.strip()


async def test_what_cannot_be_carried_out_leaves_the_old_in_force(folder: Path) -> None:
    watch = DirectoryWatch(write(folder, "tax"), 0.01)
    fails = [True]

    async def take(loaded: LoadedDirectory) -> None:
        if fails:
            raise OSError("no more files")

    async with watching(watch, take):
        write(folder, "bank")
        await until(lambda: watch.is_stale)
        assert watch.key("tax.1") is not None
        fails.clear()
        await until(lambda: not watch.is_stale)
        assert watch.key("bank.1") is not None


async def test_a_file_that_is_still_being_written_is_not_taken_at_its_word(folder: Path) -> None:
    watch = DirectoryWatch(write(folder, "tax", "bank"), 3600)
    write(folder, "tax")
    assert not await _settled(watch), "seen for the first time"
    write(folder, "bank")
    assert not await _settled(watch), "it has changed again"
    assert await _settled(watch), "twice the same"


async def _settled(watch: DirectoryWatch) -> bool:
    watch._between_looks = 0.0
    return await watch._told_or_settled()


async def test_sighup_has_the_file_read_at_once(folder: Path) -> None:
    taken: list[LoadedDirectory] = []
    async with watched(write(folder, "tax"), taken, between=3600):
        write(folder, "bank")
        os.kill(os.getpid(), signal.SIGHUP)
        await until(lambda: bool(taken))
    assert list(taken[0].departments) == ["bank"]


async def test_who_misses_a_key_has_the_file_read_at_once(folder: Path) -> None:
    taken: list[LoadedDirectory] = []
    async with watched(write(folder, "tax"), taken, between=3600) as watch:
        await asyncio.sleep(0)  # it runs
        await watch.catch_up()
        assert not taken, "the file is as it was"
        write(folder, "tax", "bank")
        await watch.catch_up()
        assert watch.key("bank.1") is not None
    assert [sorted(loaded.departments) for loaded in taken] == [["bank", "tax"]]


async def test_however_many_miss_a_key_there_is_one_look(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with watched(write(folder, "tax"), [], between=3600) as watch:
        await asyncio.sleep(0)
        looks = _counted_looks(watch, monkeypatch)
        await asyncio.gather(*(watch.catch_up() for _ in range(100)))
        assert len(looks) == 1
        await watch.catch_up()
        assert len(looks) == 2, "who comes later may not be answered from before"


async def test_who_misses_a_key_does_not_have_half_a_file_taken(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[LoadedDirectory] = []
    async with watched(write(folder, "tax", "bank"), taken, between=3600) as watch:
        await asyncio.sleep(0)
        write(folder, "tax")
        looks = _counted_looks(watch, monkeypatch, then=lambda: write(folder, "bank"))
        await watch.catch_up()
        assert (len(looks), taken) == (2, []), "it had changed again"
        monkeypatch.undo()
        await watch.catch_up()
    assert [sorted(loaded.departments) for loaded in taken] == [["bank"]]


def _counted_looks(
    watch: DirectoryWatch, monkeypatch: pytest.MonkeyPatch, then: Callable[[], object] = lambda: None
) -> list[bytes]:
    """What each look from now on sees; after the first ``then`` happens."""
    looks: list[bytes] = []
    look = watch._look

    def counted() -> bytes:
        looks.append(look())
        if len(looks) == 1:
            then()
        return looks[-1]

    monkeypatch.setattr(watch, "_look", counted)
    return looks


async def test_a_process_does_not_start_with_a_broken_file(folder: Path) -> None:
    with pytest.raises(DirectoryUnusable):
        DirectoryWatch(folder / "departments.yaml")
