"""An officer on a narrow screen and by keyboard: from the inbox over a claim and a correction notice to an approval."""

from playwright.async_api import Browser, Page, expect

from one_things import commands as c
from one_things.case import ItemStatus
from one_things.events import Channel
from security.tokens import Role
from tests.browser.visits import PHONE, overflow, tab_to, visit
from tests.gateway.gateway_city import City
from tests.gateway.officers import DEPARTMENT, ITEM, on_desk, place, received


async def press(page: Page, name: str) -> None:
    """Walk to the button of this name by keyboard and press it; the page that follows fits the screen."""
    await tab_to(page, page.get_by_role("button", name=name, exact=True))
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    assert await overflow(page) == 0


async def unfold(page: Page, name: str) -> None:
    await tab_to(page, page.locator("summary", has_text=name))
    await page.keyboard.press("Enter")


async def test_an_officer_works_by_keyboard_on_a_narrow_screen(browser: Browser, city: City) -> None:
    case_no = await on_desk(city)
    await city.project()
    who = {"role": Role.OFFICER, "subject": "officer-1", "departments": (DEPARTMENT,)}
    async with visit(browser, city, "/workbench", viewport=PHONE, **who) as page:  # type: ignore[arg-type]
        assert await overflow(page) == 0
        entry = page.locator(f'a.case-card[href="{place(case_no)}"]')
        await expect(entry).to_contain_text("待受理")
        await expect(entry.locator(".light")).to_contain_text("按期办理")
        await tab_to(page, entry)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert await overflow(page) == 0
        await press(page, "认领")
        await press(page, "受理")
        await expect(page.locator(".case-meta .badge")).to_contain_text("办理中")
        await unfold(page, "一次性告知补正")
        await tab_to(page, page.locator('input[name="free.1"]'))
        await page.keyboard.type("测试：请重新上传清晰的文件")
        await press(page, "发出补正告知")
        await expect(page.locator(".points")).to_contain_text("测试：请重新上传清晰的文件")
        answer = c.AnswerCorrection(
            item=ITEM, fields=(), form=await city.services.secrets.seal_fields(case_no, {}), channel=Channel.WEB
        )
        await city.cases.play(case_no, answer)
        await received(city, case_no)
        await page.reload()
        await press(page, "受理")
        await unfold(page, "准予")
        await tab_to(page, page.locator('input[name^="result."]'))
        await page.keyboard.type("测试-编号-1")
        await press(page, "准予")
        assert city.cases.states[case_no].item(ITEM).status is ItemStatus.APPROVED
        await page.emulate_media(media="print")
        await expect(page.get_by_text("返回待办")).to_be_hidden()
        await expect(page.get_by_role("heading", level=1)).to_be_visible()


async def test_it_works_without_scripts(browser: Browser, city: City) -> None:
    case_no = await on_desk(city)
    await city.project()
    who = {"role": Role.OFFICER, "subject": "officer-1", "departments": (DEPARTMENT,)}
    async with visit(browser, city, place(case_no), java_script_enabled=False, **who) as page:  # type: ignore[arg-type]
        await page.get_by_role("button", name="认领", exact=True).click()
        await page.get_by_role("button", name="受理", exact=True).click()
        assert city.cases.states[case_no].item(ITEM).status is ItemStatus.ACCEPTED
