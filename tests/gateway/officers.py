"""Officers at the desk of a department that has no system, for tests of the workbench over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from one_things import commands as c
from security.tokens import Role
from tests.gateway.gateway_city import City

DEPARTMENT = "tax"
ITEM = "tax-clearance"
RESULT = "tax-clearance-confirmation"


def officer(city: City, subject: str = "officer-1", *departments: str, supervises: bool = False) -> dict[str, str]:
    """The header of an officer of these departments, by default of the tax bureau."""
    roles = [Role.OFFICER, *([Role.SUPERVISOR] if supervises else [])]
    return {"Authorization": f"Bearer {city.issuer.mint(subject, roles, departments or (DEPARTMENT,))}"}


def place(case_no: str, rest: str = "", *, department: str = DEPARTMENT, item: str = ITEM) -> str:
    return f"/workbench/{department}/items/{case_no}/{item}{rest}"


async def received(city: City, case_no: str, item: str = ITEM, days: int = 5) -> None:
    """The item lies with its department, which has so many days to say whether it accepts it."""
    now = datetime.now(UTC)
    await city.cases.submitted(case_no, item)
    reply = c.Received(
        reference=f"{case_no}:{item}:1",
        handed_in_at=now,
        deemed_on=(now + timedelta(days=days)).date(),
        deemed_at=now + timedelta(days=days),
    )
    attempt = city.cases.states[case_no].item(item).attempt
    await city.cases.play(case_no, c.RecordReply(item=item, attempt=attempt, reply=reply))


async def on_desk(city: City, **changes: Any) -> str:
    """A case whose tax clearance lies with the tax bureau; its number."""
    case_no = await city.apply(**changes)
    await received(city, case_no)
    return case_no


async def claimed(city: City, case_no: str, header: dict[str, str]) -> None:
    answer = await city.http.post(place(case_no, "/claim"), json={"version": 0}, headers=header)
    assert answer.status_code == 200, answer.text


async def does(city: City, case_no: str, act: str, header: dict[str, str], **about: Any) -> httpx.Response:
    """This act, under an id of its own unless one is given."""
    body = {"act": act, "act_id": f"{act}-1", "attempt": 1, **about}
    return await city.http.post(place(case_no, "/acts"), json=body, headers=header)


async def looks(city: City, case_no: str, header: dict[str, str]) -> dict[str, Any]:
    answer = await city.http.get(place(case_no), headers=header)
    assert answer.status_code == 200, answer.text
    view: dict[str, Any] = answer.json()
    return view
