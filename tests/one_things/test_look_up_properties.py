"""Look-ups in any order, with any answer: what an item is submitted with, and what nobody is asked twice."""

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from one_things import commands as c
from one_things import events as e
from one_things.case import CaseState
from one_things.faults import CommandRefused
from one_things.licences import LicenceFault, LicenceOutcome
from one_things.planning import needed_for
from one_things.preparing import known_facts, materials_with, standing_licences
from one_things.sealed import Sealed
from one_things.steps import CloseCase, SubmitItem, next_steps
from tests.one_things.given import SEALED, Story, a_digest
from tests.one_things.stations import FILING, LICENCE, PERMIT, REGISTRY, STATION, TAX, a_plan

HANDED = Sealed(suite="test", data="aGFuZGVk")
CHOICES = st.none() | st.lists(st.sampled_from([FILING, PERMIT, TAX]), min_size=1, unique=True).map(tuple)


def answers_of_anybody() -> list[c.Command]:
    """Whatever a source, an issuer, a credit record or the applicant can say about this bundle."""
    items = [FILING, PERMIT, TAX]
    return [
        c.RecordSourceDown(lookup=REGISTRY),
        c.RecordSharedData(lookup=REGISTRY, fields=SEALED, digest="said"),
        c.RecordSharedData(lookup=REGISTRY, fields=None),
        *(
            c.HandInInstead(lookup=REGISTRY, form=HANDED, digest=digest, channel=e.Channel.WEB)
            for digest in ("said", "other")
        ),
        c.RecordLicenceUnavailable(material=LICENCE),
        c.RecordLicence(material=LICENCE, verdict=c.LicenceStands(reference=SEALED, digest="d")),
        c.RecordLicence(material=LICENCE, verdict=c.LicenceFails(fault=LicenceFault.EXPIRED)),
        c.HandInMaterials(materials={LICENCE: a_digest()}, channel=e.Channel.WEB),
        *(c.RecordCreditUnavailable(item=item) for item in items),
        *(c.RecordCredit(item=item, digest="d", barred=barred) for item in items for barred in (False, True)),
    ]


def can_be_said(state: CaseState, command: c.Command) -> bool:
    """Nobody answers to what was never asked: no licence without authorisation, no credit record but a demanded one."""
    if isinstance(command, c.RecordLicence | c.RecordLicenceUnavailable):
        return bool(state.plan.licences)
    if isinstance(command, c.RecordCredit | c.RecordCreditUnavailable):
        return command.item in state.items and state.plan.item(command.item).credit_check is not None
    return True


def proved(state: CaseState, item: str) -> bool:
    """Whether the item has its licence or its paper, exactly one of them."""
    planned = state.plan.item(item)
    if LICENCE not in {material for one in STATION.items if one.id == item for material in one.materials}:
        return True
    paper = LICENCE in {material.id for material in materials_with(state, planned)}
    licence = bool(standing_licences(state, planned))
    return paper != licence


@given(st.data(), st.booleans(), CHOICES)
def test_no_item_is_submitted_without_what_it_needs(
    data: st.DataObject, authorised: bool, chosen: tuple[str, ...] | None
):
    needs_it = chosen is None or {FILING, PERMIT} & set(chosen)
    story = Story(a_plan(authorised=authorised and bool(needs_it), chosen=chosen))
    for _ in range(data.draw(st.integers(0, 25))):
        command = data.draw(st.sampled_from(answers_of_anybody()))
        if not can_be_said(story.state, command):
            continue
        with contextlib.suppress(CommandRefused):
            story.when(command)
        for step in next_steps(story.state):
            if not isinstance(step, SubmitItem):
                continue
            state, planned = story.state, story.state.plan.item(step.item)
            assert all(lookup in state.facts or lookup in state.handed_instead for lookup in planned.lookups)
            assert proved(state, step.item)
            assert planned.credit_check is None or state.items[step.item].credit is e.CreditOutcome.CLEAR
            if data.draw(st.booleans()):
                story.approved(step.item)
        if REGISTRY in story.state.handed_instead:
            assert known_facts(story.state, (REGISTRY,)) == (HANDED,), "never replaced"


@given(st.booleans(), CHOICES, st.booleans())
def test_nothing_is_asked_twice_and_nothing_that_is_provided(
    has_warehouse: bool, chosen: tuple[str, ...] | None, authorised: bool
):
    needs = needed_for(STATION, {"has_warehouse": has_warehouse}, chosen, (LICENCE,) if authorised else ())

    fields, materials = [field.id for field in needs.fields], [material.id for material in needs.materials]
    assert len(set(fields)) == len(fields)
    assert len(set(materials)) == len(materials)
    assert not set(fields) & {field for lookup in needs.lookups for field in lookup.fields}
    assert not set(materials) & {licence.material for licence in needs.licences}
    assert authorised or not needs.licences


@given(st.sampled_from(LicenceFault))
def test_a_case_never_stands_still_without_somebody_to_wait_for(fault: LicenceFault):
    story = Story(a_plan())
    story.when(c.RecordSharedData(lookup=REGISTRY, fields=SEALED, digest="d"))
    story.when(c.RecordLicence(material=LICENCE, verdict=c.LicenceFails(fault=fault)))
    story.when(c.NoteAsked(item=FILING))

    assert next_steps(story.state) == ()
    assert story.state.licences[LICENCE].outcome is LicenceOutcome.REJECTED
    story.when(c.HandInMaterials(materials={LICENCE: a_digest()}, channel=e.Channel.WEB))
    assert [step for step in next_steps(story.state) if not isinstance(step, CloseCase)]
