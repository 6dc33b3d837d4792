"""Drop folders, here and on a server: entries laid down once, batches written and answers taken once, killed or not."""

import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from adapters.collected import CollectedPage
from adapters.configuration.connection import DepartmentConnection
from adapters.configuration.entry import DepartmentEntry
from adapters.file_exchange import outgoing
from adapters.file_exchange.batch import BatchEntry, Manifest, batch_path, write_batch
from adapters.file_exchange.department import FileExchangeDepartment
from adapters.file_exchange.drop import Drop
from adapters.file_exchange.folder_place import FolderPlace
from adapters.file_exchange.incoming import Incoming
from adapters.file_exchange.outgoing import Outgoing
from adapters.file_exchange.place import NoteRefused
from adapters.file_exchange.source import FileDecisionSource
from adapters.kinds import open_drop
from adapters.port import Done, NeverArrived, Refused, Taken, Unknown, UnknownCause
from security.attestations import AttestationKeys
from security.signatures import sign
from security.signing_keys import SigningKey
from tests.adapters.notes import NOTING
from tests.adapters.sftp_server import serving_sftp
from tests.adapters.test_adapters_batches import parts_of
from tests.adapters.test_adapters_directory import KEY, SUBMISSION

TAX = SigningKey.generate("tax.1")
KEYS = {"tax.1": TAX.verification_key()}
RECEIPTS = AttestationKeys.generate("r1")
ABOUT = {"case_no": SUBMISSION.case_no, "item": SUBMISSION.item, "attempt": 1}
OLD = 1_700_000_000


PLACES = ("folder", "sftp")


class Exchange:
    """Both ends: ours over the place, the department's in its folders."""

    def __init__(self, base: Path, department: DepartmentConnection, drop: Drop) -> None:
        self.lies_out = base / "out"
        self.lies_in = base / "in"
        self.department = department
        self.drop = drop
        self.port = FileExchangeDepartment("tax", self.drop)
        self.source = FileDecisionSource(self.department, self.drop, KEYS.get, lambda said: RECEIPTS.sign("b", said))

    @property
    def out(self) -> list[str]:
        return sorted(path.name for path in self.lies_out.glob("*.zip"))

    def sent(self, name: str) -> list[BatchEntry]:
        parts = parts_of((self.lies_out / name).read_bytes())
        listed = Manifest.model_validate_json(parts["manifest.json"]).files
        token = json.loads(parts["signature.json"])["token"]
        assert json.loads(RECEIPTS.verify("b", token).statement)["digest"]
        return [BatchEntry(one.kind, one.key, parts[one.name]) for one in listed]

    def answer(self, sequence: int, *entries: BatchEntry, name: str = "", key: SigningKey = TAX, **about: Any) -> Path:
        at = about.pop("at", datetime.now(UTC))
        json_type = {"Content-Type": "application/json"}
        packed = write_batch(
            "tax", "onething", sequence, at, entries,
            lambda manifest: sign("POST", batch_path("tax"), json_type, manifest, key, at),
        )  # fmt: skip
        path = self.lies_in / (name or f"tax-{sequence}.zip")
        path.write_bytes(packed)
        return path

    async def look(self) -> list[tuple[str, dict[str, Any] | str]]:
        """What a look brings that a case is told (door, body), or that is refused (code, file)."""
        told: list[tuple[str, dict[str, Any] | str]] = []
        more = True
        while more:
            page = await self.source.collect("")
            assert page.away == ""
            told += [
                (one.refused, one.named) if one.refused else (one.door, json.loads(one.body))
                for one in page.entries
                if one.refused or one.door
            ]
            await self.source.settle(page)
            more = page.more
        return told


@asynccontextmanager
async def exchanging(base: Path, place: str) -> AsyncIterator[Exchange]:
    """Over this kind of place."""
    for folder in (base, base / "out", base / "in"):
        folder.mkdir(exist_ok=True)
    entry = {"kind": "file-exchange", "folder": {"out": "out", "in": "in"}, "polling": {"page": 2}}
    secret = ""
    async with AsyncExitStack() as opened:
        if place == "sftp":
            server = await opened.enter_async_context(serving_sftp(base))
            entry["sftp"], secret = server.entry, server.private_key
        tax = DepartmentConnection("tax", DepartmentEntry.model_validate(entry), SecretStr(secret), base)
        yield Exchange(base, tax, await opened.enter_async_context(open_drop(tax, NOTING)))


@pytest.fixture(params=PLACES)
async def exchange(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Exchange]:
    async with exchanging(tmp_path, request.param) as opened:
        yield opened


def said(status: int, body: dict[str, Any], key: str = KEY) -> BatchEntry:
    return BatchEntry("answer", key, json.dumps({"status": status, "body": body}).encode())


def decision(number: str) -> BatchEntry:
    return BatchEntry("decision", "", json.dumps({"decision_id": number, **ABOUT}).encode())


async def test_a_submission_is_laid_down_once_and_goes_out_once(exchange: Exchange) -> None:
    assert await exchange.port.ask(KEY) == NeverArrived()
    for _ in range(2):
        assert await exchange.port.submit(SUBMISSION) == Taken(reference=KEY, accepted=False)
    await exchange.look()
    await exchange.look()
    assert exchange.out == ["onething-00000001.zip"]
    (entry,) = exchange.sent("onething-00000001.zip")
    assert (entry.kind, entry.key, entry.body) == ("submission", KEY, SUBMISSION.model_dump_json().encode())
    assert await exchange.port.submit(SUBMISSION) == Taken(reference=KEY, accepted=False)
    await exchange.look()
    assert len(exchange.out) == 1
    other = await exchange.port.submit(SUBMISSION.model_copy(update={"fields": {"company.name": "另一家"}}))
    assert isinstance(other, Unknown)
    assert other.cause is UnknownCause.KEY_CONFLICT
    ours = (exchange.lies_out / ".onething" / "entries").glob("*.json")
    assert not any("测试企业" in path.read_text() for path in ours), "what has gone is not kept in the clear"


async def test_entries_beyond_the_page_go_in_the_next_batch(exchange: Exchange) -> None:
    for attempt in range(1, 6):
        key = KEY.replace(":1", f":{attempt}")
        await exchange.port.submit(SUBMISSION.model_copy(update={"attempt": attempt, "key": key}))
    await exchange.look()
    assert [len(exchange.sent(name)) for name in exchange.out] == [2, 2, 1]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (
            said(202, {"reference": "T-1"}),
            ("acts", {"act": "accepted", "act_id": "tax-00000001:1", "reference": "T-1"}),
        ),
        (said(200, {"results": []}), ("decisions", {"verdict": "approved", "results": []})),
        (
            said(400, {"code": "E17", "reason": "尚有未结清税款"}),
            ("decisions", {"verdict": "refused", "code": "E17", "reason": "尚有未结清税款"}),
        ),
        (
            said(400, {"code": "correction", "points": [{"code": "phone"}]}),
            ("decisions", {"verdict": "correction", "points": [{"code": "phone"}]}),
        ),
        (decision("d-1"), ("decisions", {"decision_id": "d-1"})),
        (BatchEntry("act", "", json.dumps({"act": "x", **ABOUT}).encode()), ("acts", {"act": "x"})),
    ],
)
async def test_what_a_batch_answers_is_told_to_the_case_once(
    exchange: Exchange, answer: BatchEntry, told: tuple[str, dict[str, Any]]
) -> None:
    await exchange.port.submit(SUBMISSION)
    await exchange.look()
    exchange.answer(1, answer)
    ((door, body),) = await exchange.look()
    assert isinstance(body, dict)
    number = {} if door == "acts" else {"decision_id": body["decision_id"]}
    assert (door, body) == (told[0], {**told[1], **ABOUT, **number})
    assert await exchange.look() == []
    exchange.answer(1, answer, name="the-same-again.zip", at=datetime.now(UTC))
    again = await exchange.look()
    assert again in ([], [("batch-replaced", "the-same-again.zip")])


async def test_an_undoing_is_answered_to_who_asks_and_told_to_no_case(exchange: Exchange) -> None:
    await exchange.port.submit(SUBMISSION)
    assert isinstance(await exchange.port.undo(KEY, f"{KEY}:undo", "cancelled"), Taken)
    await exchange.look()
    assert [entry.kind for entry in exchange.sent(exchange.out[0])] == ["submission", "undo"]
    exchange.answer(1, said(200, {"results": []}, f"{KEY}:undo"))
    assert await exchange.look() == []
    assert await exchange.port.ask(f"{KEY}:undo") == Done()
    exchange.answer(2, said(400, {"code": "too-late", "reason": "已归档"}, f"{KEY}:undo"))
    await exchange.look()
    assert isinstance(await exchange.port.ask(f"{KEY}:undo"), Refused)


async def test_numbers_that_are_missing_are_told_and_hold_up_nothing(exchange: Exchange) -> None:
    for sequence in (1, 2, 4):
        exchange.answer(sequence, decision(f"d-{sequence}"))
    assert [body["decision_id"] for _, body in await exchange.look() if isinstance(body, dict)] == ["d-1", "d-2", "d-4"]
    assert (await exchange.source.collect("")).gap == "3"
    exchange.answer(3, decision("d-3"))
    assert len(await exchange.look()) == 1
    assert (await exchange.source.collect("")).gap == ""


async def test_another_batch_under_a_number_that_was_taken_is_refused(exchange: Exchange) -> None:
    exchange.answer(1, decision("d-1"))
    await exchange.look()
    exchange.answer(1, decision("d-2"), name="tax-1b.zip")
    assert await exchange.look() == [("batch-replaced", "tax-1b.zip")]
    assert await exchange.look() == [], "told once"
    exchange.answer(99_999, decision("d-3"))
    assert await exchange.look() == [("batch-sequence", "tax-99999.zip")]


def _link(into: Path) -> None:
    os.symlink("/etc/passwd", into / "bad.zip")


def _large(into: Path) -> None:
    with (into / "bad.zip").open("wb") as file:
        file.truncate(1 << 30)


def _cut_off_long_ago(into: Path) -> None:
    (into / "bad.zip").write_bytes(b"PK??")
    os.utime(into / "bad.zip", (OLD, OLD))


@pytest.mark.parametrize(
    ("lay", "code"),
    [
        (lambda into: (into / "bad.zip").mkdir(), "not-a-file"),
        (_link, "not-a-file"),
        (lambda into: os.mkfifo(into / "bad.zip"), "not-a-file"),
        (_large, "batch-too-large"),
        (_cut_off_long_ago, "batch-malformed"),
    ],
)  # fmt: skip
async def test_what_is_no_batch_is_told_once_and_the_batches_beside_it_count(
    exchange: Exchange, lay: Callable[[Path], Any], code: str
) -> None:
    lay(exchange.lies_in)
    exchange.answer(1, decision("d-1"))
    told = await exchange.look()
    assert (code, "bad.zip") in told
    assert [door for door, _ in told] == [code, "decisions"]
    assert await exchange.look() == []


async def test_a_file_that_is_still_being_written_is_left_until_it_is_whole(exchange: Exchange) -> None:
    path = exchange.answer(1, decision("d-1"))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    (exchange.lies_in / ".tax-2.zip").write_bytes(b"temporary")
    assert await exchange.look() == []
    path.write_bytes(whole)
    assert len(await exchange.look()) == 1


async def test_a_key_that_is_not_registered_yet_loses_no_batch(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = SigningKey.generate("tax.2")
    exchange.answer(1, decision("d-1"), key=new)
    for _ in range(2):
        assert await exchange.look() == [("signature-key-unknown", "tax-1.zip")]
    monkeypatch.setitem(KEYS, "tax.2", new.verification_key())
    assert len(await exchange.look()) == 1


async def test_a_file_that_we_may_not_read_is_looked_at_again(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange.answer(1, decision("d-1"))

    def forbidden(*_: object) -> bytes:
        raise PermissionError(13, "Permission denied")  # the tests may run as root, whom no permission stops

    with monkeypatch.context() as patched:
        patched.setattr(Drop, "read", forbidden)
        assert await exchange.look() == [("file-unreadable", "tax-1.zip")]
    assert len(await exchange.look()) == 1


async def test_what_broke_off_while_it_was_written_is_taken_away_after_a_day(exchange: Exchange) -> None:
    await exchange.look()
    ours = exchange.lies_out / ".onething"
    for name in (".old.tmp", ".new.tmp"):
        (ours / name).write_text("half of something")
    os.utime(ours / ".old.tmp", (OLD, OLD))
    await exchange.look()
    assert [path.name for path in ours.glob(".*")] == [".new.tmp"]


async def test_what_waits_under_its_own_name_without_a_moment_still_goes_out(tmp_path: Path) -> None:
    async with exchanging(tmp_path, "folder") as exchange:
        await exchange.port.submit(SUBMISSION)
        (pending,) = exchange.drop.names("pending")
        (entry,) = exchange.drop.names("entries")
        for part, name in (("pending", pending), ("entries", entry)):
            content = exchange.drop.held(part, name)
            assert content is not None
            del content["at"]
            exchange.drop.put(part, entry, content)
        exchange.drop.forget("pending", pending)
        assert isinstance(await exchange.port.submit(SUBMISSION), Taken)
        await exchange.look()
        assert [entry.key for entry in exchange.sent("onething-00000001.zip")] == [KEY]
        exchange.answer(1, said(200, {"results": []}))
        await exchange.look()
        assert await exchange.port.ask(KEY) == Done()


APPROVAL = {"status": 200, "body": '{"results": []}'}
FORGED: dict[str, Callable[[dict[str, Any], str], bytes]] = {
    "without a MAC, as an earlier release wrote it": lambda _, __: json.dumps(APPROVAL).encode(),
    "with the MAC of another content": lambda true, _: json.dumps({**APPROVAL, "mac": true["mac"]}).encode(),
    "one of ours under another name": lambda _, entry: entry.encode(),
    "with a MAC that is none": lambda _, __: json.dumps({**APPROVAL, "mac": "möglich"}).encode(),
    "a MAC that is no text": lambda _, __: json.dumps({**APPROVAL, "mac": 1}).encode(),
    "no object": lambda _, __: b"[200]",
    "no JSON": lambda _, __: b"\xff{",
    "nothing": lambda _, __: b"",
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
async def test_an_answer_that_somebody_else_wrote_beside_the_batches_decides_nothing(
    exchange: Exchange, forge: Callable[[dict[str, Any], str], bytes], caplog: pytest.LogCaptureFixture
) -> None:
    await exchange.port.submit(SUBMISSION)
    await exchange.look()
    exchange.answer(1, said(202, {"reference": "T-1"}))
    await exchange.look()
    ours = exchange.lies_out / ".onething"
    (answer,) = (ours / "answers").glob("*.json")
    true = answer.read_bytes()
    answer.write_bytes(forge(json.loads(true), (ours / "entries" / answer.name).read_text()))
    for _ in range(2):
        for outcome in (await exchange.port.submit(SUBMISSION), await exchange.port.ask(KEY)):
            assert isinstance(outcome, Unknown)
            assert outcome.cause is UnknownCause.NOTE_REFUSED
    told = [record.message for record in caplog.records if record.name == "onething.departments"]
    assert told == [f"tax: the note out/.onething/answers/{answer.name} is not as we wrote it, and is not believed"]
    answer.write_bytes(true)
    assert await exchange.port.ask(KEY) == Taken(reference="T-1")


@pytest.mark.parametrize("part", ["pending", "entries"])
async def test_what_somebody_changed_while_it_waited_is_not_signed_by_us(exchange: Exchange, part: str) -> None:
    await exchange.port.submit(SUBMISSION)
    (waiting,) = (exchange.lies_out / ".onething" / part).glob("*.json")
    true = waiting.read_text()
    waiting.write_text(true.replace('"kind": "submission"', '"kind": "undo"'))
    assert waiting.read_text() != true
    for _ in range(2):
        assert (await exchange.source.collect("")).away == "note_refused"
    if part == "pending":
        assert exchange.out == []
    waiting.write_text(true)
    await exchange.look()
    assert [entry.kind for entry in exchange.sent("onething-00000001.zip")] == ["submission"]


async def test_a_note_of_one_department_says_nothing_beside_anothers_batches(tmp_path: Path) -> None:
    async with exchanging(tmp_path, "folder") as exchange:
        exchange.drop.prepare()
        exchange.drop.put("taken", "sent", {"sequence": 7})
        folder = exchange.department.entry.folder
        assert folder is not None
        assert NOTING.note_mac is not None
        bank = Drop("bank", FolderPlace(tmp_path), folder, NOTING.note_mac)
        with pytest.raises(NoteRefused):
            bank.held("taken", "sent")
        assert exchange.drop.held("taken", "sent") == {"sequence": 7}


class Killed(BaseException):
    """The process ends here."""


async def killed_at(monkeypatch: pytest.MonkeyPatch, drop: Drop, step: int, work: Callable[[], Any]) -> bool:
    """Whether ``work`` died before its n-th change of the folder; it changed nothing after that."""
    left = step
    methods = ("hold", "put", "forget", "send")
    with monkeypatch.context() as patched:
        for name in methods:
            real = getattr(Drop, name)

            def counted(self: Any, *given: Any, real: Any = real) -> Any:
                nonlocal left
                if left == 0:
                    raise Killed
                left -= 1
                return real(self, *given)

            patched.setattr(Drop, name, counted)
        try:
            await drop.carry_out(work)
        except Killed:
            return True
    return False


@pytest.mark.parametrize("place", PLACES)
async def test_a_batch_is_the_same_wherever_the_sender_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    async def sent(step: int) -> bool:
        async with exchanging(tmp_path / str(step), place) as exchange:
            for attempt in (1, 2):
                key = KEY.replace(":1", f":{attempt}")
                await exchange.port.submit(SUBMISSION.model_copy(update={"attempt": attempt, "key": key}))
            sender = Outgoing("tax", exchange.drop, lambda said: RECEIPTS.sign("b", said), 10)
            died = await killed_at(monkeypatch, exchange.drop, step, lambda: sender.send(datetime.now(UTC)))
            before = {name: (exchange.lies_out / name).read_bytes() for name in exchange.out}
            await exchange.drop.carry_out(lambda: sender.send(datetime.now(UTC) + timedelta(minutes=1)))
            assert exchange.out == ["onething-00000001.zip"]
            assert len(exchange.sent(exchange.out[0])) == 2
            assert all((exchange.lies_out / name).read_bytes() == packed for name, packed in before.items())
            return not died

    assert await first_step_that_ends(sent) > 5


@pytest.mark.parametrize("place", PLACES)
async def test_a_batch_is_read_again_wherever_the_reader_is_killed_and_then_never_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    async def taken(step: int) -> bool:
        async with exchanging(tmp_path / str(step), place) as exchange:
            await exchange.port.submit(SUBMISSION)
            await exchange.look()
            exchange.answer(1, said(200, {"results": []}))
            incoming = Incoming("tax", exchange.drop, KEYS.get)
            page = await exchange.drop.carry_out(lambda: incoming.page(datetime.now(UTC)))
            died = await killed_at(monkeypatch, exchange.drop, step, lambda: incoming.settle(page))
            assert len(await exchange.look()) <= 1
            assert await exchange.look() == []
            assert await exchange.port.ask(KEY) == Done()
            return not died

    assert await first_step_that_ends(taken) > 3


async def first_step_that_ends(carried_out: Callable[[int], Awaitable[bool]]) -> int:
    """The number of changes after which the work was not killed any more."""
    for step in range(30):
        if await carried_out(step):
            return step
    raise AssertionError("it was killed at every step that was tried")


async def test_a_batch_without_answers_is_told_of_after_a_day_and_lies_there_again(exchange: Exchange) -> None:
    await exchange.port.submit(SUBMISSION)
    await exchange.look()
    first = (exchange.lies_out / exchange.out[0]).read_bytes()
    (exchange.lies_out / exchange.out[0]).unlink()
    sender = Outgoing("tax", exchange.drop, lambda said: RECEIPTS.sign("b", said), 10)
    assert await exchange.drop.carry_out(lambda: sender.overdue(datetime.now(UTC))) == []
    later = datetime.now(UTC) + outgoing.ANSWERED_WITHIN
    assert await exchange.drop.carry_out(lambda: sender.overdue(later)) == ["onething-00000001"]
    assert (exchange.lies_out / exchange.out[0]).read_bytes() == first
    exchange.answer(1, decision("d-1"))
    await exchange.look()
    assert await exchange.drop.carry_out(lambda: sender.overdue(later)) == []


async def test_a_look_at_which_nothing_new_was_said_asks_for_no_answers(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each question is a way to a server and back: however much is unanswered, a quiet look asks as much as before."""
    for attempt in range(1, 6):
        key = KEY.replace(":1", f":{attempt}")
        await exchange.port.submit(SUBMISSION.model_copy(update={"attempt": attempt, "key": key}))
    await exchange.look()
    await exchange.look()
    asked: list[str] = []
    for name in ("held", "has"):
        real = getattr(Drop, name)

        def noted(self: Drop, part: str, note: str, real: Callable[..., Any] = real) -> Any:
            asked.append(part)
            return real(self, part, note)

        monkeypatch.setattr(Drop, name, noted)
    await exchange.look()
    assert asked.count("answers") == 0
    assert asked.count("batches") == 1, "for the plan of a sender that was killed"
    exchange.answer(1, said(200, {"results": []}))
    await exchange.look()
    asked.clear()
    await exchange.look()
    assert asked.count("answers") == 5, "each once, for something was said"
    asked.clear()
    await exchange.look()
    assert asked.count("answers") == 0


async def test_a_folder_that_is_away_is_no_empty_folder(exchange: Exchange) -> None:
    exchange.lies_out.rename(exchange.lies_out.with_name("elsewhere"))
    outcome = await exchange.port.submit(SUBMISSION)
    assert isinstance(outcome, Unknown)
    assert outcome.cause is UnknownCause.UNREACHABLE
    assert await exchange.source.collect("") == CollectedPage(away="unreachable")
