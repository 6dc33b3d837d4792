"""Sources that are down, e-licences, credit records and single items, on the real servers."""

from typing import Any

from one_things import events as e
from one_things.case import CaseState
from one_things.events import CaseOutcome
from one_things.identifiers import e_licence_identifier
from one_things.licences import LicenceFault, LicenceOutcome
from tests.flows import stations
from tests.flows.companies import ADDRESS, COMPANY
from tests.flows.soundness import assert_sound
from tests.flows.stations import FILING, FIRE, LICENCE, PERMIT, REGISTRY, TAX, station
from tests.flows.town import Town, eventually, in_order


async def ended(town: Town, case_no: str, outcome: CaseOutcome = CaseOutcome.COMPLETED) -> CaseState:
    state = await assert_sound(town, case_no)
    assert state.outcome is outcome
    return state


def materials_of(plan_of: CaseState) -> set[str]:
    return {material.id for material in plan_of.plan.materials}


async def secrets_in(town: Town, case_no: str) -> str:
    """Everything that the record says about the case, as it lies in the database."""
    return " ".join(one.data for one in await town.record.events.read(case_no))


async def test_an_e_licence_stands_for_the_paper_and_nothing_of_it_is_kept_but_a_sealed_reference(town: Town) -> None:
    case_no = await stations.verified(town)
    state = await ended(town, case_no)
    verified = await town.until_event(case_no, e.LicenceVerified)
    assert state.licences[LICENCE].outcome is LicenceOutcome.VERIFIED
    assert materials_of(state) == {"floor-plan"}, "the paper was never asked for"
    assert town.types(case_no).count("licence_verified") == 1, "one licence stands for the paper in both items"
    calls = (await town.journal(case_no)).calls
    assert [call.kind for call in calls].count("licence business-licence") == 1
    recorded = await secrets_in(town, case_no)
    assert "1.2.156.3005.2" not in recorded, "the identifier is sealed"
    assert verified.digest in recorded
    (planned,) = state.plan.licences
    assert planned.basis, "the authorisation says on which basis"
    assert (planned.by, planned.holder) == ("company.credit_code", "company.name"), "and which fields"


async def test_each_look_up_says_for_what_it_was_made_and_its_applicant_and_its_department_read_it(town: Town) -> None:
    case_no = await stations.verified(town)
    state = await ended(town, case_no)
    answer = await town.http.get(f"/cases/{case_no}/look-ups", headers=town.bearer())
    made = {(one["source"], one["authorised"]): one for one in answer.json()["look_ups"]}
    assert {source for source, _ in made} == {"enterprise-basic", "business-licence", "dishonesty-list"}
    assert made["business-licence", True]["basis"] == state.plan.licences[0].basis
    assert made["dishonesty-list", False]["fields"] == ["listed"]
    assert all(one["items"] and not one["cached"] for one in made.values())
    known = await town.until_event(case_no, e.SharedDataFetched)
    assert known.looked_up is not None
    assert (known.looked_up.by, known.looked_up.answer) == ("company.credit_code", "found")

    async def at_the_registry() -> list[str]:
        path = "/departments/market-regulation/look-ups"
        page = (await town.http.get(path, params={"limit": 100}, headers=town.operator())).json()
        return sorted(one["source"] for one in page["look_ups"] if one["case_no"] == case_no)

    shown = await eventually(at_the_registry, lambda found: len(found) == 2, "the look-ups of the case")
    assert shown == ["business-licence", "enterprise-basic"]


async def test_a_department_receives_the_reference_in_place_of_the_paper(town: Town) -> None:
    case_no = await stations.verified(town)
    submitted = await town.submitted(case_no, FILING)
    (reference,) = submitted["licences"]
    assert e_licence_identifier(reference["identifier"]) == reference["identifier"]
    assert (reference["material"], reference["issuer"]) == (LICENCE, "market-regulation")
    assert [material["id"] for material in submitted["materials"]] == ["floor-plan"]


async def test_a_licence_that_fails_asks_for_the_paper_with_the_reason(town: Town) -> None:
    courier = station()
    await stations.register(town, courier)
    await stations.licence(town, courier, {"entry": "set", "fields": {"valid_until": "2020-01-01"}})
    case_no = await stations.apply(town, courier)
    rejected = await town.until_event(case_no, e.LicenceRejected)
    assert rejected.fault is LicenceFault.EXPIRED
    view = await town.view(case_no)
    filing = item(view, FILING)
    assert filing["status"] == "waiting"
    assert "已过有效期" in filing["waits_for"]["zh"]
    assert view["headline"]["needs_you"]
    assert [one["id"] for one in view["owed"]] == [LICENCE]
    answer = await stations.hand_in_licence(town, case_no)
    assert answer.status_code == 200, answer.text
    again = await stations.hand_in_licence(town, case_no)
    assert again.json()["outcome"] == "repeat"
    await ended(town, case_no)
    submitted = await town.submitted(case_no, PERMIT)
    assert (submitted["licences"], [one["id"] for one in submitted["materials"]]) == ([], [LICENCE])


async def test_every_way_in_which_a_licence_can_be_wrong_is_told_apart(town: Town) -> None:
    wrong: dict[LicenceFault, dict[str, Any]] = {
        LicenceFault.NOT_HELD: {"entry": "none"},
        LicenceFault.NOT_IN_FORCE: {"entry": "set", "fields": {"status": "revoked"}},
        LicenceFault.OTHER_HOLDER: {"entry": "set", "fields": {"holder": "测试企业己有限公司"}},
        LicenceFault.IDENTIFIER_WRONG: {"entry": "set", "fields": {"identifier": "1.2.156.3005.2.A.B.C.001.X"}},
        LicenceFault.NOT_YET_VALID: {"entry": "set", "fields": {"valid_from": "2999-01-01"}},
    }
    cases: dict[str, LicenceFault] = {}
    for fault, entry in wrong.items():
        courier = station()
        await stations.register(town, courier)
        await stations.licence(town, courier, entry)
        cases[await stations.apply(town, courier)] = fault
    for case_no, fault in cases.items():
        assert (await town.until_event(case_no, e.LicenceRejected)).fault is fault
        assert (await town.cancel(case_no)).status_code == 200
        await ended(town, case_no, CaseOutcome.CANCELLED)


async def test_an_issuer_that_is_away_is_waited_for_or_not_as_the_applicant_likes(town: Town) -> None:
    waited = await stations.licence_late(town)
    assert in_order(town.types(waited), "licence_unavailable", "licence_verified", "item_submitted")
    handed = await stations.licence_away(town)
    assert in_order(town.types(handed), "licence_unavailable", "material_handed_in", "item_submitted")
    assert "licence_verified" not in town.types(handed)
    for case_no in (waited, handed):
        await ended(town, case_no)


async def test_a_source_that_is_down_may_be_handed_in_for_and_its_late_answer_replaces_nothing(town: Town) -> None:
    case_no = await stations.handed_in_instead(town)
    state = await ended(town, case_no)
    types = town.types(case_no)
    assert in_order(types, "shared_data_unavailable", "handed_in_instead", "item_submitted", "source_answered_late")
    submitted = await town.submitted(case_no, TAX)
    assert submitted["fields"]["company.name"] == COMPANY
    assert state.handed_instead[REGISTRY].form != state.facts[REGISTRY]
    recorded = await secrets_in(town, case_no)
    assert COMPANY not in recorded
    assert ADDRESS not in recorded


async def test_a_late_answer_that_agrees_troubles_nobody(town: Town) -> None:
    courier = station(authorised=False, chosen=(TAX,))
    await stations.register(town, courier, {"entry": "unavailable"})
    await town.switch(courier, TAX, stations.Silent())
    case_no = await stations.apply(town, courier)
    await town.until_event(case_no, e.SharedDataUnavailable)
    view = await town.view(case_no)
    (source,) = view["sources"]
    assert source["standing"] == "unavailable"
    assert source["values"] == [], "never an empty field"
    assert source["standing_text"]["en"] == "Source unavailable: hand it in, or wait"
    assert (await stations.hand_in_instead(town, case_no, **{"company.name": COMPANY})).status_code == 200
    await town.until_items(case_no, stations.ItemStatus.ACCEPTED, TAX)
    await stations.register(town, courier)
    late = await town.until_event(case_no, e.SourceAnsweredLate)
    assert late.agrees
    await town.decide(case_no, TAX)
    await ended(town, case_no)
    assert "operator_task_opened" not in town.types(case_no)


async def test_what_may_not_be_handed_in_is_refused_with_its_reason(town: Town) -> None:
    case_no = await stations.verified(town)
    closed = await stations.hand_in_instead(town, case_no, **{"company.name": "x", "company.registered_address": "y"})
    assert (closed.status_code, closed.json()["code"]) == (409, "case-closed")

    courier = station(authorised=False)
    await stations.register(town, courier)
    await town.switch(courier, FILING, stations.Silent())
    case_no = await stations.apply(town, courier)
    await town.until_items(case_no, stations.ItemStatus.ACCEPTED, FILING)
    whole = {"company.name": COMPANY, "company.registered_address": ADDRESS}
    answered = await stations.hand_in_instead(town, case_no, **whole)
    assert (answered.status_code, answered.json()["code"]) == (409, "source-answered")
    wrong = await stations.hand_in_instead(town, case_no, **{"company.name": " ", "shoe.size": "43"})
    assert wrong.status_code == 422
    assert {fault["field"] for fault in wrong.json()["faults"]} == {
        "form.company.name",
        "form.company.registered_address",
        "form.shoe.size",
    }
    unknown = await town.http.post(
        f"/cases/{case_no}/sources/no.such/hand-in", json={"form": whole}, headers=town.bearer()
    )
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown-source")
    path = f"/cases/{case_no}/sources/{REGISTRY}/hand-in"
    stranger = await town.http.post(path, json={"form": whole}, headers=town.bearer("somebody-else"))
    assert stranger.status_code == 404
    assert (await town.cancel(case_no)).status_code == 200
    await ended(town, case_no, CaseOutcome.CANCELLED)


async def test_who_is_barred_is_refused_before_the_department_hears_of_it(town: Town) -> None:
    case_no = await stations.barred(town)
    state = await ended(town, case_no, CaseOutcome.REFUSED)
    types = town.types(case_no)
    assert in_order(types, "credit_unavailable", "credit_checked", "item_refused", "case_stopped")
    assert [event.item for event in town.events(case_no) if isinstance(event, e.ItemSubmitted)] == [FILING]
    assert state.items[PERMIT].code == "credit-barred"
    for language, reason in (("zh", "失信联合惩戒"), ("en", "joint sanctions")):
        answer = await town.http.get(f"/cases/{case_no}", params={"lang": language}, headers=town.bearer())
        permit = item(answer.json(), PERMIT)
        assert reason in permit["reason"]
        assert permit["article"] == "《快递业务经营许可管理办法》第七条"


async def test_single_items_bring_along_what_they_require_and_leave_the_rest_greyed(town: Town) -> None:
    case_no = await stations.subset(town)
    await ended(town, case_no)
    view = await town.view(case_no)
    assert [one["id"] for one in view["items"]] == [FILING, PERMIT]
    assert item(view, FILING)["required_by"] == PERMIT
    assert item(view, FILING)["came_along"]["en"] == "“Courier permit” requires it."
    assert item(view, PERMIT)["came_along"] is None
    drawn = (await town.http.get(f"/cases/{case_no}/panorama", headers=town.bearer())).json()
    greyed = {one["id"]: one["reason"]["en"] for one in drawn["items"] if not one["chosen"]}
    assert greyed == {TAX: "It was not chosen.", FIRE: "It does not apply to your answers."}


async def test_choices_against_the_law_and_authorisations_for_nothing_are_refused_at_once(town: Town) -> None:
    wrong = station(chosen=(PERMIT,), without=(FILING,), authorisations=(LICENCE, "floor-plan", "passport"))
    answer = await town.post_application(wrong)
    assert answer.status_code == 422
    faults = {fault["field"]: fault for fault in answer.json()["faults"]}
    assert faults["without.0"]["code"] == "choice-against-order"
    assert "邮政法" in faults["without.0"]["reason"]["zh"]
    assert faults["authorisations.floor-plan"]["code"] == "authorisation-without-licence"
    assert faults["authorisations.passport"]["code"] == "material-unknown"
    nothing = station(authorised=False, materials=[])
    missing = (await town.post_application(nothing)).json()["faults"]
    (paper,) = [fault for fault in missing if fault["field"] == f"materials.{LICENCE}"]
    assert "授权" in paper["fix"]["zh"], "not authorised: it is asked for, and the other way is told"


def item(view: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in view["items"] if one["id"] == name)
    return found
