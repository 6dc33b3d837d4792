"""`onething bundles try`: a bundle runs once before it is put to use."""

from __future__ import annotations

import asyncio
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.status import Status
from rich.text import Text as Line

from runtime.cli.bundles import Language, given_answer
from runtime.cli.city import Telling
from runtime.cli.commands import CommandFailed, Commands
from runtime.cli.console import errors, results
from runtime.cli.yaml_file import read_mapping

if TYPE_CHECKING:
    from one_things.application import Application
    from one_things.definition import Bundle
    from one_things.faults import Fault
    from runtime.authoring.trial import Trial

_BAD_INPUT = 2
_INTERRUPTED = 130


def register(commands: Commands) -> None:
    """Add `bundles try`."""
    commands.bundle_group().command("try")(try_out)


def try_out(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The bundle's file.")],
    answers: Annotated[
        list[str] | None,
        typer.Option("--answers", metavar="FILE|NAME=VALUE", help="Answers to the situations. Repeatable."),
    ] = None,
    form: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Values of form fields; the others are made up by their type."),
    ] = None,
    choose: Annotated[
        list[str] | None, typer.Option("--choose", metavar="ITEM", help="Take only this item. Repeatable.")
    ] = None,
    refuse: Annotated[
        list[str] | None, typer.Option("--refuse", metavar="ITEM", help="Its department refuses this item. Repeatable.")
    ] = None,
    language: Annotated[Language, typer.Option(help="Language of the timeline.")] = Language.EN,
    patience: Annotated[
        float, typer.Option(min=1, help="Seconds without any event after which the case counts as stuck.")
    ] = 60,
) -> None:
    """Run one case of a bundle in a city of its own, with the days of waiting skipped, and print what happens.

    Departments are simulated, and so is whoever has to sign, pay or hand something in on the way: the timeline says so.
    A file with `answers:` and `form:`, such as an application of `onething case submit`, serves both options.

    Ends with 0 when the case was completed, with 1 and the reason otherwise, with 2 for mistakes in what was given.

    Example: `onething bundles try my-bundle.yaml --answers route=simple --answers has_employees=true`
    """
    from runtime.authoring.trial import forget_other_cities

    bundle = _checked(file)
    _known_items(bundle, [*(choose or ()), *(refuse or ())])
    trial = _trial(bundle, _answers(answers or []), _part(form, "form") if form else {}, choose, refuse or [], patience)
    forget_other_cities()
    code = asyncio.run(_watched(trial, language))
    if code:
        raise typer.Exit(code)


def _checked(file: Path) -> Bundle:
    from one_things.bundle_file import read_bundle
    from one_things.yaml_file import FileRefused

    try:
        return read_bundle(file)
    except FileRefused as refused:
        raise CommandFailed("\n".join(map(str, refused.faults)), _BAD_INPUT) from None
    except OSError as unreadable:
        raise CommandFailed(f"{file} cannot be read: {unreadable.strerror}", _BAD_INPUT) from None


def _known_items(bundle: Bundle, named: list[str]) -> None:
    items = [item.id for item in bundle.items]
    unknown = [item for item in named if item not in items]
    if unknown:
        raise CommandFailed(f"no such item: {', '.join(unknown)}; there are: {', '.join(items)}", _BAD_INPUT)


def _answers(given: list[str]) -> dict[str, str | bool]:
    answers: dict[str, str | bool] = {}
    for text in given:
        if "=" in text:
            name, value = given_answer(text)
            answers[name] = value
        else:
            answers |= _part(Path(text), "answers")
    return answers


def _part(file: Path, name: str) -> dict[str, Any]:
    """What the file says under ``name``, or all of it when it is not parted."""
    content = read_mapping(file, f"names and values, or {name}: with names and values below it")
    part = content.get(name, {} if {"answers", "form", "bundle"} & content.keys() else content)
    if not isinstance(part, dict):
        raise CommandFailed(f"{file}: {name} holds no names and values", _BAD_INPUT)
    return part


def _trial(
    bundle: Bundle,
    answers: dict[str, str | bool],
    form: dict[str, Any],
    chosen: list[str] | None,
    refused: list[str],
    patience: float,
) -> Trial:
    """The trial of an application that would be taken. Raises CommandFailed with everything that is in its way."""
    from one_things.admission import answer_faults
    from one_things.clock import shanghai_date
    from one_things.planning import application_faults
    from runtime.authoring.sample_form import sample_application
    from runtime.authoring.trial import Trial

    today = shanghai_date(datetime.now(UTC))
    in_force = _in_force(bundle, today)
    unusable = tuple(answer_faults(in_force, answers))
    if unusable:
        _refused_at_the_door(unusable, _BAD_INPUT)
    application = sample_application(in_force, answers, chosen, form, today)
    faults = application_faults(in_force, application, today)
    if faults:
        _refused_at_the_door(faults, 1)
    _tell_what_is_made_up(application, form)
    return Trial(in_force, application, tuple(refused), patience)


def _in_force(bundle: Bundle, today: Any) -> Bundle:
    """The bundle as if it were in force today; said when it is not."""
    if bundle.valid_from <= today and (bundle.valid_until is None or bundle.valid_until >= today):
        return bundle
    errors.print(f"{bundle.bundle} {bundle.version} is not in force today: it is tried as if it were")
    return bundle.model_copy(update={"valid_from": today, "valid_until": None})


def _refused_at_the_door(faults: tuple[Fault, ...], exit_code: int) -> None:
    for fault in faults:
        errors.print(f"{fault.field}: {fault.reason.zh} {fault.reason.en} → {fault.fix.zh} {fault.fix.en}")
    raise CommandFailed("the application is refused at the door, so no case begins", exit_code)


def _tell_what_is_made_up(application: Application, given: dict[str, Any]) -> None:
    made_up = [f"{name}={value}" for name, value in application.form.items() if name not in given]
    if made_up:
        results.print(f"made up    {'  '.join(made_up)}")


async def _watched(trial: Trial, language: Language) -> int:
    """The exit code."""
    from runtime.authoring.acts_on_the_way import ActRefused
    from runtime.authoring.trial import TrialFailed

    me = asyncio.current_task()
    assert me is not None
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, me.cancel)
    try:
        return await _told(trial, language)
    except (TrialFailed, ActRefused) as failed:
        raise CommandFailed(str(failed)) from None
    except asyncio.CancelledError:
        errors.print("interrupted; the city of the trial is gone")
        return _INTERRUPTED


async def _told(trial: Trial, language: Language) -> int:
    from gateway.views.timeline import entry_of
    from one_things.clock import SHANGHAI
    from one_things.events import CaseOutcome
    from runtime.authoring.trial import Played, under_way
    from runtime.case_drawing import case_details

    with Status("starting a city for the trial", console=errors) as status:
        async with under_way(trial, Telling(status)) as running:
            status.update("the case goes on")
            async for happened in running.to_its_end():
                if isinstance(happened, Played):
                    results.print(Line(f"  played            {happened.said}", "magenta"))
                    continue
                entry = entry_of(happened.state.plan, happened.state.version, happened.event)
                at = entry.at.astimezone(SHANGHAI)
                results.print(f"{at:%Y-%m-%d %H:%M}  {entry.text.in_language(language)}")
            view = await running.view()
            status.update("stopping the city")
    results.print()
    results.print(case_details(view))
    if view.outcome is CaseOutcome.COMPLETED:
        return 0
    errors.print(f"the case was not completed: {view.phase_text.zh} {view.phase_text.en}")
    return 1
