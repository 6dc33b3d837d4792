"""What people do besides applying, on a telephone and by keyboard: sign, confirm, give a mandate, rate, answer."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from one_things import commands as c
from one_things.events import CaseOutcome
from runtime.embedded.postgres import EmbeddedPostgres
from security.tokens import Role
from tests.browser.visits import PHONE, overflow, tab_to, visit
from tests.gateway.gateway_city import City, city_of, fresh_database

BUNDLES = Path(__file__).parents[1] / "flows" / "bundles"
OWNER, SPOUSE = "11010519491231002X", "440524188001010014"
ADDRESS = "测试路九十九号"


@pytest.fixture
async def city(browser_postgres: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[City]:
    async with city_of(await fresh_database(browser_postgres), tmp_path, sandbox=True, bundles=BUNDLES) as running:
        yield running


async def fits(page: Page) -> None:
    assert await overflow(page) == 0


async def begun_by_event(city: City) -> str:
    """The case that the land registry proposes to the owner."""
    data = {"name": "测试申请人甲", "identity_number": OWNER, "address": ADDRESS}
    event = {"specversion": "1.0", "id": "event-1", "source": "/transfers", "type": "transfer-registered", "data": data}
    answer = await city.decide(
        "land-registry", json.dumps(event, ensure_ascii=False).encode(), path="/departments/land-registry/events"
    )
    assert answer.status_code == 201, answer.text
    case_no = str(answer.json()["cases"][0])
    ends_at = datetime.now(UTC) + timedelta(days=14)
    reckoned = c.RecordConfirmation(confirm_by=ends_at.date(), ends_at=ends_at, provisional=False, reckoning=0)
    await city.cases.play(case_no, reckoned)
    await city.project()
    return case_no


async def to_be_signed(city: City) -> str:
    """A declaration that two owners sign."""
    form = {
        "owner.name": "测试申请人甲",
        "owner.identity_number": OWNER,
        "spouse.name": "测试申请人乙",
        "spouse.identity_number": SPOUSE,
        "home.address": ADDRESS,
    }
    case_no = await city.apply(bundle="shared-home", answers={}, form=form, materials=[], chosen=None)
    ends_at = datetime.now(UTC) + timedelta(days=10)
    begun = c.BeginSigning(item="residence", digest="sha-256:" + "d" * 64, corrections=0, ends_at=ends_at)
    await city.cases.play(case_no, begun)
    await city.project()
    return case_no


async def test_a_co_owner_signs_by_keyboard(browser: Browser, city: City) -> None:
    case_no = await to_be_signed(city)
    async with visit(browser, city, "/", viewport=PHONE, subject="spouse", identity=SPOUSE) as page:
        await fits(page)
        await tab_to(page, page.get_by_role("link", name="共同迁移声明"))
        await page.keyboard.press("Enter")
        await expect(page.locator("h1")).to_have_text("签署《共同迁移声明》")
        await expect(page.locator(".facts")).to_contain_text(ADDRESS)
        await expect(page.locator(".facts")).not_to_contain_text(OWNER)
        await fits(page)
        button = page.get_by_role("button", name="签署")
        await tab_to(page, page.get_by_role("checkbox"))
        await tab_to(page, button)
        await page.keyboard.press("Enter")
        await expect(button).to_be_visible()  # nothing is signed before it is said to be read
        assert city.cases.states[case_no].items["residence"].signing.signatures == ()  # type: ignore[union-attr]
        await tab_to(page, page.get_by_role("checkbox"))
        await page.keyboard.press("Space")
        await tab_to(page, button)
        await page.keyboard.press("Enter")
        await expect(button).to_have_count(0)
        await expect(page.get_by_role("status")).to_contain_text("您已签署")
        await fits(page)
    signed = city.cases.states[case_no].items["residence"].signing
    assert signed is not None
    assert [one.party for one in signed.signatures] == ["spouse"]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_an_owner_confirms_what_was_proposed(browser: Browser, city: City, scripts: bool) -> None:
    case_no = await begun_by_event(city)
    async with visit(
        browser, city, "/", viewport=PHONE, subject="owner", identity=OWNER, java_script_enabled=scripts
    ) as page:
        await page.locator(".case-card").click()
        await page.get_by_role("link", name="确认").click()
        await expect(page.locator("h1")).to_be_visible()
        await expect(page.locator("form").first).to_be_visible()
        await page.get_by_label("手机号码").fill("13800138000")
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"{city.url}/cases/{case_no}")
        await expect(page.locator("#timeline li").first).to_contain_text("申请人本人 · 网上")
        if scripts:
            await fits(page)
    assert city.cases.states[case_no].phase.value == "open"


async def test_an_applicant_gives_a_mandate_and_takes_it_back(browser: Browser, city: City) -> None:
    case_no = await city.apply()
    ends_on = (datetime.now(UTC) + timedelta(days=10)).date().isoformat()
    async with visit(browser, city, f"/cases/{case_no}", viewport=PHONE) as page:
        await tab_to(page, page.locator("#mandates summary"))
        await page.keyboard.press("Enter")
        await tab_to(page, page.get_by_label("代办人账号"))
        await page.keyboard.type("agent-1")
        await tab_to(page, page.get_by_label("中止和恢复办理"))
        await page.keyboard.press("Space")
        await page.get_by_label("委托截止日期").fill(ends_on)
        await tab_to(page, page.locator("#mandates form button"))
        await page.keyboard.press("Enter")
        await expect(page.locator("#mandates .quote")).to_contain_text("agent-1")
        await expect(page.locator("#mandates .quote p")).to_have_text("补正、查看进度、补交材料和信息")
        await fits(page)
        await city.project()
        async with visit(browser, city, "/mandates", viewport=PHONE, subject="agent-1") as agents:
            await expect(agents.locator(".case-card")).to_contain_text("可以代办：补正、查看进度、补交材料和信息")
            await fits(agents)
            await tab_to(agents, agents.locator(".case-card"))
            await agents.keyboard.press("Enter")
            await expect(agents.locator(".acting")).to_contain_text("您正在代申请人办理此件")
            await fits(agents)
        await tab_to(page, page.get_by_role("button", name="撤销委托"))
        await page.keyboard.press("Enter")
        await expect(page.locator("#mandates .quote")).to_contain_text("已失效")
        await fits(page)
    await city.project()
    async with visit(browser, city, "/mandates", viewport=PHONE, subject="agent-1") as agents:
        await expect(agents.locator(".empty")).to_contain_text("目前没有人委托您代办")
        await fits(agents)


async def test_a_bad_rating_is_given_answered_and_read(browser: Browser, city: City) -> None:
    case_no = await city.apply()
    await city.cases.finished(case_no, CaseOutcome.COMPLETED)
    comment, reply = "等了三天没有人接电话", "已核查，已增派人手。"
    async with visit(browser, city, f"/cases/{case_no}", viewport=PHONE) as page:
        await fits(page)
        await tab_to(page, page.get_by_label("评价对象"))
        await page.keyboard.press("ArrowDown")
        await tab_to(page, page.get_by_role("radio", name="非常满意", exact=True))
        for _ in range(4):
            await page.keyboard.press("ArrowDown")
        await expect(page.get_by_role("radio", name="非常不满意")).to_be_checked()
        await tab_to(page, page.get_by_label("想说的话"))
        await page.keyboard.type(comment)
        await tab_to(page, page.get_by_role("button", name="提交评价"))
        await page.keyboard.press("Enter")
        await expect(page.locator("#ratings .quote")).to_contain_text("非常不满意")
        await expect(page.locator("#ratings .quote")).to_contain_text("等待核查答复")
        await fits(page)
    async with visit(browser, city, f"/cases/{case_no}", viewport=PHONE, role=Role.OPERATOR) as page:
        await fits(page)
        await tab_to(page, page.locator("#ratings textarea"))
        await page.keyboard.type(reply)
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.locator("#ratings .quote")).to_contain_text(reply)
    async with visit(browser, city, f"/cases/{case_no}", viewport=PHONE) as page:
        await expect(page.locator("#ratings .quote")).to_contain_text(comment)
        await expect(page.locator("#ratings .quote")).to_contain_text(reply)
        await fits(page)
    seen = (await city.http.get(f"/cases/{case_no}", headers=city.bearer())).json()["ratings"]["given"]
    assert [(one["item"] is not None, one["grade"], one["answer"]) for one in seen] == [(True, 5, reply)]
