"""The panorama page in a real browser: narrow, by keyboard, without scripts, in both languages, on paper."""

import re

import pytest
from playwright.async_api import Browser, Page, expect

from security.tokens import Role
from tests.browser.visits import DESK, PHONE, overflow, visit
from tests.gateway.applications import GENERAL, an_application
from tests.gateway.gateway_city import City


@pytest.fixture
async def case_no(city: City) -> str:
    """The general route in the middle: notice over, tax under review, one department silent."""
    body = an_application(GENERAL)
    number = await city.apply(answers=GENERAL, form=body["form"], materials=body["materials"])
    cases = city.cases
    await cases.done(number, "liquidation-group-filing")
    await cases.submitted(number, "general-notice")
    await cases.on_notice(number, "general-notice", 45)
    await cases.ahead(number, days=46)
    await cases.end_notice(number, "general-notice")
    await cases.submitted(number, "tax-clearance")
    await cases.accepted(number, "tax-clearance")
    await cases.submitted(number, "customs-closing")
    await cases.unreachable(number, "customs-closing")
    await cases.done(number, "medical-insurance-closing")
    return number


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
async def test_nothing_scrolls_sideways(browser: Browser, city: City, case_no: str, language: str) -> None:
    for path in (f"/cases/{case_no}", f"/cases/{case_no}/cancel", "/", "/sign-in"):
        async with visit(browser, city, path, language=language, viewport=PHONE) as page:
            for width in (360, 768, 1024, 1366):
                await page.set_viewport_size({"width": width, "height": 740})
                assert await overflow(page) <= 0, (path, width)


async def test_the_map_is_readable_on_a_phone(browser: Browser, city: City, case_no: str) -> None:
    async with visit(browser, city, f"/cases/{case_no}", viewport=PHONE) as page:
        assert await page.locator(".map-narrow").is_visible()
        assert not await page.locator(".map-wide").is_visible()
        smallest = await page.evaluate(
            """() => Math.min(...[...document.querySelectorAll(".map-narrow text")]
                .map((text) => text.getBoundingClientRect().height))"""
        )
        assert smallest >= 13
        for text in await page.locator(".map-narrow text").all():
            box = await text.bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 360


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
async def test_no_text_leaves_its_box(
    browser: Browser, city: City, case_no: str, language: str, viewport: dict[str, int]
) -> None:
    async with visit(browser, city, f"/cases/{case_no}", language=language, viewport=viewport) as page:  # type: ignore[arg-type]
        outside = await page.evaluate(
            """() => [...document.querySelectorAll("a.node")].filter((node) => node.getClientRects().length)
                .flatMap((node) => {
                    const box = node.querySelector(".card").getBoundingClientRect();
                    return [...node.querySelectorAll("text")].filter((text) => {
                        const own = text.getBoundingClientRect();
                        return own.right > box.right || own.left < box.left || own.bottom > box.bottom + 1;
                    }).map((text) => text.textContent);
                })"""
        )
    assert outside == []


async def test_every_state_has_a_mark_and_a_word(browser: Browser, city: City, case_no: str) -> None:
    async with visit(browser, city, f"/cases/{case_no}") as page:
        nodes = page.locator(".map-wide a.node")
        assert await nodes.count() == 11
        for node in await nodes.all():
            assert await node.locator(".node-word").text_content()
            assert await node.locator("svg .disc").count() == 1
        label = await page.locator("#wide-tax-clearance").get_attribute("aria-label")
    assert label is not None
    assert re.fullmatch(r"清税申报，办理中，还有 \d+ 个工作日，税务局", label)


async def test_plain_words_come_first(browser: Browser, city: City, case_no: str) -> None:
    async with visit(browser, city, f"/cases/{case_no}") as page:
        now = page.locator(".now")
        await expect(now).to_contain_text("2 个事项正在同时办理")
        await expect(now).to_contain_text("税务局")
        await expect(now).to_contain_text("您现在什么都不用做")
        await expect(now).to_contain_text("海关的系统暂时没有应答")
        await expect(page.locator(".sandbox")).to_contain_text("模拟环境")
        await expect(page.locator(".ahead")).to_contain_text("快进 46 天")
        await expect(page.locator(".event-clock_fast_forwarded")).to_contain_text("快进 46 天")


async def test_by_keyboard_alone(browser: Browser, city: City, case_no: str) -> None:
    async with visit(browser, city, f"/cases/{case_no}") as page:
        await page.keyboard.press("Tab")
        assert await focused(page) == "#main"
        await page.keyboard.press("Enter")
        reached: list[str] = []
        for _ in range(14):
            await page.keyboard.press("Tab")
            item = await page.evaluate("document.activeElement.dataset?.item ?? ''")
            if item:
                reached.append(item)
            if item == "tax-clearance":
                break
        assert reached[:3] == ["liquidation-group-filing", "general-notice", "tax-clearance"]
        await page.keyboard.press("Enter")
        details = page.locator("#item-tax-clearance details")
        await expect(details).to_have_attribute("open", "")
        await expect(details.locator("summary")).to_be_focused()
        await expect(details).to_contain_text("承诺办结")


async def focused(page: Page) -> str:
    return str(await page.evaluate("document.activeElement.getAttribute('href') ?? document.activeElement.tagName"))


async def test_without_scripts_the_page_is_complete(browser: Browser, city: City, case_no: str) -> None:
    async with visit(browser, city, f"/cases/{case_no}", java_script_enabled=False) as page:
        await expect(page.locator(".map-wide a.node")).to_have_count(11)
        await expect(page.locator("#timeline li")).not_to_have_count(0)
        await expect(page.locator("#connection")).to_be_hidden()
        await page.locator("#wide-tax-clearance").click()
        assert page.url.endswith("#item-tax-clearance")
        await page.locator("#item-tax-clearance summary").click()
        await expect(page.locator("#item-tax-clearance .facts")).to_be_visible()


async def test_both_languages_and_the_choice_is_kept(browser: Browser, city: City, case_no: str) -> None:
    async with visit(browser, city, f"/cases/{case_no}") as page:
        await expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
        await page.get_by_role("link", name="English").click()
        await expect(page.locator("html")).to_have_attribute("lang", "en")
        await expect(page.locator("h1")).to_have_text("A company closes")
        await page.goto(city.url + "/")
        await expect(page.locator("h1")).to_have_text("My cases")
    async with visit(browser, city, f"/cases/{case_no}", language="en-GB") as page:
        await expect(page.locator(".now")).to_contain_text("You need do nothing now.")


async def test_not_chosen_items_are_greyed_with_the_reason(browser: Browser, city: City, case_no: str) -> None:
    async with visit(browser, city, f"/cases/{case_no}") as page:
        await expect(page.locator(".left-out")).to_contain_text("简易注销公告")


async def test_on_paper_the_buttons_are_gone_and_the_map_is_there(browser: Browser, city: City, case_no: str) -> None:
    async with visit(browser, city, f"/cases/{case_no}") as page:
        await page.emulate_media(media="print")
        await expect(page.locator(".map-wide")).to_be_visible()
        await expect(page.locator(".actions")).to_be_hidden()
        await expect(page.locator(".site-header nav")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_words_stand_out_from_their_ground(browser: Browser, city: City, case_no: str, scheme: str) -> None:
    """At least 4.5 to 1 (WCAG 2.2, 1.4.3) for every state's word and for the quiet texts."""
    async with visit(browser, city, f"/cases/{case_no}", color_scheme=scheme) as page:
        ratios = await page.evaluate(CONTRASTS)
    assert ratios
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < 4.5} == {}


CONTRASTS = """() => {
  const style = getComputedStyle(document.documentElement);
  const probe = document.body.appendChild(document.createElement("canvas")).getContext("2d");
  const rgb = (name) => {
    probe.fillStyle = style.getPropertyValue(name).trim();
    probe.fillRect(0, 0, 1, 1);
    return [...probe.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (name) => rgb(name).map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const ratio = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const pairs = ["done", "busy", "wait", "notice", "you", "bad", "gone"].flatMap((tone) => [
    [`--${tone}`, `--${tone}-soft`], [`--${tone}`, "--panel"], ["--on-colour", `--${tone}`],
    ["--text", `--${tone}-soft`], ["--soft", `--${tone}-soft`],
  ]);
  pairs.push(["--text", "--ground"], ["--soft", "--ground"], ["--soft", "--panel"], ["--accent", "--panel"]);
  return Object.fromEntries(pairs.map(([one, other]) => [`${one} on ${other}`, ratio(one, other)]));
}"""


async def test_operators_see_tasks_and_put_them_right(browser: Browser, city: City, case_no: str) -> None:
    await city.cases.cancelled_with_a_failed_undo(case_no, "tax-clearance")
    async with visit(browser, city, f"/cases/{case_no}", role=Role.OPERATOR) as page:
        await page.get_by_label("处理说明").fill("已与部门核实，登记已恢复。")
        await page.get_by_role("button", name="标记为已处理").click()
        await expect(page.locator(".tasks")).to_have_count(0)
    assert city.cases.states[case_no].tasks == ()
