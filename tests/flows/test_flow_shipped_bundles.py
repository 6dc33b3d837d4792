"""The shipped bundles beside the enterprise exit, applied for as in examples/, from the first item to the last."""

from pathlib import Path

import httpx

from gateway.submission import CaseApplication
from one_things.application import Application
from one_things.case import CaseState, ItemStatus
from one_things.catalogue import Catalogue
from one_things.events import CaseOutcome, PaperPickedUp, PaymentConfirmed, PaymentReleased
from runtime.authoring.acts_on_the_way import Doors, Stage, acts_on_the_way
from runtime.authoring.plays import Plays
from runtime.cli.yaml_file import read_mapping
from tests.flows.town import Town, of_kind

EXAMPLES = Path(__file__).parents[2] / "examples"


async def apply(town: Town, example: str) -> tuple[str, Application]:
    """The number of the example's case, and its application."""
    application = read_mapping(EXAMPLES / example, "an application")
    headers = {**town.bearer(), "Idempotency-Key": town.new_key()}
    answer = await town.http.post("/cases", json=application, headers=headers)
    assert answer.status_code in (201, 202), answer.text
    return str(answer.json()["case_no"]), CaseApplication.model_validate(application)


async def play_persons(town: Town, state: CaseState, application: Application) -> list[str]:
    """Everybody who has to act does; what was done."""
    async with httpx.AsyncClient(
        base_url=town.city.urls["gateway"], headers=town.bearer(), timeout=30, trust_env=False
    ) as gateway:
        bundle = Catalogue().get(state.plan.bundle)
        stage = Stage(Doors(gateway, gateway, town.city), bundle, application, Plays())
        acts = list(acts_on_the_way(state, stage))
        for act in acts:
            await act.do()
    return [act.said for act in acts]


async def test_an_employee_retires_in_the_order_of_the_law(town: Town) -> None:
    case_no, _ = await apply(town, "retirement.yaml")

    state = await town.closed(case_no)

    assert state.outcome is CaseOutcome.COMPLETED
    assert {item.status for item in state.items.values()} == {ItemStatus.APPROVED}
    approved = [getattr(event, "item", "") for event in town.events(case_no) if event.type == "item_approved"]
    assert approved[:3] == ["deemed-years-recognition", "retirement-approval", "pension-claim"]
    assert approved[-1] == "first-pension-payment"
    assert [event.item for event in of_kind(town.events(case_no), PaperPickedUp)] == ["retirement-approval"]


async def test_a_mortgaged_home_is_sold_and_every_fen_arrives(town: Town) -> None:
    case_no, application = await apply(town, "property-transfer.yaml")
    state = await town.until(
        case_no, lambda state: state.items["escrow-agreement"].awaits_signatures, "the signing begins"
    )

    said = await play_persons(town, state, application)
    state = await town.closed(case_no)

    assert len(said) == 3, "seller, spouse and buyer; banks and fund sign by themselves"
    assert state.outcome is CaseOutcome.COMPLETED
    assert {item.status for item in state.items.values()} == {ItemStatus.APPROVED}
    events = town.events(case_no)
    deposited = [event.amount_fen for event in of_kind(events, PaymentConfirmed) if event.role == "deposit"]
    paid_out = {event.item: event.amount_fen for event in of_kind(events, PaymentReleased)}
    assert [event.item for event in of_kind(events, PaperPickedUp)] == ["three-in-one-registration"]
    assert sum(deposited) == 200_000_000
    assert paid_out == {"seller-loan-payoff": 80_000_000, "seller-balance": 120_000_000}
