"""A paper uploaded before there is a case reaches the department that needs it, in another process, and no other."""

import hashlib

from adapters.sandbox.behaviours import Silent
from one_things.case import ItemStatus
from tests.flows import shop_stories as shops
from tests.flows.shop_stories import CERTIFICATES, FIRE, HYGIENE, PHOTOS, REGISTRATION
from tests.flows.soundness import assert_sound
from tests.flows.town import Town

DRAFT = "the-draft-of-a-shop"
PAPER, SCAN = b"%PDF-1.7 a lease of nobody", b"\xff\xd8\xff and a photograph of certificates"


def digest_of(content: bytes) -> str:
    return f"sha-256:{hashlib.sha256(content).hexdigest()}"


async def uploaded(town: Town, path: str, content: bytes) -> str:
    answer = await town.http.post(path, content=content, headers=town.bearer())
    assert answer.status_code == 201, answer.text
    return str(answer.json()["digest"])


async def test_departments_fetch_what_lies_with_them_and_can_prove_it(town: Town) -> None:
    lease = await uploaded(town, f"/drafts/{DRAFT}/contents", PAPER)
    opening = shops.shop(deferred=[CERTIFICATES], draft=DRAFT)
    opening.application["materials"] = [{**material, "digest": lease} for material in opening.application["materials"]]
    for item in (REGISTRATION, HYGIENE):
        await town.switch(opening, item, Silent())
    case_no = await shops.apply(town, opening)
    await town.until_items(case_no, ItemStatus.ACCEPTED, REGISTRATION, HYGIENE)

    assert await town.control.fetch_materials(case_no, REGISTRATION) == {lease: (200, True)}
    assert await town.control.fetch_materials(case_no, HYGIENE, lease) == {lease: (404, False)}, "not its paper"

    certificates = await uploaded(town, f"/cases/{case_no}/contents", SCAN)
    assert (await town.control.fetch_materials(case_no, HYGIENE, certificates))[certificates] == (404, False)
    answer = await shops.hand_in(town, case_no, CERTIFICATES, digest=certificates)
    assert answer.status_code == 200, answer.text
    await town.until(case_no, lambda state: CERTIFICATES in state.handed_in, "the certificates")
    assert (await town.control.fetch_materials(case_no, HYGIENE, certificates))[certificates] == (200, True)

    for item in (REGISTRATION, HYGIENE):
        await town.decide(case_no, item)
    await town.until_items(case_no, ItemStatus.APPROVED, REGISTRATION)
    photos = await uploaded(town, f"/cases/{case_no}/contents", SCAN)
    assert photos == certificates, "the same content is kept once"
    assert (await shops.hand_in(town, case_no, PHOTOS, digest=photos)).status_code == 200
    await town.until_items(case_no, ItemStatus.APPROVED, FIRE)
    assert (await town.control.fetch_materials(case_no, FIRE))[photos] == (200, True)
    await town.closed(case_no)
    await assert_sound(town, case_no)
