"""Applying on a telephone, with scripts and without, in both languages."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, FilePayload, Page, expect

from runtime.embedded.postgres import EmbeddedPostgres
from tests.browser.visits import PHONE, overflow, visit
from tests.gateway.gateway_city import City, city_of, fresh_database

BUNDLES = Path(__file__).parents[1] / "flows" / "bundles"
PAPER = FilePayload(name="../扫描件.pdf", mimeType="application/pdf", buffer=b"%PDF-1.7 a paper of nobody")


@pytest.fixture
async def city(browser_postgres: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[City]:
    async with city_of(await fresh_database(browser_postgres), tmp_path, sandbox=True, bundles=BUNDLES) as running:
        yield running


async def fits(page: Page, heading: str) -> None:
    await expect(page.locator("h1")).to_have_text(heading)
    assert await overflow(page) == 0


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_an_application_on_a_telephone(browser: Browser, city: City, scripts: bool) -> None:
    async with visit(browser, city, "/", viewport=PHONE, java_script_enabled=scripts) as page:
        await page.get_by_role("link", name="申请办理").click()
        await page.get_by_role("link", name="快递网点开办一件事").click()
        await fits(page, "您的情形") if scripts else await expect(page.locator("h1")).to_have_text("您的情形")
        await page.get_by_label("否").check()
        await page.get_by_role("button", name="下一步").last.click()
        await expect(page.locator("h1")).to_have_text("办理事项")
        await page.get_by_label("快递末端网点备案").uncheck()
        await page.get_by_label("税务信息确认").uncheck()
        await page.get_by_role("button", name="下一步").last.click()
        await expect(page.locator(".choose")).to_contain_text("“快递业务经营许可”要求先办理此项。")
        await page.get_by_role("button", name="下一步").last.click()
        await page.get_by_label("统一社会信用代码").fill("91110000600037341X")
        await page.get_by_label("联系人手机号").fill("13800000000")
        await page.keyboard.press("Enter")
        await expect(page.locator(".fault")).to_contain_text("校验位")
        await page.get_by_label("统一社会信用代码").fill("91110000600037341L")
        await page.get_by_role("button", name="下一步").last.click()
        await page.get_by_label("网点平面图").set_input_files(PAPER)
        await page.get_by_label("授权向市场监督管理局查询电子证照").check()
        await page.get_by_role("button", name="下一步").last.click()
        await expect(page.locator("h1")).to_have_text("核对并提交")
        await page.get_by_role("button", name="提交申请").click()
        await expect(page.locator("h1")).to_have_text("电子收件凭证")
    (state,) = city.cases.states.values()
    assert [licence.material for licence in state.plan.licences] == ["business-licence"]


async def test_every_step_fits_a_telephone_in_english(browser: Browser, city: City) -> None:
    async with visit(browser, city, "/apply/courier-station", language="en", viewport=PHONE) as page:
        await fits(page, "Your situation")
        await page.get_by_label("yes").check()
        await page.get_by_role("button", name="Continue").last.click()
        await fits(page, "Items")
        await page.get_by_role("button", name="Continue").last.click()
        await fits(page, "Your details")
        await page.get_by_role("button", name="Continue").last.click()
        await fits(page, "Your details")
        await expect(page.locator(".fault")).to_have_count(2)
        await page.get_by_label("Unified social credit code").fill("91110000600037341L")
        await page.get_by_label("Phone of the contact").fill("13800000000")
        await page.get_by_role("button", name="Continue").last.click()
        await fits(page, "Materials")
        for paper in ("Business licence", "Floor plan", "Lease of the warehouse"):
            await page.get_by_label(paper, exact=True).set_input_files(PAPER)
        await page.get_by_role("button", name="Continue").last.click()
        await fits(page, "Check and submit")
        await page.get_by_role("button", name="Back").click()
        await expect(page.get_by_text("Uploaded. Choose another file to replace it.")).to_have_count(3)
        await fits(page, "Materials")


async def test_promising_and_deferring_on_a_telephone_without_scripts(browser: Browser, city: City) -> None:
    async with visit(browser, city, "/apply/shop-opening", viewport=PHONE, java_script_enabled=False) as page:
        await page.get_by_role("button", name="下一步").last.click()
        await page.get_by_label("统一社会信用代码").fill("91110000600037341L")
        await page.get_by_label("手机号").fill("13800000000")
        await page.get_by_role("button", name="下一步").last.click()
        await expect(page.locator("h1")).to_have_text("提交材料")
        await page.get_by_label("申请书").set_input_files(PAPER)
        promise = page.get_by_role("group", name="也可以作出告知承诺，免交此材料")
        await expect(promise).to_contain_text("本人承诺经营场所真实、合法")
        await expect(promise).to_contain_text("在名单中的，承诺不生效")
        await promise.get_by_label("我已阅读，并作出上述承诺").check()
        for box in await page.get_by_label("先行办理").all():
            await box.check()
        await page.get_by_role("button", name="下一步").last.click()
        await expect(page.locator("h1")).to_have_text("核对并提交")
        await expect(page.locator("main")).to_contain_text("您作出的承诺")
        await page.get_by_role("button", name="提交申请").click()
        await expect(page.locator("h1")).to_have_text("电子收件凭证")
    (state,) = city.cases.states.values()
    assert [one.material for one in state.plan.commitments] == ["lease-contract"]
    assert len(state.plan.deferred) == 2
