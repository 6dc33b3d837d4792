"""Which steps that are under way have become pointless, read off the state: the other side of ``next_steps``."""

from one_things import acceptance_steps as acs
from one_things import material_steps as ms
from one_things import promises as ps
from one_things import steps as s
from one_things.case import CasePhase, CaseState, ItemStatus
from one_things.delivery_steps import OrderDelivery, ReckonDelivery, is_idle
from one_things.preparing import CheckCredit, LookUpLicence, is_sought
from one_things.proposal_steps import ReckonConfirmation


def is_pointless(state: CaseState, step: s.Step) -> bool:
    """Whether nothing it could bring would count any more: decided meanwhile, stopped, closed, reckoned anew."""
    open_case = state.phase is CasePhase.OPEN
    if state.phase is CasePhase.CLOSED:
        return True
    match step:
        case s.SubmitItem(item=item):
            return not (open_case and state.item(item).status is ItemStatus.SUBMITTED)
        case s.FetchSharedData(lookup=lookup):
            return not open_case or lookup in state.facts
        case s.DrawUpDocument() | s.AskToSign():
            return not (open_case and _brings_signatures(state, step))
        case s.ReckonDate(item=item, reckoning=reckoning):
            return not open_case or state.item(item).reckonings != reckoning
        case ReckonConfirmation():
            return state.phase is not CasePhase.PROPOSED
        case s.ReckonJointLimit(limit=limit, reckoning=reckoning):
            return not open_case or state.joint[limit].reckonings != reckoning
        case (
            ms.ReckonDeferral() | ms.SupplyMaterial() | acs.ReckonAcceptance() | acs.ReckonSilence()
            | ps.CheckExclusion()
        ):  # fmt: skip
            return not (open_case and _is_needed_after_hand_in(state, step))
        case ReckonDelivery() | OrderDelivery():
            return is_idle(state, step)
        case LookUpLicence(material=material):
            return not open_case or not is_sought(state, material)
        case CheckCredit(item=item):
            return not open_case or state.item(item).credit is not None
    return False


def _brings_signatures(state: CaseState, step: s.DrawUpDocument | s.AskToSign) -> bool:
    match step:
        case s.DrawUpDocument(corrections=corrections):
            return corrections == len(state.corrections)
        case s.AskToSign(item=item, party=party, round=asked):
            return state.item(item).awaits_signature(party, asked)


def _is_needed_after_hand_in(state: CaseState, step: ms.MaterialStep | acs.AcceptanceStep | ps.CheckExclusion) -> bool:
    match step:
        case ps.CheckExclusion(material=material):
            return material not in state.promises
        case acs.ReckonAcceptance(item=item) | acs.ReckonSilence(item=item):
            return state.item(item).status is ItemStatus.RECEIVED
        case ms.SupplyMaterial(item=item, material=material):
            return material in state.item(item).lacks
        case ms.ReckonDeferral():
            return step in ms.material_steps(state)
    return True
