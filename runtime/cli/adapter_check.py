"""`onething adapter check`: the whole contract against a department's endpoint, with a report that says how to mend."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from runtime.cli.commands import CommandFailed, Commands
from runtime.cli.console import errors, results

if TYPE_CHECKING:
    from pydantic import SecretStr

    from adapters.configuration.kinds import Kind
    from adapters.conformance.candidate import Candidate, SourceToLookUp
    from adapters.conformance.check import Check
    from adapters.conformance.report import CheckResult, Report
    from security.signing_keys import VerificationKey

_BAD_INPUT = 2
_MARKS = {"passed": "✓", "failed": "✗", "not-tried": "–"}


def register(commands: Commands) -> None:
    """Add `adapter check`."""
    commands.adapter_group().command("check")(check)


def check(
    url: Annotated[str, typer.Argument(metavar="URL", help="Where the department serves the contract.")],
    department: Annotated[str, typer.Option(help="Its code, as in `tax`.")],
    token_file: Annotated[Path, typer.Option(help="The file with the credential that it expects of us.")],
    kind: Annotated[
        str, typer.Option(help="How we hear of its decisions: `http-push`, or `http-poll` (we fetch its list).")
    ] = "http-push",
    key: Annotated[
        Path | None, typer.Option(help="Its public key (PEM). Without it, it has to decide in its answers.")
    ] = None,
    key_id: Annotated[str, typer.Option(help="The id of the key; by default DEPARTMENT.1.")] = "",
    contract: Annotated[int, typer.Option(min=1, max=2, help="The version of the contract that it speaks.")] = 2,
    item: Annotated[str, typer.Option(help="An item that it decides.")] = "test-item",
    fields: Annotated[
        Path | None, typer.Option(help="A form that it would take: YAML or JSON, value by name of field.")
    ] = None,
    serves: Annotated[
        list[str] | None, typer.Option(help="Also check: `deferred`, `payments`, `reports`. May be repeated.")
    ] = None,
    dataset: Annotated[
        list[str] | None, typer.Option(metavar="NAME:FIELD=VALUE", help="A dataset, and a subject it knows.")
    ] = None,
    licence: Annotated[
        list[str] | None, typer.Option(metavar="TYPE:FIELD=VALUE", help="A type of licence, and a holder.")
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(metavar="CHECK", help="Only this check, and the first. May be repeated.")
    ] = None,
    answer_seconds: Annotated[float, typer.Option(min=0.1, max=10, help="The longest that an answer may take.")] = 5.0,
    wait: Annotated[float, typer.Option(min=0.1, max=3600, help="Seconds to wait for a decision or its repeat.")] = 30,
    rate: Annotated[float, typer.Option(min=0.1, max=50, help="Submissions a second that it promised to bear.")] = 5.0,
    seconds: Annotated[float, typer.Option(min=0.1, max=60, help="How long that rate is held.")] = 3.0,
    listen: Annotated[str, typer.Option(metavar="HOST:PORT", help="Where callbacks arrive here.")] = "127.0.0.1:0",
    callback_url: Annotated[
        str, typer.Option(help="How the department reaches that address, where it is another one for it.")
    ] = "",
    html: Annotated[Path | None, typer.Option(help="Write the report as a page.")] = None,
    json: Annotated[Path | None, typer.Option(help="Write the report for programs.")] = None,
    language: Annotated[str, typer.Option(help="Of the report: zh or en.")] = "zh",
) -> None:
    """Check a department's system against the whole contract: what was done, what came, and how to mend it.

    Sends test submissions (case numbers begin with 9999), so point it at a test system. Ends with 1 when there is a
    fault, with 2 when the check cannot be run as it was asked for.

    Example: `onething adapter check http://127.0.0.1:8000 --department tax --token-file token --key tax.1.pub.pem`
    """
    if language not in {"zh", "en"}:
        raise CommandFailed("--language is zh or en", _BAD_INPUT)
    if not url.startswith(("http://", "https://")):
        raise CommandFailed("URL begins with http:// or https://", _BAD_INPUT)
    candidate = _candidate(
        url=url,
        department=department,
        token=_token(token_file),
        key=_key(key, key_id or f"{department}.1"),
        kind=_kind(kind, key),
        contract=contract,
        item=item,
        fields=_fields(fields),
        answer_seconds=answer_seconds,
        wait_seconds=wait,
        rate=rate,
        load_seconds=seconds,
        serves=serves or [],
        datasets=tuple(_source(one, "--dataset") for one in dataset or []),
        licences=tuple(_source(one, "--licence") for one in licence or []),
    )
    report = asyncio.run(_checked(candidate, _chosen(only or []), listen, callback_url, language))
    _write(report, html, json, language)
    number = len(report.faults)
    left_out = len(report.checks) - number - report.passed
    results.print(f"\n{department}: {report.passed} passed, {number} failed, {left_out} not tried")
    if number:
        raise CommandFailed("not ready to connect: " + ", ".join(sorted({one.fault for one in report.faults})))


def _chosen(names: list[str]) -> tuple[Check, ...]:
    from adapters.conformance.suite import CHECKS, chosen

    known = [one.name for one in CHECKS]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise CommandFailed(f"--only does not know {', '.join(unknown)}; it knows {', '.join(known)}", _BAD_INPUT)
    return chosen(names)


async def _checked(
    candidate: Candidate, checks: tuple[Check, ...], listen: str, callback_url: str, language: str
) -> Report:
    from adapters.conformance.listener import open_listener
    from adapters.conformance.suite import run

    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise CommandFailed("--listen reads HOST:PORT, such as 127.0.0.1:0", _BAD_INPUT)
    number = 0

    def told(one: Check, result: CheckResult | None) -> None:
        nonlocal number
        if result is None:
            number += 1
            status.update(f"{number}/{len(checks)} {one.name}")
        else:
            _show(result, language)

    with errors.status("starting") as status:
        try:
            async with open_listener(candidate.key, host, int(port), callback_url) as listener:
                where = f"{listener.url}/departments/{candidate.department}/decisions"
                said = f"decisions are fetched from {candidate.url.rstrip('/')}/decisions"
                errors.print(said if candidate.is_polled else f"callbacks are expected at {where}")
                return await run(candidate, listener, told, checks)
        except OSError as error:
            raise CommandFailed(f"cannot listen on {listen}: {error.strerror or error}", _BAD_INPUT) from None


def _show(result: CheckResult, language: str) -> None:
    why = result.why
    said = f" ({why.in_language(language)})" if why is not None else f"  {result.seconds:.2f} s"
    results.print(f"{_MARKS[result.state]} {result.title.in_language(language)}{said}  {result.check}", markup=False)
    if result.fault_title is None or result.mend is None:
        return
    for name, text in (
        ("fault", f"{result.fault}: {result.fault_title.in_language(language)}"),
        ("done", result.done[-1] if result.done else "–"),
        ("expected", result.expected.in_language(language)),
        ("came", result.came),
        ("mend", result.mend.in_language(language)),
        ("read", result.read),
    ):
        results.print(f"    {name:<9} {text}", markup=False, soft_wrap=True)


def _write(report: Report, page: Path | None, data: Path | None, language: str) -> None:
    from adapters.conformance.report import html

    try:
        if page is not None:
            page.write_text(html(report, language), encoding="utf-8")
        if data is not None:
            data.write_text(report.model_dump_json(indent=2), encoding="utf-8")
    except OSError as error:
        raise CommandFailed(f"the report cannot be written: {error}", _BAD_INPUT) from None


def _candidate(*, serves: list[str], **told: Any) -> Candidate:
    from adapters.conformance.candidate import Candidate, Serves

    unknown = [one for one in serves if one not in set(Serves)]
    if unknown:
        raise CommandFailed(f"--serves knows {', '.join(Serves)}; not {', '.join(unknown)}", _BAD_INPUT)
    return Candidate(serves=frozenset(Serves(one) for one in serves), **told)


def _read(file: Path, name: str) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandFailed(f"{name}: {file} cannot be read: {error}", _BAD_INPUT) from None


def _token(file: Path) -> SecretStr:
    from pydantic import SecretStr

    token = _read(file, "--token-file").strip()
    if not token or not token.isascii() or not token.isprintable():
        raise CommandFailed("--token-file: the credential is empty, or more than one line of ASCII", _BAD_INPUT)
    return SecretStr(token)


def _key(file: Path | None, key_id: str) -> VerificationKey | None:
    from security.errors import SecurityError
    from security.signing_keys import VerificationKey

    if file is None:
        return None
    try:
        return VerificationKey.from_pem(key_id, _read(file, "--key"))
    except SecurityError as error:
        raise CommandFailed(f"--key: {error}; make it with openssl pkey -in KEY -pubout", _BAD_INPUT) from None


def _kind(kind: str, key: Path | None) -> Kind:
    from adapters.configuration.kinds import Kind

    if kind not in {Kind.HTTP_PUSH, Kind.HTTP_POLL}:
        raise CommandFailed(f"--kind knows http-push and http-poll, not {kind}", _BAD_INPUT)
    if kind == Kind.HTTP_POLL and key is None:
        raise CommandFailed("--kind http-poll needs --key: each entry of the list is signed", _BAD_INPUT)
    return Kind(kind)


def _fields(file: Path | None) -> dict[str, Any]:
    import yaml

    if file is None:
        return {}
    try:
        fields = yaml.safe_load(_read(file, "--fields"))
    except yaml.YAMLError as error:
        raise CommandFailed(f"--fields: {' '.join(str(error).split())}", _BAD_INPUT) from None
    if not isinstance(fields, dict) or not all(isinstance(name, str) for name in fields):
        raise CommandFailed("--fields: the file holds values by names of fields", _BAD_INPUT)
    return fields


def _source(written: str, option: str) -> SourceToLookUp:
    from adapters.conformance.candidate import SourceToLookUp

    name, colon, subject = written.partition(":")
    field, equals, value = subject.partition("=")
    if not (name and colon and field and equals and value):
        raise CommandFailed(f"{option} reads NAME:FIELD=VALUE, such as register:company.credit_code=91…", _BAD_INPUT)
    return SourceToLookUp(name, {field: value})
