"""`onething case submit`, `case show` and `case watch`: a case from its application to its end, over HTTP."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer
from rich.table import Table

from runtime.cli.commands import CommandFailed, Commands
from runtime.cli.console import errors, results
from runtime.cli.yaml_file import read_mapping

if TYPE_CHECKING:
    from runtime.cli.gateway_client import Access, ApplicationFaulty, GatewayClient, ServerSentEvent

_BAD_INPUT = 2
_BETWEEN_CONNECTIONS = 1.0  # seconds
_MOST_FAILURES = 60
"""So many connections in a row without an answer: then watching gives up."""

DataDir = Annotated[
    Path | None, typer.Option(help="Folder of the embedded city to ask [default: ONETHING_DATA_DIR, or .onething here]")
]
AsOperator = Annotated[bool, typer.Option("--operator", help="Ask as the embedded city's sample operator.")]
Number = Annotated[str, typer.Argument(metavar="NO", help="The case number.")]


def register(commands: Commands) -> None:
    """Add `case submit`, `case show` and `case watch`."""
    group = commands.case_group()
    group.command("submit")(submit)
    group.command("show")(show)
    group.command("watch")(watch)


def submit(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The application, as YAML or JSON.")],
    key: Annotated[
        str | None, typer.Option(help="Idempotency key: the same key gives the same case [default: a new one]")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Submit an application and print the number of its case; every fault of a faulty one is listed.

    A material is handed in as a file beside the application (`{id: application, file: papers/application.pdf}`: PDF,
    OFD, JPEG or PNG, its path relative to FILE), or by the digest of a content that lies elsewhere (`digest:`).
    `delivery:` says how results on paper come (`{way: pick_up}`).

    Asks the gateway of ONETHING_PUBLIC_URL with ONETHING_TOKEN, by default the running embedded city.

    Example: `onething case submit examples/simple-exit.yaml --key my-first-case`
    """
    from runtime.cli.application_files import files_of, uploaded
    from runtime.cli.gateway_client import ApplicationFaulty, GatewayClient

    application = read_mapping(file, "an application, which begins with `bundle:`")
    files = files_of(application, file.parent)
    access = _access(data_dir)
    chosen_key = key or f"cli-{uuid4()}"
    try:
        with GatewayClient(access) as gateway, errors.status(f"waiting for {access.url}"):
            if files.there_are:
                application = uploaded(gateway, application, files, chosen_key)
            applied = gateway.apply(application, chosen_key)
    except ApplicationFaulty as faulty:
        _list_faults(faulty)
        raise CommandFailed(f"{faulty.title}: {len(faulty.faults)} to put right", _BAD_INPUT) from None
    results.print(applied.case_no)
    errors.print(f"page  {access.url}/cases/{applied.case_no}")
    errors.print(f"key   {chosen_key}" + (" (was used before: this is its case)" if applied.repeated else ""))


def show(
    number: Number,
    as_json: Annotated[bool, typer.Option("--json", help="As the gateway says it, for programs.")] = False,
    operator: AsOperator = False,
    data_dir: DataDir = None,
) -> None:
    """Show where a case stands: in plain words, item by item, and what has been issued.

    Example: `onething case show 4419-2026-000017`
    """
    from runtime.cli.gateway_client import GatewayClient

    access = _access(data_dir, operator)
    with GatewayClient(access) as gateway, errors.status(f"waiting for {access.url}"):
        case = gateway.case(number)
    if as_json:
        results.print(case.decode(), soft_wrap=True)
        return
    from gateway.views.case_view import CaseView
    from runtime.case_drawing import case_details

    results.print(case_details(CaseView.model_validate_json(case)))


def watch(number: Number, operator: AsOperator = False, data_dir: DataDir = None) -> None:
    """Print everything that happens to a case, from its beginning, until it is closed.

    A lost connection is made again, and nothing is missed or printed twice.

    Example: `onething case watch 4419-2026-000017`
    """
    from runtime.cli.gateway_client import GatewayClient

    with GatewayClient(_access(data_dir, operator)) as gateway:
        _watch(gateway, number)


def _watch(gateway: GatewayClient, number: str) -> None:
    import httpx

    from runtime.cli.gateway_client import GatewayAway

    gateway.case(number)  # says clearly when there is none, or when nobody answers
    last_id: str | None = None
    failures = 0
    while failures < _MOST_FAILURES:
        try:
            with gateway.following(number, last_id) as happened:
                failures = 0
                if happened is None:
                    return
                for event in happened:
                    closed = _tell(event)
                    last_id = event.id
                    if closed:
                        return
        except (httpx.HTTPError, GatewayAway) as error:
            if failures == 0:
                why = str(error) if isinstance(error, GatewayAway) else type(error).__name__
                errors.print(f"the connection is lost ({why}); connecting again")
            failures += 1
        time.sleep(_BETWEEN_CONNECTIONS)
    raise CommandFailed(f"the gateway did not answer {_MOST_FAILURES} times in a row")


def _tell(event: ServerSentEvent) -> bool:
    """Print what happened; whether the case is closed with it."""
    from gateway.views.change import Change

    change = Change.model_validate_json(event.data)
    results.print(f"{change.at.astimezone():%Y-%m-%d %H:%M:%S}  {change.text.en}")
    return change.outcome is not None


def _access(data_dir: Path | None, operator: bool = False) -> Access:
    from runtime.cli.access import access_to
    from runtime.settings_loading import load_settings

    return access_to(load_settings(), data_dir, operator)


def _list_faults(faulty: ApplicationFaulty) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("field", "what is wrong", "what to do"):
        table.add_column(heading, overflow="fold")
    for fault in faulty.faults:
        table.add_row(fault.field, fault.reason.en, fault.fix.en)
    errors.print(table)
