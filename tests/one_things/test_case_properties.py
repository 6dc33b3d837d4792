"""Departments that do anything at any time, over any plan: what holds for every case.

A case reaches its end or waits for somebody; no item starts before its predecessors; after the pivot nothing is undone.
"""

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st

from one_things import commands as c
from one_things import events as e
from one_things.case import PENDING, CasePhase, CaseState, ItemStatus
from one_things.conditions import Answer
from one_things.definition import Bundle
from one_things.evolving import fold
from one_things.faults import CommandRefused
from one_things.order import predecessors
from one_things.steps import CloseCase, FetchSharedData, Step, SubmitItem, UndoItem, deadlines, next_steps
from one_things.waiting import AskApplicant
from tests.one_things.bundles import answers, bundles, choices
from tests.one_things.given import SEALED, SIMPLE, Story, a_plan
from tests.one_things.test_plan_properties import planned

CANCEL = c.Cancel(channel=e.Channel.WEB)


def begin(story: Story, step: Step, data: st.DataObject) -> None:
    """Carries out a step as the workflow does, with an answer at random."""
    match step:
        case SubmitItem(item=item):
            story.when(c.BeginSubmission(item=item))
        case FetchSharedData(lookup=lookup):
            if data.draw(st.booleans()):
                story.when(c.RecordSourceDown(lookup=lookup))
            story.when(c.RecordSharedData(lookup=lookup, fields=data.draw(st.sampled_from([SEALED, None]))))
        case UndoItem(item=item):
            failed = data.draw(st.sampled_from([False, False, True]))
            story.when(c.RecordUndone(item=item, failed=failed, refused=SEALED if failed else None))
        case AskApplicant(item=item):
            story.when(c.NoteAsked(item=item))
        case CloseCase(outcome=outcome):
            story.when(c.Close(outcome=outcome))


def outside(story: Story) -> list[c.Command]:
    """Everything that somebody outside may do now, sensible or not."""
    possible: list[c.Command] = [CANCEL, *(deadline.command for deadline in deadlines(story.state))]
    for item_id, item in story.state.items.items():
        if item.status in PENDING:
            possible += [story.decision(item_id, verdict, f"{item_id}-{story.state.version}") for verdict in c.Verdict]
            possible.append(c.RecordUnreachable(item=item_id))
        if item.status is ItemStatus.SUBMITTED:
            replies: list[c.Reply] = [
                c.Done(),
                c.Refused(code="refused", reason=SEALED),
                c.NeedsCorrection(points=SEALED),
            ]
            possible += [c.RecordReply(item=item_id, attempt=item.attempt, reply=reply) for reply in replies]
        if item.status is ItemStatus.CORRECTION:
            possible.append(c.AnswerCorrection(item=item_id, form=SEALED, channel=e.Channel.WEB))
        possible.append(story.decision(item_id, c.Verdict.APPROVED, "an old decision"))
        if story.state.phase is CasePhase.OPEN or item.status in {ItemStatus.UNDONE, ItemStatus.REFUSED}:
            possible.append(c.RecordUndone(item=item_id))  # a stray answer: undoing itself is a step, in its order
    possible += [c.SettleTask(item=task.item, operator="operator-1", note=SEALED) for task in story.state.tasks]
    return possible


def live(story: Story, data: st.DataObject) -> None:
    """A while of life: steps and outside acts in any order."""
    for _ in range(data.draw(st.integers(0, 40))):
        if story.state.phase is CasePhase.CLOSED:
            return
        steps = [step for step in next_steps(story.state) if not isinstance(step, CloseCase)]
        chance = data.draw(st.integers(0, 9))
        if steps and chance < 4:
            begin(story, data.draw(st.sampled_from(steps)), data)
            continue
        # Mostly what is hoped for, or cases would hardly ever come as far as their pivot.
        command = data.draw(st.sampled_from((chance < 8 and hoped_for(story)) or outside(story)))
        if isinstance(command, c.RecordReply) and data.draw(st.booleans()):
            story.taken(command.item)
            continue
        with contextlib.suppress(CommandRefused):
            story.when(command)


def come_to_an_end(story: Story, data: st.DataObject) -> None:
    """From here everybody does what is waited for. A case that is stuck fails here."""
    for _ in range(400):
        if story.state.phase is CasePhase.CLOSED:
            return
        steps = next_steps(story.state)
        if steps:
            for step in steps:
                if step in next_steps(story.state):
                    begin(story, step, data)
            continue
        unpublished = [item for item in story.state.items if _is_unpublished_notice(story, item)]
        if unpublished:
            story.taken(unpublished[0])
            continue
        awaited = hoped_for(story)
        assert awaited, "nothing to do and nobody to wait for"
        story.when(awaited[0])
    raise AssertionError("a case that does not end")


def hoped_for(story: Story) -> list[c.Command]:
    """What brings the case on: approvals, answers, ends of notices, settled tasks."""
    return [
        command
        for command in outside(story)
        if isinstance(command, c.SettleTask | c.AnswerCorrection | c.EndNotice)
        or (isinstance(command, c.Decide) and command.verdict is c.Verdict.APPROVED and _awaited(story, command))
    ]


def _is_unpublished_notice(story: Story, item: str) -> bool:
    submitted = story.state.item(item).status is ItemStatus.SUBMITTED
    return submitted and story.state.plan.item(item).notice is not None


def _awaited(story: Story, decision: c.Decide) -> bool:
    status = story.state.item(decision.item).status
    if story.state.plan.item(decision.item).notice is not None:
        return False
    return status in {ItemStatus.SUBMITTED, ItemStatus.ACCEPTED} and decision.decision_id != "an old decision"


def check_history(events: list[e.Event]) -> None:
    """What may never have happened, whatever happened."""
    before = predecessors(events[0].plan)
    approved: set[str] = set()
    stopped = pivot_passed = False
    undone: list[str] = []
    for event in events[1:]:
        match event:
            case e.ItemSubmitted(item=item):
                assert before[item] <= approved, "an item started before its predecessors"
                assert not stopped
            case e.ItemApproved(item=item) | e.NoticeEnded(item=item):
                approved.add(item)
            case e.PivotPassed():
                pivot_passed = True
            case e.CaseStopped():
                assert not pivot_passed, "a case stopped after its pivot"
                stopped = True
            case e.ItemUndone(item=item):
                assert stopped
                assert not pivot_passed, "something was undone after the pivot"
                assert not any(earlier in before[item] for earlier in undone), "undone in the wrong order"
                assert item not in undone
                undone.append(item)
    assert sum(isinstance(event, e.CaseClosed) for event in events) <= 1


@settings(max_examples=200)
@given(bundles(), answers(), st.data())
def test_every_case_of_every_bundle(bundle: Bundle, given_answers: dict[str, Answer], data: st.DataObject):
    story = Story(planned(bundle, given_answers, data.draw(choices(bundle))))

    live(story, data)
    check_history(story.events)
    assert fold(story.events) == story.state
    come_to_an_end(story, data)

    check_history(story.events)
    assert fold(story.events) == story.state
    assert story.state.version == len(story.events)
    assert CaseState.model_validate_json(story.state.model_dump_json()) == story.state
    rewritten = [e.event_from_json(e.event_to_json(event)) for event in story.events]
    assert fold(rewritten) == story.state
    check_outcome(story)


@settings(max_examples=60)
@given(st.data())
def test_every_case_of_enterprise_exit(data: st.DataObject):
    story = Story(a_plan(SIMPLE))

    live(story, data)
    come_to_an_end(story, data)

    check_history(story.events)
    assert fold(story.events) == story.state
    check_outcome(story)


def check_outcome(story: Story) -> None:
    statuses = {item.status for item in story.state.items.values()}
    assert not statuses & PENDING
    if story.state.stop_reason is not None:
        assert story.state.outcome == story.state.stop_reason.outcome
    if story.state.pivot_passed:
        assert story.state.outcome is e.CaseOutcome.COMPLETED
