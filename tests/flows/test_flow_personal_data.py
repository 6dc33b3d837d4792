"""What tells of a person lies readable nowhere but at the departments; and it can be erased, with the record whole.

Both databases, all logs and all spans are searched for the test persons, in every form in which bytes may hide them.
"""

import asyncio
import base64
import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from runtime.embedded.city import City
from tests.flows import stories
from tests.flows.companies import PERSONAL
from tests.flows.soundness import assert_sound
from tests.flows.town import Town, eventually

WRITTEN_BY_OFFICIALS = ("有一笔滞纳金未缴清", "账户仍有余额", "申请书未签字", "已线下处理")
TOLD_OF_PERSONS = (stories.refused, stories.refused_after_pivot, stories.corrected, stories.general)


def forms_of(text: str) -> Iterator[bytes]:
    """The ways in which this text may stand among bytes."""
    plain = text.encode()
    yield plain
    yield json.dumps(text).strip('"').encode()
    yield json.dumps(text).strip('"').upper().replace("\\U", "\\u").encode()
    yield quote(text).encode()
    yield plain.hex().encode()
    yield plain.hex().upper().encode()
    yield text.encode("gb18030")
    yield text.encode("utf-16-le")
    for shift in range(3):  # base64 looks different by where in a group of three bytes the text begins
        whole = base64.b64encode(b"\0" * shift + plain)
        middle = whole[4 if shift else 0 : len(whole) - 4]
        yield middle
        yield middle.replace(b"+", b"-").replace(b"/", b"_")


NEEDLES = {form: text for text in (*PERSONAL, *WRITTEN_BY_OFFICIALS) for form in forms_of(text)}


def persons_in(content: bytes) -> set[str]:
    """Who or what of the test data can be read in there."""
    return {text for form, text in NEEDLES.items() if form in content}


async def tables(town: Town) -> dict[str, bytes]:
    """Every row of every table, as the database shows it."""
    async with town.record.database.connection() as connection:
        names = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        found = {}
        for (name,) in names:
            rows = await connection.fetch(f'SELECT shown::text FROM "{name}" AS shown')
            found[name] = "\n".join(row[0] for row in rows).encode()
        return found


def files(city: City) -> dict[Path, bytes]:
    """Every file of the city that is not a department's own memory, with what lies in the servers' data folders."""
    found = {}
    for file in sorted(path for path in city.data_dir.rglob("*") if path.is_file()):
        if not file.name.startswith("departments.db"):
            with contextlib.suppress(FileNotFoundError):  # servers tidy up while we read
                found[file.relative_to(city.data_dir)] = file.read_bytes()
    return found


async def onething(town: Town, *arguments: str) -> tuple[int, str]:
    """The command, as an operator of this city runs it: exit code and output."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "runtime.cli", *arguments,
        env=town.city.environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    return await process.wait(), output.decode()


def test_the_search_finds_what_is_there() -> None:
    for text in (*PERSONAL, *WRITTEN_BY_OFFICIALS):
        body = json.dumps({"x": "ab", "name": text}, ensure_ascii=False).encode()
        escaped = json.dumps({"name": text}).encode()
        for holding in (body, escaped, body.hex().encode(), *(base64.b64encode(body[start:]) for start in range(3))):
            assert text in persons_in(b"\xff" + holding)


async def test_persons_are_readable_nowhere_but_at_the_departments(town: Town) -> None:
    cases = [await story(town) for story in TOLD_OF_PERSONS]
    for case_no in cases:
        await assert_sound(town, case_no)
    departments = b"".join(path.read_bytes() for path in town.city.data_dir.glob("departments.db*"))
    assert persons_in(departments) >= set(PERSONAL[:3]), "the departments were told, so there is something to find"

    async def traced() -> bool:
        return cases[-1] in (town.city.spans / "gateway.spans.jsonl").read_text(encoding="utf-8")

    await eventually(traced, bool, "the spans of the last case written")
    rows = await tables(town)
    assert {"events", "intake", "cases", "items", "timeline"} <= set(rows)
    assert cases[-1].encode() in rows["events"]
    assert {name: found for name, content in rows.items() if (found := persons_in(content))} == {}
    everything = files(town.city)
    searched = {path.parts[0] for path in everything}
    assert {"postgres", "temporal", "logs", "spans"} <= searched
    assert {str(path): found for path, content in everything.items() if (found := persons_in(content))} == {}


async def test_a_person_can_be_erased_and_the_record_stays_whole(town: Town) -> None:
    case_no = await stories.refused(town)
    state = await assert_sound(town, case_no)
    assert WRITTEN_BY_OFFICIALS[0] in json.dumps(await town.view(case_no), ensure_ascii=False)
    code, output = await onething(town, "case", "erase", case_no, "--yes")
    assert (code, "erased" in output) == (0, True), output
    code, output = await onething(town, "verify", case_no)
    assert (code, "whole" in output) == (0, True), output

    async def reasons() -> list[str]:
        return [item["reason"] for item in (await town.view(case_no))["items"] if item.get("reason")]

    await town.city.kill("serve")  # it keeps a key that it has used for half a minute, which need not be waited for
    await town.city.until_ready("serve")
    assert await eventually(reasons, lambda found: "erased" in str(found) or "删除" in str(found), "erased")
    assert WRITTEN_BY_OFFICIALS[0] not in json.dumps(await town.view(case_no), ensure_ascii=False)
    page = await town.http.get(f"/cases/{case_no}", headers={**town.bearer(), "Accept": "text/html"})
    assert page.status_code == 200
    assert WRITTEN_BY_OFFICIALS[0] not in page.text
    assert "删除" in page.text or "erased" in page.text
    assert (await assert_sound(town, case_no)) == state, "what happened stays on record"
    code, output = await onething(town, "case", "erase", case_no, "--yes")
    assert code == 0, f"again is no fault: {output}"
    code, output = await onething(town, "verify")
    assert code == 0, output
