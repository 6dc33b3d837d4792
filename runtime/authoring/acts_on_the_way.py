"""What has to be done by hand while a case goes on, as the trial of a bundle plays it.

Each kind of act is one function of ``_PLAYED``: what else a person or a department may have to do is added there.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Final, NamedTuple

import httpx
from pydantic import JsonValue

from adapters.sandbox.control_routes import DecisionByHand
from one_things.application import Application
from one_things.case import CasePhase, CaseState, ItemState, ItemStatus
from one_things.definition import Bundle
from one_things.events import TaskKind
from one_things.hand_in import Why, owed, waiting_for_applicant
from one_things.planned_parties import PlannedParty
from runtime.authoring.plays import BY_HAND, Play, Plays, starting_event
from runtime.authoring.sample_form import SAMPLE_DIGEST
from runtime.embedded.city import City
from security.signatures import sign
from security.tokens import Role

_OPERATOR: Final = "operator-of-the-trial"
_NOTE: Final = "试办中由工作人员处理（模拟）"


_ABOUT_MONEY: Final = frozenset({TaskKind.ANSWER_INCOMPLETE, TaskKind.MONEY_LEFT})


class ActRefused(Exception):
    """What the trial wanted to do was refused; the message says by what."""

    code = "act-refused"


class Doors(NamedTuple):
    """Where acts are handed in: the gateway as the applicant, the control of the sandbox, and the city's secrets."""

    gateway: httpx.AsyncClient
    control: httpx.AsyncClient
    city: City


class Stage(NamedTuple):
    """Where a case is played: the doors, what its applicant applied with, and what is to differ."""

    doors: Doors
    bundle: Bundle
    application: Application
    plays: Plays

    @property
    def form(self) -> Mapping[str, JsonValue]:
        """What the applicant filled in."""
        return self.application.form


class Act(NamedTuple):
    """One act: done once for each ``key``."""

    key: str
    said: str
    do: Callable[[], Awaitable[None]]


def acts_on_the_way(state: CaseState, stage: Stage) -> Iterator[Act]:
    """What the case waits for a person to do, as it stands now. Institutions sign through the sandbox by themselves."""
    for played in _PLAYED:
        yield from played(state, stage)


def _signatures(state: CaseState, stage: Stage) -> Iterator[Act]:
    """Every person who has not signed yet, each signed in as the one whom the form names."""
    for planned in state.plan.items:
        signing = state.items[planned.id].signing
        if planned.signing is None or signing is None or not state.items[planned.id].awaits_signatures:
            continue
        for party in state.plan.parties:
            if party.identity is None or party.id not in planned.signing.parties or signing.signed(party.id):
                continue
            yield _sign(state, planned.id, party, str(stage.form[party.identity]), signing.digest, stage.doors)


def _sign(state: CaseState, item: str, party: PlannedParty, number: str, digest: str, doors: Doors) -> Act:
    async def do() -> None:
        token = doors.city.secrets.token(f"{party.id}-of-the-trial", Role.APPLICANT, identity=number)
        await _sent(
            doors.gateway.post(
                f"/cases/{state.case_no}/items/{item}/signatures",
                json={"digest": digest, "party": party.id},
                headers={"Authorization": f"Bearer {token}"},
            )
        )

    return Act(f"sign:{item}:{party.id}:{digest}", f"{party.id} signs for {item}", do)


def _materials(state: CaseState, stage: Stage) -> Iterator[Act]:
    """What items wait for, and what was deferred and is to come in time."""
    for item, missing in waiting_for_applicant(state).items():
        yield _hand_in(state, item, missing, stage.doors)
    for one in owed(state):
        if one.why is Why.DEFERRED and one.id in state.deferrals and one.id not in stage.plays.missed:
            yield _hand_in(state, one.items[0], (one.id,), stage.doors)


def _hand_in(state: CaseState, item: str, missing: tuple[str, ...], doors: Doors) -> Act:
    async def do() -> None:
        materials = [{"id": material, "digest": SAMPLE_DIGEST} for material in missing]
        await _sent(doors.gateway.post(f"/cases/{state.case_no}/materials", json={"materials": materials}))

    return Act(f"hand-in:{item}:{','.join(missing)}", f"the applicant hands in {', '.join(missing)} for {item}", do)


def _answers(state: CaseState, stage: Stage) -> Iterator[Act]:
    """The applicant answers a correction notice, or hands in again what was returned; the same, since it is made up."""
    for item, one in state.items.items():
        if one.status not in {ItemStatus.CORRECTION, ItemStatus.RETURNED}:
            continue
        named = set(one.asks or ())
        body: dict[str, JsonValue] = {
            "form": {name: value for name, value in stage.form.items() if name in named},
            "materials": [
                {"id": name, "digest": SAMPLE_DIGEST} for name in state.plan.item(item).materials if name in named
            ],
        }
        what = "answers the correction notice" if one.status is ItemStatus.CORRECTION else "hands in again"
        path = f"/cases/{state.case_no}/items/{item}/correction"
        yield Act(
            f"correct:{item}:{one.attempt}:{one.status}", f"the applicant {what} for {item}", _post(stage, path, body)
        )


def _confirmation(state: CaseState, stage: Stage) -> Iterator[Act]:
    """The applicant confirms what a department's event proposed, and adds what it left open."""
    starting = starting_event(stage.bundle, stage.plays)
    if starting is None or state.phase is not CasePhase.PROPOSED or state.confirmation.in_doubt:
        return
    application = stage.application.model_dump(mode="json")
    body = {
        "answers": {name: value for name, value in application["answers"].items() if name not in starting.answers},
        "form": {name: value for name, value in application["form"].items() if name not in starting.fields},
        **{name: application[name] for name in ("materials", "authorisations", "deferred")},
    }
    yield Act("confirm", "the applicant confirms", _post(stage, f"/cases/{state.case_no}/confirm", body))


def _tasks(state: CaseState, stage: Stage) -> Iterator[Act]:
    """An operator puts every task right; one about money needs the author's own look at it."""
    token = stage.doors.city.secrets.token(_OPERATOR, Role.OPERATOR)
    for task in state.tasks:
        if task.kind in _ABOUT_MONEY or state.items[task.item].money is not None:
            continue
        path = f"/cases/{state.case_no}/items/{task.item}/settle"
        key = f"settle:{task.item}:{task.kind}:{task.opened_at.isoformat()}"
        yield Act(key, f"an operator sees to {task.item} ({task.kind})", _post(stage, path, {"note": _NOTE}, token))


def _departments(state: CaseState, stage: Stage) -> Iterator[Act]:
    """What the departments of played items do on the way, and the decision once that has been shown."""
    for item, play in stage.plays.items.items():
        one = state.items.get(item)
        if one is None or play not in BY_HAND:
            continue
        if one.status is ItemStatus.RECEIVED and play is Play.RETURN:
            if one.attempt == 1:
                about = {"reason": "form-faulty", "responsible": "applicant", "note": "申请书未签字（模拟）"}
                yield _act(state, stage, item, "returned", about)
            else:
                yield _act(state, stage, item, "accepted", {})
        elif one.status is ItemStatus.ACCEPTED:
            yield from _after_acceptance(state, stage, item, play, one)


def _after_acceptance(state: CaseState, stage: Stage, item: str, play: Play, one: ItemState) -> Iterator[Act]:
    """One thing after the other, so that each date that follows from it is reckoned before the next."""
    if one.date_in_doubt:
        return
    planned = state.plan.item(item)
    lasting = next((run.procedure for run in one.procedures if run.lasts), None)
    held = {run.procedure for run in one.procedures}
    to_come = [procedure.id for procedure in planned.procedures if procedure.id not in held]
    limits = planned.limits
    if play is Play.PROCEDURE and lasting is not None:
        yield _act(state, stage, item, "procedure_ended", {"procedure": lasting})
    elif play is Play.PROCEDURE and to_come:
        yield _act(state, stage, item, "procedure_begun", {"procedure": to_come[0]})
    elif play is Play.EXTEND and one.extension is None and limits is not None and limits.extension is not None:
        yield _act(state, stage, item, "extended", {"approver": "测试负责人", "reason": "情况复杂（模拟）"})
    elif play is not Play.LATE or one.watch.breached_statutory:
        yield _decision(state, stage, item)


def _act(state: CaseState, stage: Stage, item: str, act: str, about: Mapping[str, JsonValue]) -> Act:
    """An act of the item's department, signed as its own system signs."""
    department, attempt = state.plan.item(item).department, state.items[item].attempt
    act_id = f"trial:{act}:{item}:{attempt}:{about.get('procedure', '')}"
    says = {"act": act, "act_id": act_id, "case_no": state.case_no, "item": item, "attempt": attempt, **about}
    body = json.dumps(says).encode()

    async def do() -> None:
        path, headers = f"/departments/{department}/acts", {"Content-Type": "application/json"}
        key = stage.doors.city.secrets.departments.signing_key(department)
        signature = sign("POST", stage.doors.city.urls["gateway"] + path, headers, body, key)
        await _sent(stage.doors.gateway.post(path, content=body, headers={**headers, **signature}))

    return Act(act_id, f"{department} says {act} of {item}", do)


def _decision(state: CaseState, stage: Stage, item: str) -> Act:
    body = DecisionByHand(case_no=state.case_no, item=item).model_dump_json()

    async def do() -> None:
        headers = {"Content-Type": "application/json"}
        await _sent(stage.doors.control.post("/decisions", content=body, headers=headers))

    department = state.plan.item(item).department
    return Act(f"decide:{item}:{state.items[item].attempt}", f"{department} approves {item}", do)


def _post(
    stage: Stage, path: str, body: Mapping[str, JsonValue], token: str | None = None
) -> Callable[[], Awaitable[None]]:
    async def do() -> None:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        await _sent(stage.doors.gateway.post(path, json=dict(body), headers=headers))

    return do


async def _sent(sending: Awaitable[httpx.Response]) -> None:
    answer = await sending
    if answer.is_error:
        raise ActRefused(f"{answer.request.url.path}: {answer.text}")


_PLAYED: Final = (_confirmation, _signatures, _materials, _answers, _departments, _tasks)
