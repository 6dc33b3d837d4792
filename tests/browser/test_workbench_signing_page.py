"""An officer on a narrow screen and by keyboard: a document is claimed, read and signed; a report acknowledged."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from runtime.embedded.postgres import EmbeddedPostgres
from security.tokens import Role
from tests.browser.visits import PHONE, overflow, tab_to, visit
from tests.gateway.desks import BANK, SUPERVISING, contract, report
from tests.gateway.gateway_city import City
from tests.gateway.house_sales import CONTRACT, sales_city


@pytest.fixture
async def city(browser_postgres: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[City]:
    async with sales_city(browser_postgres, tmp_path) as running:
        yield running


async def press(page: Page, name: str) -> None:
    """Walk to the button of this name by keyboard and press it; the page that follows fits the screen."""
    await tab_to(page, page.get_by_role("button", name=name, exact=True))
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    assert await overflow(page) == 0


async def test_a_document_is_signed_by_keyboard_on_a_narrow_screen(browser: Browser, city: City) -> None:
    on = await contract(city)
    await city.project()
    who = {"role": Role.OFFICER, "subject": "officer-1", "departments": (BANK,)}
    async with visit(browser, city, "/workbench", viewport=PHONE, **who) as page:  # type: ignore[arg-type]
        await tab_to(page, page.get_by_role("link", name="待签文件", exact=True))
        await page.keyboard.press("Enter")
        entry = page.locator(f'a.case-card[href="{on.here}"]')
        await expect(entry).to_contain_text("无人认领")
        assert await overflow(page) == 0
        await tab_to(page, entry)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text("房屋买卖合同")
        assert await overflow(page) == 0
        await press(page, "认领")
        await tab_to(page, page.locator('form .check input[type="checkbox"]').first)
        await page.keyboard.press("Space")
        await press(page, "签署")
        await expect(page.get_by_text("贵方不需再签署")).to_be_visible()
        signing = city.cases.states[on.case_no].items[CONTRACT].signing
        assert signing is not None
        assert signing.signed(BANK)


async def test_a_report_is_acknowledged_by_keyboard_on_a_narrow_screen(browser: Browser, city: City) -> None:
    on = await report(city)
    await city.project()
    who = {"role": Role.OFFICER, "subject": "officer-1", "departments": (SUPERVISING,)}
    here = f"/workbench/{SUPERVISING}/reports"
    async with visit(browser, city, here, viewport=PHONE, **who) as page:  # type: ignore[arg-type]
        entry = page.locator(f'a.case-card[href="{on.here}"]')
        await expect(entry).to_contain_text("未确认")
        assert await overflow(page) == 0
        await tab_to(page, entry)
        await page.keyboard.press("Enter")
        await press(page, "确认收到，纳入监管")
        await expect(page.get_by_role("status")).to_contain_text("officer-1")
