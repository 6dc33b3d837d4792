"""Cases of the bundle that has every kind of look-up (tests/flows/bundles/courier-station.yaml)."""

from pathlib import Path

from one_things.application import Application
from one_things.bundle_file import read_bundle
from one_things.plan import HandedIn, Plan
from one_things.planning import make_plan, needed_for
from tests.one_things.given import TODAY, VALUES, a_digest

STATION = read_bundle(Path(__file__).parents[1] / "flows" / "bundles" / "courier-station.yaml")
FILING, PERMIT, TAX = "station-filing", "courier-permit", "tax-registration"
LICENCE, REGISTRY = "business-licence", "market-regulation.enterprise-basic"
ANSWERS = {"has_warehouse": False}


def an_application(*, authorised: bool = True, chosen: tuple[str, ...] | None = None) -> Application:
    """An application that hands in exactly what is asked for."""
    authorisations = (LICENCE,) if authorised else ()
    needs = needed_for(STATION, ANSWERS, chosen, authorisations)
    return Application(
        answers=ANSWERS,
        chosen=chosen,
        form={field.id: VALUES.get(field.id, "13900000000") for field in needs.fields},
        materials=tuple(HandedIn(id=material.id, digest=a_digest()) for material in needs.materials),
        authorisations=authorisations,
    )


def a_plan(*, authorised: bool = True, chosen: tuple[str, ...] | None = None) -> Plan:
    return make_plan(STATION, an_application(authorised=authorised, chosen=chosen), a_digest(), TODAY)
