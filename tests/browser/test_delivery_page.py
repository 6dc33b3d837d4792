"""Results on paper in a real browser: on a phone's width, by keyboard, without scripts."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from runtime.embedded.postgres import EmbeddedPostgres
from security.tokens import Role
from tests.browser.visits import PHONE, overflow, visit
from tests.gateway.gateway_city import City, city_of, fresh_database
from tests.gateway.test_gateway_delivery import MAIL, PERMIT, noted, permitted

BUNDLES = Path(__file__).parents[1] / "flows" / "bundles"


@pytest.fixture
async def papers(browser_postgres: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[City]:
    async with city_of(await fresh_database(browser_postgres), tmp_path, sandbox=True, bundles=BUNDLES) as running:
        yield running


async def test_a_paper_that_did_not_arrive_is_told_and_answered_on_a_phone_without_scripts(
    browser: Browser, papers: City
) -> None:
    case_no = await permitted(papers, MAIL)
    assert (await noted(papers, case_no, "dispatched", carrier="测试速递", number="EX-1")).status_code == 200
    plain = {"viewport": PHONE, "java_script_enabled": False}
    async with visit(browser, papers, f"/cases/{case_no}", **plain) as page:
        await expect(page.locator("#papers")).to_contain_text("已寄出")
        await page.get_by_text("没有收到？").focus()
        await page.keyboard.press("Enter")
        await page.get_by_label("情况说明（可不填）").fill("信箱是空的")
        await page.get_by_role("button", name="反映没有收到").press("Enter")
        await expect(page.locator("#papers")).to_contain_text("工作人员正在查找")
    for role in (Role.APPLICANT, Role.OPERATOR):
        for language in ("zh-CN", "en-GB"):
            async with visit(
                browser, papers, f"/cases/{case_no}", viewport=PHONE, role=role, language=language
            ) as page:
                assert await overflow(page) <= 0
    async with visit(browser, papers, f"/cases/{case_no}", role=Role.OPERATOR, **plain) as page:
        await page.get_by_role("link", name="处理送达").click()
        await page.get_by_label("答复内容（申请人可见）").fill("邮局已找到，今日投递")
        await page.get_by_role("button", name="答复并办结").click()
        await expect(page.locator(f"#delivery-{PERMIT}")).to_contain_text("已由工作人员答复办结")


async def test_the_choice_fits_a_phone(browser: Browser, papers: City) -> None:
    async with visit(browser, papers, "/apply/courier-station", viewport=PHONE) as page:
        await page.get_by_label("否").check()
        await page.get_by_role("button", name="下一步").last.click()
        await page.get_by_role("button", name="下一步").last.click()
        await page.get_by_label("邮寄", exact=True).check()
        await expect(page.get_by_label("收件地址")).to_be_visible()
        assert await overflow(page) <= 0
