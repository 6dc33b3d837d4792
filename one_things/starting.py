"""From a department's event to a proposal (免申即办): what it fills in, and what is left for the applicant to add."""

from collections.abc import Iterator, Mapping
from datetime import date

from pydantic import JsonValue

from one_things.application import Application
from one_things.definition import Bundle, StartingEvent
from one_things.faults import ApplicationRefused, Fault
from one_things.form import ValueRefused, is_blank, normal_value
from one_things.plan import Plan
from one_things.planning import make_plan, tentative_plan
from one_things.proposal import Proposal
from one_things.text import Text


def filled_in(bundle: Bundle, starting: StartingEvent, data: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The form as far as the event fills it in, in its normal form.

    What the event leaves blank is asked of the applicant, who has to be known by it, though. Raises ApplicationRefused;
    a fault names the field of the event and never what stood in it.
    """
    fields = {field.id: field for field in bundle.fields}
    form: dict[str, JsonValue] = {}
    faults: list[Fault] = []
    for ours, theirs in starting.fields.items():
        value = data.get(theirs)
        if is_blank(value):
            if ours == starting.applicant:
                faults.append(_nobody(theirs))
            continue
        try:
            form[ours] = normal_value(fields[ours], value)
        except ValueRefused as refused:
            faults.append(refused.fault.model_copy(update={"field": f"data.{theirs}"}))
    if faults:
        raise ApplicationRefused(tuple(faults))
    return form


def proposal_of(bundle: Bundle, starting: StartingEvent, form: Mapping[str, JsonValue]) -> Proposal:
    """What is proposed; ``form`` is what the event filled in."""
    titles = {department.id: department.title for department in bundle.departments}
    return Proposal(
        event=starting.id,
        title=starting.title,
        department=starting.department,
        department_title=titles[starting.department],
        confirm_within=starting.confirm_within,
        filled=tuple(form),
        settled=tuple(starting.answers),
    )


def proposed_plan(bundle: Bundle, starting: StartingEvent, form: Mapping[str, JsonValue], digest: str) -> Plan:
    """The plan as far as the event settles it; what the applicant answers when they confirm may bring items along."""
    return tentative_plan(bundle, Application(answers=starting.answers, form=form), digest)


def confirmed_plan(bundle: Bundle, application: Application, digest: str, proposed_on: date, today: date) -> Plan:
    """The plan of a proposal that its applicant completed. ``application`` holds what the event filled in as well.

    The version was valid when the event happened, and that is enough. Raises ApplicationRefused with every fault.
    """
    return make_plan(bundle, application, digest, today, applied_on=proposed_on)


def foreign_changes(
    proposal: Proposal, form: Mapping[str, JsonValue], answers: Mapping[str, object]
) -> Iterator[Fault]:
    """A fault for every field and answer that the applicant would change although the event has settled it."""
    fixed = [f"form.{field}" for field in form if field in proposal.filled]
    fixed += [f"answers.{name}" for name in answers if name in proposal.settled]
    for place in fixed:
        yield Fault(
            field=place,
            code="field-filled-in",
            reason=Text(
                zh="此项由部门提供，确认时不能更改。", en="A department filled this in; it is not changed here."
            ),
            fix=Text(
                zh="请删去该项；如有误，请不予确认并自行申请。",
                en="Leave it out; if it is wrong, decline and apply yourself.",
            ),
        )


def _nobody(field: str) -> Fault:
    return Fault(
        field=f"data.{field}",
        code="applicant-missing",
        reason=Text(
            zh="没有写明申请人，无人可以确认。", en="It does not say whom it is about, so nobody could confirm it."
        ),
        fix=Text(zh="请填写证件号码或统一社会信用代码。", en="Give the identity number or credit code."),
    )
