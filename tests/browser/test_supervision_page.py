"""Supervision on a telephone, without scripts and by keyboard, and numbers that renew themselves."""

from playwright.async_api import Browser, expect

from one_things import commands as c
from one_things import events as e
from security.tokens import Role
from tests.browser.visits import DESK, PHONE, overflow, tab_to, visit
from tests.gateway.gateway_city import City

TAX = "tax-clearance"


async def returned(city: City) -> str:
    case_no = await city.apply()
    await city.cases.submitted(case_no, TAX)
    act = c.ReturnItem(
        item=TAX, department="tax", attempt=1, act_id="act-1",
        reason=e.ReturnReason.TECHNICAL, responsible=e.Responsible.SYSTEM,
    )  # fmt: skip
    await city.cases.play(case_no, act)
    return case_no


async def test_an_operator_finds_the_cases_behind_a_number_on_a_telephone_without_scripts(
    browser: Browser, city: City
) -> None:
    case_no = await returned(city)
    await city.project()
    async with visit(
        browser, city, "/supervision", role=Role.OPERATOR, viewport=PHONE, java_script_enabled=False
    ) as page:
        await page.locator("#department-tax h2 a").click()
        await expect(page.locator("h1")).to_contain_text("税务")
        await page.locator("a[href*='reason=technical']").click()
        await expect(page.locator("main")).to_contain_text(case_no)


async def test_the_pages_fit_a_telephone(browser: Browser, city: City) -> None:
    await returned(city)
    await city.project()
    for path in ("/supervision", "/supervision/tax", "/supervision/tax/cases?which=returned"):
        for language in ("zh-CN", "en-GB"):
            async with visit(browser, city, path, role=Role.OPERATOR, viewport=PHONE, language=language) as page:
                assert await overflow(page) == 0, path


async def test_what_was_refused_at_the_doors_fits_a_telephone(browser: Browser, city: City) -> None:
    for department in ("tax", "market-regulation"):
        door = f"/departments/{department}/decisions"
        await city.http.post(door, content=b"{}", headers={"Content-Type": "application/json"})
    for language in ("zh-CN", "en-GB"):
        async with visit(
            browser, city, "/refused-calls", role=Role.OPERATOR, viewport=PHONE, language=language
        ) as page:
            while "market-regulation" not in await page.locator("main").inner_text():
                await page.reload()  # they are written down a moment later
            await expect(page.locator("main")).to_contain_text("signature-missing")
            assert await overflow(page) == 0


async def test_numbers_renew_themselves_and_the_keyboard_stays_where_it_was(browser: Browser, city: City) -> None:
    await returned(city)
    await city.project()
    async with visit(
        browser, city, "/supervision/tax", role=Role.OFFICER, subject="officer-1", departments=("tax",), viewport=DESK
    ) as page:
        rates = page.locator("main section").first
        await expect(rates).to_contain_text("(1)")
        await tab_to(page, page.get_by_role("link", name="近 90 天"))
        await returned(city)
        await city.project()
        await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        await expect(rates).to_contain_text("(2)")
        await expect(page.get_by_role("link", name="近 90 天")).to_be_focused()
        assert await page.locator("a[href*='which=']").count() == 0
