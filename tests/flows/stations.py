"""Couriers who open a station (bundles/courier-station.yaml), and how their cases can go, one function per branch.

What they need not hand in: shared data of the registry, and a business licence as an e-licence.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from adapters.sandbox.behaviours import Silent
from adapters.sandbox.licences import data_set_of
from one_things.bundle_file import read_bundle
from one_things.case import ItemStatus
from one_things.events import (
    CreditChecked,
    CreditUnavailable,
    HandedInInstead,
    LicenceRejected,
    LicenceUnavailable,
    LicenceVerified,
    OperatorTaskOpened,
    SharedDataUnavailable,
    SourceAnsweredLate,
)
from one_things.planning import needed_for
from tests.flows.companies import ADDRESS, COMPANY, OTHER_PHONE, Company, credit_code
from tests.flows.town import Town

BUNDLE = read_bundle(Path(__file__).parent / "bundles" / "courier-station.yaml")
LICENCE = "business-licence"
REGISTRY = "market-regulation.enterprise-basic"
FILING, PERMIT, TAX, FIRE = "station-filing", "courier-permit", "tax-registration", "fire-inspection"
DIGEST = "sha-256:" + "1" * 64


def station(
    *, authorised: bool = True, chosen: tuple[str, ...] | None = None, has_warehouse: bool = False, **changes: Any
) -> Company:
    """A courier, and an application that holds all that is asked for, and nothing else."""
    code, answers = credit_code(), {"has_warehouse": has_warehouse}
    authorisations = (LICENCE,) if authorised else ()
    needs = needed_for(BUNDLE, answers, chosen, authorisations)
    values = {"company.credit_code": code, "contact.phone": OTHER_PHONE}
    return Company(
        code,
        {
            "bundle": BUNDLE.bundle,
            "answers": answers,
            "chosen": chosen,
            "form": {field.id: values[field.id] for field in needs.fields},
            "materials": [{"id": material.id, "digest": DIGEST} for material in needs.materials],
            "authorisations": authorisations,
            **changes,
        },
    )


async def register(town: Town, courier: Company, entry: Mapping[str, Any] | None = None) -> None:
    """What the registry holds about the courier; by default its name and address."""
    known = {"entry": "set", "fields": {"name": COMPANY, "registered_address": ADDRESS}}
    await town.control.record("market-regulation", "enterprise-basic", courier.credit_code, dict(entry or known))


async def licence(town: Town, courier: Company, entry: Mapping[str, Any]) -> None:
    """What the registry holds of the courier's business licence."""
    await town.control.record("market-regulation", data_set_of(LICENCE), courier.credit_code, dict(entry))


async def credit(town: Town, courier: Company, entry: Mapping[str, Any]) -> None:
    """What the credit office holds about the courier."""
    await town.control.record("credit-office", "dishonesty-list", courier.credit_code, dict(entry))


async def apply(town: Town, courier: Company) -> str:
    """The number of the courier's case; what departments hold has been set before."""
    answer = await town.post_application(courier)
    assert answer.status_code in (201, 202), answer.text
    return str(answer.json()["case_no"])


async def hand_in_licence(town: Town, case_no: str) -> httpx.Response:
    """The paper in place of the e-licence."""
    body = {"materials": [{"id": LICENCE, "digest": DIGEST}]}
    return await town.http.post(f"/cases/{case_no}/materials", json=body, headers=town.bearer())


async def hand_in_instead(town: Town, case_no: str, **form: Any) -> httpx.Response:
    """What the registry would have said."""
    path = f"/cases/{case_no}/sources/{REGISTRY}/hand-in"
    return await town.http.post(path, json={"form": form}, headers=town.bearer())


# --- the branches ---------------------------------------------------------------------------------------------------


async def verified(town: Town) -> str:
    """The e-licence stands for the paper and the credit record is clear."""
    courier = station()
    await register(town, courier)
    case_no = await apply(town, courier)
    await town.closed(case_no)
    return case_no


async def licence_fails(town: Town) -> str:
    """The e-licence was revoked: the case waits for the paper, and goes on with it."""
    courier = station()
    await register(town, courier)
    await licence(town, courier, {"entry": "set", "fields": {"status": "revoked"}})
    case_no = await apply(town, courier)
    await town.until_event(case_no, LicenceRejected)
    answer = await hand_in_licence(town, case_no)
    assert answer.status_code == 200, answer.text
    await town.closed(case_no)
    return case_no


async def licence_late(town: Town) -> str:
    """The issuer is away for a while; the e-licence stands once it answers."""
    courier = station()
    await register(town, courier)
    await licence(town, courier, {"entry": "unavailable"})
    case_no = await apply(town, courier)
    await town.until_event(case_no, LicenceUnavailable)
    await licence(town, courier, {"entry": "set", "fields": {}})
    await town.until_event(case_no, LicenceVerified)
    await town.closed(case_no)
    return case_no


async def licence_away(town: Town) -> str:
    """The issuer stays away; the applicant does not wait for it and hands the paper in."""
    courier = station()
    await register(town, courier)
    await licence(town, courier, {"entry": "unavailable"})
    case_no = await apply(town, courier)
    await town.until_event(case_no, LicenceUnavailable)
    answer = await hand_in_licence(town, case_no)
    assert answer.status_code == 200, answer.text
    await town.closed(case_no)
    return case_no


async def handed_in_instead(town: Town) -> str:
    """The registry is down; the applicant hands in what it would say; it answers later, and otherwise."""
    courier = station(authorised=False)
    await register(town, courier, {"entry": "unavailable"})
    await town.switch(courier, FILING, Silent())
    case_no = await apply(town, courier)
    await town.until_event(case_no, SharedDataUnavailable)
    form = {"company.name": COMPANY, "company.registered_address": ADDRESS}
    answer = await hand_in_instead(town, case_no, **form)
    assert answer.status_code == 200, answer.text
    await town.until_event(case_no, HandedInInstead)
    await town.until_items(case_no, ItemStatus.ACCEPTED, FILING)
    await register(town, courier, {"entry": "set", "fields": {"name": COMPANY, "registered_address": "别处一号"}})
    late = await town.until_event(case_no, SourceAnsweredLate)
    assert not late.agrees
    await town.until_event(case_no, OperatorTaskOpened, FILING)
    await town.decide(case_no, FILING)
    answer = await town.settle(case_no, FILING)
    assert answer.status_code == 200, answer.text
    await town.closed(case_no)
    return case_no


async def barred(town: Town) -> str:
    """The credit record does not answer at first, and then bars the applicant: what was done is undone."""
    courier = station()
    await register(town, courier)
    await credit(town, courier, {"entry": "unavailable"})
    case_no = await apply(town, courier)
    await town.until_event(case_no, CreditUnavailable, PERMIT)
    await credit(town, courier, {"entry": "set", "fields": {"listed": True}})
    await town.until_event(case_no, CreditChecked, PERMIT)
    await town.closed(case_no)
    return case_no


async def subset(town: Town) -> str:
    """Only the permit is chosen; the filing that it requires comes along."""
    courier = station(chosen=(PERMIT,))
    await register(town, courier)
    case_no = await apply(town, courier)
    await town.closed(case_no)
    return case_no


STATION_STORIES = {
    "licence-verified": verified,
    "licence-fails-and-handed-in": licence_fails,
    "licence-late": licence_late,
    "licence-away-and-handed-in": licence_away,
    "handed-in-instead": handed_in_instead,
    "credit-barred": barred,
}
"""Every branch, under the name of its recorded history."""
