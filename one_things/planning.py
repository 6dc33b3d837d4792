"""From a bundle to the plan of one case: ``make_plan``, and the questions a page asks before anyone applies."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from one_things.admission import (
    answer_faults,
    choice_faults,
    material_faults,
    missing_answers,
    rule_faults,
    rules_in_doubt,
    usable_answers,
)
from one_things.application import Application
from one_things.authorising import authorisation_faults, authorised_materials
from one_things.conditions import Answers, Unanswered
from one_things.definition import Bundle, Item, Situation
from one_things.delivery_admission import delivery_faults
from one_things.eligibility import eligibility_faults, eligibility_in_doubt, reckoned_from
from one_things.faults import ApplicationRefused, Fault
from one_things.form import form_faults
from one_things.later_materials import awaited_materials, deferral_faults, deferred_materials
from one_things.plan import NotChosen, Plan, PlannedCreditCheck, PlannedItem, PlannedMaterial, PlannedNotice
from one_things.planned_limits import SILENCE_HOURS, limits_of, planned_joint_limits, planned_limits
from one_things.promise_admission import commitment_faults, planned_commitments
from one_things.requirements import Requirements, requirements
from one_things.selection import Selection, select
from one_things.taking_part import fixed_by_parties, money_faults, planned_parties, planned_payment, planned_signing
from one_things.text import Text
from one_things.unwanted import unwanted_faults


def make_plan(
    bundle: Bundle,
    application: Application,
    digest: str,
    today: date,
    applied_on: date | None = None,
) -> Plan:
    """The plan of one case: ``bundle`` (whose definition has this ``digest``) resolved for one applicant.

    ``today`` is the date in Asia/Shanghai on which the application is made; ``applied_on`` an earlier one, on which a
    department's event began the case.

    Raises ApplicationRefused with every fault at once; a fault never repeats what the applicant wrote.
    """
    faults = application_faults(bundle, application, today, applied_on)
    if faults:
        raise ApplicationRefused(faults)
    usable = usable_answers(bundle, application.answers)
    selection = select(bundle, usable, application.chosen)
    needs = requirements(bundle, selection, usable, authorised_materials(application))
    return _plan(bundle, usable, selection, needs, application, digest)


def application_faults(
    bundle: Bundle, application: Application, today: date, applied_on: date | None = None
) -> tuple[Fault, ...]:
    """Everything that is wrong with an application, at once; none when it can become a plan."""
    answers = application.answers
    usable = usable_answers(bundle, answers)
    selection = select(bundle, usable, application.chosen)
    needs = requirements(bundle, selection, usable, authorised_materials(application))
    unanswered = selection.unanswered | needs.unanswered
    certain = not unanswered
    in_doubt = eligibility_in_doubt(bundle, usable, needs.fields)
    return (
        *_validity_faults(bundle, applied_on or today),
        *answer_faults(bundle, answers),
        *missing_answers(bundle, unanswered | rules_in_doubt(bundle, usable) | in_doubt, answers),
        *rule_faults(bundle, usable),
        *choice_faults(bundle, selection, application.chosen, certain),
        *unwanted_faults(bundle, selection, application, certain),
        *form_faults(bundle, needs.fields, application.form, certain),
        *eligibility_faults(bundle, usable, needs.fields, application.form, today),
        *material_faults(bundle, needs.materials, application, certain),
        *deferral_faults(bundle, needs.materials, application, certain),
        *commitment_faults(bundle, needs.materials, application, certain),
        *delivery_faults(selection.items, application, certain),
        *(money_faults(bundle, selection.items, application.form) if certain else ()),
        *authorisation_faults(bundle, {licence.material for licence in needs.licences}, application, certain),
    )


def open_situations(bundle: Bundle, answers: Mapping[str, object]) -> tuple[Situation, ...]:
    """The situations that still have to be answered, as far as these answers show it; in the order of the bundle."""
    usable = usable_answers(bundle, answers)
    selection = select(bundle, usable, None)
    needs = requirements(bundle, selection, usable)
    doubts = selection.unanswered | needs.unanswered | rules_in_doubt(bundle, usable)
    doubts |= eligibility_in_doubt(bundle, usable, needs.fields)
    return tuple(situation for situation in bundle.situations if situation.id in doubts)


def tentative_plan(bundle: Bundle, application: Application, digest: str) -> Plan:
    """The plan as far as it is known: items that these answers leave in doubt are not in it yet, nor special limits."""
    usable = usable_answers(bundle, application.answers)
    selection = select(bundle, usable, application.chosen)
    items = tuple(item.model_copy(update={"limits_when": ()}) for item in selection.items)
    selection = selection._replace(items=items)
    return _plan(bundle, usable, selection, requirements(bundle, selection, usable), application, digest)


def draft_plan(bundle: Bundle, application: Application, digest: str) -> Plan | None:
    """The plan as far as the answers decide it, whatever is still missing; None while they leave it open."""
    usable = usable_answers(bundle, application.answers)
    selection = select(bundle, usable, application.chosen)
    needs = requirements(bundle, selection, usable, authorised_materials(application))
    if selection.unanswered or needs.unanswered or not selection.items:
        return None
    return _plan(bundle, usable, selection, needs, application, digest)


def came_along(bundle: Bundle, answers: Mapping[str, object], chosen: Sequence[str]) -> dict[str, str]:
    """Item that nobody chose but that comes along → the item that requires it. Unusable answers are ignored."""
    return select(bundle, usable_answers(bundle, answers), chosen).came_along


def needed_for(
    bundle: Bundle,
    answers: Mapping[str, object],
    chosen: Sequence[str] | None,
    authorised: Collection[str] = (),
) -> Requirements:
    """What would be asked for: fields, materials and shared data, for a page or a pre-check before any application."""
    usable = usable_answers(bundle, answers)
    return requirements(bundle, select(bundle, usable, chosen), usable, authorised)


def _plan(
    bundle: Bundle,
    answers: Answers,
    selection: Selection,
    needs: Requirements,
    application: Application,
    digest: str,
) -> Plan:
    handed = {material.id: material for material in application.materials}
    awaited, deferred = (
        awaited_materials(needs.materials, application),
        deferred_materials(needs.materials, application),
    )
    there = {*handed, *(material.id for material in awaited), *(material.id for material in deferred)}
    promised = planned_commitments(needs.materials, application)
    there |= {commitment.material for commitment in promised}
    there |= {licence.material for licence in needs.licences}
    items = tuple(_planned(item, selection, needs, there, answers, application) for item in selection.items)
    involved = {item.department for item in items}
    involved.update(party.department for party in needs.parties if party.department is not None)
    involved |= {lookup.department for lookup in needs.lookups} | {licence.department for licence in needs.licences}
    involved |= {commitment.supervised_by for commitment in promised}
    involved |= {item.credit_check.department for item in items if item.credit_check is not None}
    return Plan(
        bundle=bundle.bundle,
        version=bundle.version,
        digest=digest,
        title=bundle.title,
        answers=answers.values,
        items=items,
        not_chosen=tuple(_not_chosen(bundle, selection, answers)),
        departments={department.id: department.title for department in bundle.departments if department.id in involved},
        lookups=needs.lookups,
        rating_days=bundle.rating_days,
        reckoned_from=tuple(
            sorted(
                reckoned_from(bundle, needs.fields, needs.item_fields.values())
                | fixed_by_parties(needs.parties, selection.items)
            )
        ),
        materials=tuple(
            PlannedMaterial(id=material.id, title=material.title, digest=handed[material.id].digest)
            for material in needs.materials
            if material.id in handed
        ),
        awaited=awaited,
        deferred=deferred,
        commitments=promised,
        patience=bundle.patience,
        one_correction=True,
        warn_before=bundle.warn_before,
        escalation=bundle.escalation,
        joint_limits=planned_joint_limits(bundle, {item.id for item in items}),
        suspension=bundle.suspension,
        deferrals_move=True,
        left_behind_is_seen=True,
        submitted_together=True,
        gathers_under_load=True,
        load_passes=True,
        silence_hours=SILENCE_HOURS,
        parties=planned_parties(needs.parties),
        licences=needs.licences,
    )


def _planned(
    item: Item,
    selection: Selection,
    needs: Requirements,
    there: Collection[str],
    answers: Answers,
    application: Application,
) -> PlannedItem:
    limits = limits_of(item, answers)
    return PlannedItem(
        id=item.id,
        title=item.title,
        department=item.department,
        kind=item.kind,
        after=selection.after[item.id],
        fields=needs.item_fields[item.id],
        materials=tuple(material for material in needs.item_materials[item.id] if material in there),
        lookups=needs.item_lookups[item.id],
        committed_days=limits.committed if limits else None,
        limits=planned_limits(item, answers),
        procedures=item.procedures,
        notice=_notice(item, selection),
        signing=planned_signing(item, needs.fields, needs.item_fields[item.id], needs.parties, selection.items),
        payment=planned_payment(item, selection.after, application.form),
        pivot=item.pivot,
        atomic=item.atomic,
        linked=item.linked,
        undo=item.undo.title if item.undo else None,
        results=item.results,
        licences=needs.item_licences[item.id],
        credit_check=_credit_check(item),
        required_by=selection.came_along.get(item.id),
    )


def _credit_check(item: Item) -> PlannedCreditCheck | None:
    if item.credit_check is None:
        return None
    record, source = item.credit_check.record, item.credit_check.source
    return PlannedCreditCheck(
        department=record.department,
        dataset=record.dataset,
        field=record.field,
        by=record.by,
        reason=item.credit_check.reason,
        article=f"《{source.document}》{source.article or ''}",
    )


def _notice(item: Item, selection: Selection) -> PlannedNotice | None:
    if item.notice is None:
        return None
    windows = {
        other.id: other.window.calendar_days
        for other in selection.items
        if other.window is not None and other.window.after_notice_of == item.id
    }
    return PlannedNotice(calendar_days=item.notice.calendar_days, windows=windows)


def _not_chosen(bundle: Bundle, selection: Selection, answers: Answers) -> list[NotChosen]:
    selected = {item.id for item in selection.items}
    left_out = [item for item in bundle.items if item.id not in selected]
    return [
        NotChosen(
            id=item.id,
            title=item.title,
            reason=_NOT_APPLICABLE
            if item.id in selection.inapplicable or not _may_apply(item, answers)
            else _NOT_CHOSEN,
        )
        for item in left_out
    ]


def _may_apply(item: Item, answers: Answers) -> bool:
    try:
        return answers.meet(item.when)
    except Unanswered:
        return True


def _validity_faults(bundle: Bundle, today: date) -> Iterator[Fault]:
    if today < bundle.valid_from:
        yield Fault(
            field="bundle",
            code="bundle-not-valid-yet",
            reason=Text(
                zh=f"此一件事自 {bundle.valid_from} 起方可办理。",
                en=f"This one-thing can be applied for from {bundle.valid_from} on.",
            ),
            fix=Text(zh="请在该日期之后申请。", en="Apply from that date on."),
        )
    if bundle.valid_until is not None and today > bundle.valid_until:
        yield Fault(
            field="bundle",
            code="bundle-not-valid-any-more",
            reason=Text(
                zh=f"此版本只能申请至 {bundle.valid_until}。",
                en=f"This version could be applied for until {bundle.valid_until}.",
            ),
            fix=Text(
                zh="请不指定版本，按现行版本申请；没有现行版本时，此一件事已停办。",
                en="Name no version, and the one in force is taken; where there is none, this one-thing has ended.",
            ),
        )


_NOT_APPLICABLE = Text(zh="根据您的情形不适用。", en="It does not apply to your answers.")
_NOT_CHOSEN = Text(zh="未选择。", en="It was not chosen.")
