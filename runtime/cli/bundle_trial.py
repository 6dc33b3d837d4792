"""`onething bundles try`: a bundle runs once before it is put to use."""

from __future__ import annotations

import asyncio
import signal
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.status import Status
from rich.text import Text as Line

from runtime.cli.bundles import given_answer
from runtime.cli.city import Telling
from runtime.cli.commands import CommandFailed, Commands
from runtime.cli.console import errors, results
from runtime.cli.yaml_file import read_mapping

if TYPE_CHECKING:
    from one_things.application import Application
    from one_things.definition import Bundle
    from one_things.faults import Fault
    from one_things.text import Text
    from runtime.authoring.plays import Plays
    from runtime.authoring.trial import Trial

_BAD_INPUT = 2


class TimelineLanguage(StrEnum):
    """In which words the timeline is printed."""

    ZH = "zh"
    EN = "en"
    BOTH = "both"


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
    play: Annotated[
        list[str] | None,
        typer.Option(
            "--play",
            metavar="ITEM=HOW",
            help="How its department behaves: refuse, correction, return, silent, late, procedure, extend, objection. "
            "Repeatable.",
        ),
    ] = None,
    commit: Annotated[
        list[str] | None, typer.Option("--commit", metavar="MATERIAL", help="Promise it instead. Repeatable.")
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(
            "--exclude", metavar="MATERIAL", help="Promise it while on the list of those who may not. Repeatable."
        ),
    ] = None,
    defer: Annotated[
        list[str] | None, typer.Option("--defer", metavar="MATERIAL", help="It follows in time. Repeatable.")
    ] = None,
    miss: Annotated[
        list[str] | None, typer.Option("--miss", metavar="MATERIAL", help="It is deferred and never comes. Repeatable.")
    ] = None,
    start: Annotated[
        str | None,
        typer.Option("--start", metavar="EVENT", help="Begin by this event of started_by; the applicant confirms."),
    ] = None,
    language: Annotated[TimelineLanguage, typer.Option(help="Language of the timeline.")] = TimelineLanguage.EN,
    patience: Annotated[
        float, typer.Option(min=1, help="Seconds without any event after which the case counts as stuck.")
    ] = 60,
) -> None:
    """Run one case of a bundle in a city of its own, with the days of waiting skipped, and print what happens.

    Departments are simulated, and so is whoever has to sign, pay, correct or hand something in on the way, and the
    operator who sees to a task: the timeline says `played` of each. What does not go the plain way is steered:

    `--play permit=correction` one notice, answered · `return` given back, handed in again · `refuse` and what is
    undone · `silent` accepted after five working days of silence · `late` both limits pass · `procedure`, `extend` the
    clock stops, the limit moves · `objection` to a public notice. `--defer`, `--miss`, `--commit`,
    `--exclude` say how a material comes, `--start` begins the case by a department's event.

    A file with `answers:` and `form:`, such as an application of `onething case submit`, serves both options.

    Ends with 0 when the case was completed, with 1 and the reason otherwise, with 2 for mistakes in what was given.

    Example: `onething bundles try my-bundle.yaml --answers route=simple --play tax-clearance=correction`
    """
    from runtime.authoring.trial import forget_other_cities

    bundle = _checked(file)
    plays = _plays(
        bundle,
        choose or [],
        play or [],
        refuse or [],
        committed=tuple(commit or ()),
        excluded=tuple(exclude or ()),
        deferred=tuple(defer or ()),
        missed=tuple(miss or ()),
        start=start,
    )
    trial = _trial(bundle, _answers(answers or []), _part(form, "form") if form else {}, choose, plays, patience)
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


def _plays(bundle: Bundle, chosen: list[str], played: list[str], refused: list[str], **others: Any) -> Plays:
    """What is to differ from the plain way. Raises CommandFailed with everything that the bundle has no place for."""
    from runtime.authoring.plays import Plays, play_faults, plays_of

    items = [item.id for item in bundle.items]
    steered, faults = plays_of(played, refused)
    faults += [f"--choose no such item: {item}; there are: {', '.join(items)}" for item in chosen if item not in items]
    plays = Plays(items=steered, **others)
    faults += play_faults(bundle, plays)
    for fault in faults:
        errors.print(fault)
    if faults:
        raise CommandFailed(f"{len(faults)} mistakes" if len(faults) > 1 else "1 mistake", _BAD_INPUT)
    return plays


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
    plays: Plays,
    patience: float,
) -> Trial:
    """The trial of an application that would be taken. Raises CommandFailed with everything that is in its way."""
    from one_things.admission import answer_faults
    from one_things.clock import shanghai_date
    from one_things.planning import application_faults
    from runtime.authoring.plays import starting_event, with_plays
    from runtime.authoring.sample_form import sample_application
    from runtime.authoring.trial import Trial

    today = shanghai_date(datetime.now(UTC))
    in_force = _in_force(bundle, today)
    starting = starting_event(in_force, plays)
    if starting is not None:
        answers = answers | starting.answers
    unusable = tuple(answer_faults(in_force, answers))
    if unusable:
        _refused_at_the_door(unusable, _BAD_INPUT)
    application = with_plays(in_force, sample_application(in_force, answers, chosen, form, today), plays)
    faults = application_faults(in_force, application, today)
    if faults:
        _refused_at_the_door(faults, 1)
    _tell_what_is_made_up(application, form)
    return Trial(in_force, application, plays, patience)


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


def _said(text: Text, language: TimelineLanguage) -> str:
    return f"{text.zh}  ·  {text.en}" if language is TimelineLanguage.BOTH else text.in_language(language)


async def _watched(trial: Trial, language: TimelineLanguage) -> int:
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


async def _told(trial: Trial, language: TimelineLanguage) -> int:
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
                results.print(f"{at:%Y-%m-%d %H:%M}  {_said(entry.text, language)}")
            view = await running.view()
            status.update("stopping the city")
    results.print()
    results.print(case_details(view))
    if view.outcome is CaseOutcome.COMPLETED:
        return 0
    errors.print(f"the case was not completed: {view.phase_text.zh} {view.phase_text.en}")
    return 1
