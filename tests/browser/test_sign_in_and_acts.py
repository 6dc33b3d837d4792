"""Signing in, with scripts and without, and the few things an applicant can do."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.visits import PHONE, visit
from tests.gateway.gateway_city import City


async def test_the_token_behind_the_hash_signs_in_and_leaves_the_address(browser: Browser, city: City) -> None:
    case_no = await city.apply()
    path = f"/sign-in?next=/cases/{case_no}#token={city.token()}"
    async with visit(browser, city, path, signed_in=False) as page:
        await page.wait_for_url(f"{city.url}/cases/{case_no}")
        await expect(page.locator("h1")).to_have_text("企业注销一件事")
        assert await page.evaluate("document.cookie") == ""
        assert "token" not in await page.evaluate("JSON.stringify([location.href, history.length])")


async def test_a_wrong_token_leaves_the_form(browser: Browser, city: City) -> None:
    async with visit(browser, city, "/sign-in#token=nonsense", signed_in=False) as page:
        await expect(page.get_by_role("alert").filter(visible=True)).to_contain_text("无效")
        await expect(page.get_by_label("登录凭证")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_pasting_the_token(browser: Browser, city: City, scripts: bool) -> None:
    case_no = await city.apply()
    async with visit(
        browser, city, f"/cases/{case_no}", signed_in=False, viewport=PHONE, java_script_enabled=scripts
    ) as page:
        assert "/sign-in?next=" in page.url
        await page.get_by_label("登录凭证").fill(city.token())
        await page.get_by_role("button", name="登录").click()
        await page.wait_for_url(f"{city.url}/cases/{case_no}")
        await page.get_by_role("button", name="退出").click()
        await page.wait_for_url(f"{city.url}/sign-in")


async def test_taking_an_application_back_asks_first(browser: Browser, city: City) -> None:
    case_no = await city.apply()
    await city.cases.done(case_no, "tax-clearance")
    async with visit(browser, city, f"/cases/{case_no}") as page:
        await page.get_by_role("link", name="撤回申请").click()
        await expect(page.locator("h1")).to_have_text("撤回这个申请？")
        await expect(page.locator(".plain-list")).to_contain_text("清税申报")
        await page.get_by_role("link", name="不，继续办理").click()
        await page.get_by_role("link", name="撤回申请").click()
        await page.get_by_role("button", name="是的，撤回申请").click()
        await expect(page.locator(".now-text")).to_contain_text("正在逐项撤回")
        await expect(page.get_by_role("link", name="撤回申请")).to_have_count(0)


async def test_a_correction_shows_every_point_and_is_answered_at_once(browser: Browser, city: City) -> None:
    case_no = await city.apply()
    points = (
        '[{"code":"a","field_or_material":"legal_representative.phone","text":"手机号与登记不一致"},'
        '{"code":"b","field_or_material":"other","text":"请补缴印花税"}]'
    )
    await city.cases.correction(case_no, "tax-clearance", await city.sealed(case_no, points))
    async with visit(browser, city, f"/cases/{case_no}") as page:
        await expect(page.locator(".now")).to_contain_text("需要您补正")
        await expect(page.locator("#item-tax-clearance")).to_contain_text("请补缴印花税")
        await page.get_by_role("link", name="现在补正").click()
        await page.get_by_label("法定代表人手机号").fill("12")
        await page.get_by_label("已按要求处理").check()
        await page.get_by_role("button", name="提交补正").click()
        await expect(page.locator("h1")).to_have_text("提交内容有误")
        await page.go_back()
        await page.get_by_label("法定代表人手机号").fill("13800000001")
        await page.get_by_label("已按要求处理").check()
        await page.get_by_role("button", name="提交补正").click()
        await page.wait_for_url(f"{city.url}/cases/{case_no}")
        await expect(page.locator("#timeline li").first).to_contain_text("您提交了“清税申报”的补正")
    assert await city.services.secrets.open_fields(case_no, city.cases.states[case_no].corrections) == {
        "legal_representative.phone": "13800000001"
    }


async def test_my_cases(browser: Browser, city: City) -> None:
    case_no = await city.apply()
    await city.apply("applicant-2")
    await city.project()
    async with visit(browser, city, "/") as page:
        cards = page.locator(".case-card")
        await expect(cards).to_have_count(1)
        await cards.click()
        assert page.url == f"{city.url}/cases/{case_no}"
