"""What an applicant needs to know, without knowing anything of departments: four plain sentences."""

from collections.abc import Sequence
from datetime import date

from gateway.texts import text
from gateway.views.delivery_view import delivered_now
from gateway.views.item_view import ItemView, Look
from gateway.views.moments import day_text, last_day
from gateway.views.owed import owed_views
from one_things.case import CasePhase, CaseState
from one_things.delivery import DeliveryState, DeliveryStatus
from one_things.delivery_steps import all_decided
from one_things.events import CaseOutcome, TaskKind
from one_things.hand_in import titles_of, waiting_for_applicant
from one_things.limit_watch import Rest
from one_things.model import Record
from one_things.proposal import Proposal
from one_things.text import Text

_WITH_DEPARTMENT = frozenset({Look.SUBMITTED, Look.RECEIVED, Look.ACCEPTED})
_ONLY_FOR_OPERATORS = frozenset({TaskKind.DEPARTMENT_SILENT, TaskKind.DECISIONS_DIFFER})
_MOST_NAMED = 2
_FAILED = frozenset({Look.REFUSED, Look.LAPSED, Look.DROPPED})


class Headline(Record):
    """What happens now, whom we wait for, until when, and what the applicant must do (usually: nothing)."""

    now: Text
    waiting_for: Text
    until: Text
    until_on: date | None = None
    your_part: Text
    needs_you: bool = False
    trouble: Text | None = None
    """A department that does not answer; nothing the applicant has to care about, but it is said."""


def headline(state: CaseState, items: Sequence[ItemView], version: int) -> Headline:
    """The headline of a case."""
    if version == 0:
        return _calm("headline.received_now", "headline.received_wait")
    if state.phase is CasePhase.CLOSED:
        return _closed(state, items)
    if state.proposal is not None and state.phase is CasePhase.PROPOSED:
        return _proposed(state.proposal, state.confirmation.confirm_by)
    tasks = [task for task in state.tasks if task.kind not in _ONLY_FOR_OPERATORS]
    if tasks:
        title = state.plan.item(tasks[0].item).title
        return _calm("headline.task_now", "headline.wait_staff", item=title)
    if state.phase is CasePhase.STOPPING:
        return _with_trouble(_calm("headline.stopping_now", "headline.wait_system"), state, items)
    to_correct = [item for item in items if item.status is Look.CORRECTION]
    if to_correct:
        return Headline(
            now=text("headline.correction_now", item=to_correct[0].title),
            waiting_for=text("headline.wait_you"),
            until=text("headline.until_none"),
            your_part=text("headline.your_part_correction"),
            needs_you=True,
        )
    if state.rest is not None:
        return _resting(state.rest)
    returned = [item for item in items if item.status is Look.RETURNED]
    if returned:
        return Headline(
            now=text("headline.returned_now", item=returned[0].title),
            waiting_for=text("headline.wait_you"),
            until=text("headline.until_none"),
            your_part=text("headline.your_part_returned"),
            needs_you=True,
        )
    delivery = delivered_now(state)
    if delivery is not None and all_decided(state):
        return _delivering(state, *delivery)
    to_sign = [item for item in items if item.signing is not None and item.signing.open]
    under_way = _awaiting_signatures(to_sign[0]) if to_sign else _or_wait(_under_way(items), items)
    return _with_trouble(_with_hand_in(under_way, state), state, items)


def _proposed(proposal: Proposal, confirm_by: date | None) -> Headline:
    return Headline(
        now=text("headline.proposed_now", department=proposal.department_title, event=proposal.title),
        waiting_for=text("headline.wait_you"),
        until=day_text(confirm_by) if confirm_by else text("headline.until_none"),
        until_on=confirm_by,
        your_part=text("headline.your_part_confirm"),
        needs_you=True,
    )


def _or_wait(headline: Headline, items: Sequence[ItemView]) -> Headline:
    """A source that is down: its applicant need not wait for it."""
    held_up = next((item.waits_for for item in items if item.waits_for is not None), None)
    return headline if held_up is None else headline.model_copy(update={"your_part": held_up})


def _awaiting_signatures(item: ItemView) -> Headline:
    signing = item.signing
    assert signing is not None
    return Headline(
        now=text("headline.signing_now", document=signing.document),
        waiting_for=signing.awaited,
        until=day_text(signing.ends_on) if signing.ends_on else text("headline.until_none"),
        until_on=signing.ends_on,
        your_part=text("headline.your_part_sign"),
        needs_you=True,
    )


def _with_hand_in(headline: Headline, state: CaseState) -> Headline:
    """What only the applicant can hand in comes first: an item that waits for it, then what follows by a date."""
    titles = titles_of(state.plan)
    for item, missing in waiting_for_applicant(state).items():
        return headline.model_copy(
            update={
                "now": text("headline.hand_in_now", item=state.plan.item(item).title),
                "waiting_for": text("headline.wait_you"),
                "your_part": text("headline.your_part_hand_in", material=titles[missing[0]]),
                "needs_you": True,
            }
        )
    due = [one for one in owed_views(state) if one.due_on is not None]
    if not due:
        return headline
    first = min(due, key=lambda one: one.due_on or date.max)
    your_part = text("headline.your_part_deferred", material=first.title, date=day_text(first.due_on or date.max))
    return headline.model_copy(update={"your_part": your_part, "needs_you": True})


def _delivering(state: CaseState, item_id: str, delivery: DeliveryState) -> Headline:
    """Everything is decided; a paper has not reached its applicant."""
    planned = state.plan.item(item_id)
    ready = delivery.status is DeliveryStatus.READY
    due_on = delivery.watch.dates.due_on if delivery.timed and delivery.watch.dates is not None else None
    return Headline(
        now=text("delivery.headline_ready" if ready else "delivery.headline_sent", item=planned.title),
        waiting_for=text("headline.wait_you") if ready else state.plan.departments[planned.department],
        until=day_text(due_on) if due_on else text("headline.until_none"),
        until_on=due_on,
        your_part=text("delivery.your_part_collect" if ready else "headline.your_part_none"),
        needs_you=ready,
    )


def _resting(rest: Rest) -> Headline:
    until = last_day(rest.resumes_at)
    return Headline(
        now=text("headline.resting_now"),
        waiting_for=text("headline.wait_you"),
        until=day_text(until),
        until_on=until,
        your_part=text("headline.your_part_resume"),
    )


def _under_way(items: Sequence[ItemView]) -> Headline:
    working = [item for item in items if item.status in _WITH_DEPARTMENT]
    on_notice = [item for item in items if item.status is Look.NOTICE]
    if working:
        dates = [item.due_on for item in working if item.due_on is not None]
        last = max(dates, default=None)
        now = (
            text("headline.working_one", item=working[0].title)
            if len(working) == 1
            else text("headline.working_many", count=len(working))
        )
        return Headline(
            now=now,
            waiting_for=departments_text(working),
            until=day_text(last) if last else text("headline.until_none"),
            until_on=last,
            your_part=text("headline.your_part_none"),
        )
    if on_notice:
        ends = max((item.notice_ends_on for item in on_notice if item.notice_ends_on is not None), default=None)
        return Headline(
            now=text("headline.notice_now", item=on_notice[0].title),
            waiting_for=text("headline.wait_notice"),
            until=day_text(ends) if ends else text("headline.until_none"),
            until_on=ends,
            your_part=text("headline.your_part_none"),
        )
    return _calm("headline.preparing_now", "headline.wait_system")


def departments_text(items: Sequence[ItemView]) -> Text:
    """The departments of these items, named once each: two by name, the rest by number."""
    names = list({item.department.id: item.department.title for item in items}.values())
    more = text("headline.more", count=len(names))
    if len(names) > _MOST_NAMED:
        # Chinese counts all of them (等 5 个部门), English those that are not named (and 3 more).
        more = Text(zh=more.zh, en=text("headline.more", count=len(names) - _MOST_NAMED).en)
    separator = text("headline.and")
    named = names[:_MOST_NAMED]
    tail = more if len(names) > _MOST_NAMED else Text(zh="", en="")
    return Text(
        zh=separator.zh.join(name.zh for name in named) + tail.zh,
        en=separator.en.join(name.en for name in named) + tail.en,
    )


def _closed(state: CaseState, items: Sequence[ItemView]) -> Headline:
    outcome = state.outcome or CaseOutcome.COMPLETED
    failed = sum(1 for item in items if item.status in _FAILED)
    if outcome is CaseOutcome.COMPLETED:
        now = text("headline.partly_now", count=failed) if failed else text("headline.completed_now")
        your_part = text("headline.your_part_collect")
    else:
        now = text(f"headline.{outcome.value}_now")
        question = outcome in {CaseOutcome.REFUSED, CaseOutcome.OBJECTED}
        your_part = text("headline.your_part_question" if question else "headline.your_part_again")
    return Headline(
        now=now, waiting_for=text("headline.wait_nobody"), until=text("headline.until_now"), your_part=your_part
    )


def _calm(now: str, waiting_for: str, **values: object) -> Headline:
    return Headline(
        now=text(now, **values),
        waiting_for=text(waiting_for),
        until=text("headline.until_none"),
        your_part=text("headline.your_part_none"),
    )


def _with_trouble(headline: Headline, state: CaseState, items: Sequence[ItemView]) -> Headline:
    silent = {item.department.id: item.department.title for item in items if item.unreachable_since is not None}
    for item_state in state.items.values():
        for party in item_state.signing.silent if item_state.signing is not None else ():
            department = state.plan.party(party).department or party
            silent[department] = state.plan.departments.get(department, state.plan.party(party).title)
    for lookup in state.plan.lookups:
        if lookup.id in state.sources_down:
            silent[lookup.department] = state.plan.departments[lookup.department]
    if not silent:
        return headline
    separator = text("headline.and")
    names = Text(
        zh=separator.zh.join(name.zh for name in silent.values()),
        en=separator.en.join(name.en for name in silent.values()),
    )
    return headline.model_copy(update={"trouble": text("headline.unreachable", departments=names)})
