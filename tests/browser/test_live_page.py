"""The page while things happen: it follows live, survives broken connections, and misses nothing."""

import asyncio

from playwright.async_api import Browser, Page, Route, expect

from tests.browser.visits import visit
from tests.gateway.gateway_city import City

SLOW_MACHINE = 20_000  # milliseconds


async def test_an_event_changes_the_page_without_a_reload(browser: Browser, city: City) -> None:
    case_no = await city.apply()
    async with visit(browser, city, f"/cases/{case_no}") as page:
        await is_following(page)
        await page.evaluate("window.neverReloaded = true")
        await city.cases.done(case_no, "tax-clearance")
        node = page.locator("#wide-tax-clearance")
        await expect(node.locator(".node-word")).to_have_text("已办结", timeout=SLOW_MACHINE)
        await expect(page.locator("#progress")).to_have_attribute("value", "1")
        await expect(page.locator(".results")).to_contain_text("GD-tax-clearance-confirmation")
        await expect(page.locator("#timeline li").first).to_contain_text("办结“清税申报”")
        await expect(page.locator("#announcer")).to_contain_text("办结“清税申报”")
        assert await page.evaluate("window.neverReloaded") is True


async def test_what_was_open_and_focused_stays_so(browser: Browser, city: City) -> None:
    case_no = await city.apply()
    async with visit(browser, city, f"/cases/{case_no}") as page:
        await is_following(page)
        await page.locator("#item-bank-account-closing summary").click()
        await page.locator("#wide-customs-closing").focus()
        await city.cases.done(case_no, "tax-clearance")
        await expect(page.locator("#progress")).to_have_attribute("value", "1", timeout=SLOW_MACHINE)
        await expect(page.locator("#item-bank-account-closing details")).to_have_attribute("open", "")
        await expect(page.locator("#wide-customs-closing")).to_be_focused()


async def test_a_browser_that_reconnects_misses_no_event(browser: Browser, city: City) -> None:
    """The network breaks; events go on; once it is back every one of them stands in the timeline, in order, once."""
    case_no = await city.apply()
    async with visit(browser, city, f"/cases/{case_no}") as page:
        await is_following(page)
        await page.route("**/panorama/stream*", _broken)
        city.live.drop_all()
        await expect(page.locator("#connection.is-off")).to_be_visible(timeout=SLOW_MACHINE)
        for item in ("tax-clearance", "customs-closing", "medical-insurance-closing"):
            await city.cases.done(case_no, item)
        await page.unroute("**/panorama/stream*", _broken)
        last = city.cases.states[case_no].version
        await expect(page.locator("#live")).to_have_attribute("data-version", str(last), timeout=SLOW_MACHINE)
        shown = await page.locator("#timeline li").all_inner_texts()
    assert len(shown) == last
    approved = [line for line in reversed(shown) if "办结“" in line]
    assert [line.split("“")[1].split("”")[0] for line in approved] == [
        "清税申报", "海关报关单位备案注销", "医疗保险单位参保注销",
    ]  # fmt: skip


async def test_events_while_the_stream_flaps_arrive_each_once(browser: Browser, city: City) -> None:
    """Counted in the browser itself: a second listener with the browser's own reconnection and Last-Event-ID."""
    case_no = await city.apply()
    async with visit(browser, city, f"/cases/{case_no}") as page:
        await page.evaluate(
            """(path) => {
                window.seen = [];
                window.own = new EventSource(path);
                window.own.addEventListener("change", (event) => window.seen.push(Number(event.lastEventId)));
            }""",
            f"/cases/{case_no}/panorama/stream?after=0",
        )
        for _ in range(4):
            for _ in range(5):
                await city.cases.ahead(case_no, days=1)
            await asyncio.sleep(0.3)
            city.live.drop_all()
        last = city.cases.states[case_no].version
        await page.wait_for_function("(last) => window.seen.at(-1) >= last", arg=last, timeout=SLOW_MACHINE)
        seen = await page.evaluate("window.seen")
    assert seen == list(range(1, last + 1))


async def test_a_closed_case_stops_following(browser: Browser, city: City) -> None:
    case_no = await city.apply()
    async with visit(browser, city, f"/cases/{case_no}") as page:
        await is_following(page)
        await city.cases.finished(case_no)
        await expect(page.locator(".case-meta .phase")).to_have_text("已全部办结", timeout=SLOW_MACHINE)
        await expect(page.locator("#connection")).to_be_hidden(timeout=SLOW_MACHINE)


async def test_what_a_person_is_typing_is_not_swept_away(browser: Browser, city: City) -> None:
    case_no = await city.apply()
    await city.cases.cancelled_with_a_failed_undo(case_no, "tax-clearance")
    from security.tokens import Role

    async with visit(browser, city, f"/cases/{case_no}", role=Role.OPERATOR) as page:
        await is_following(page)
        note = page.get_by_label("处理说明")
        await note.fill("正在核实")
        await city.cases.ahead(case_no, days=1)
        await asyncio.sleep(1)
        await expect(note).to_have_value("正在核实")
        await note.blur()
        last = str(city.cases.states[case_no].version)
        await expect(page.locator("#live")).to_have_attribute("data-version", last, timeout=SLOW_MACHINE)


async def is_following(page: Page) -> None:
    await expect(page.locator("#connection:not(.is-off)")).to_be_visible(timeout=SLOW_MACHINE)


async def _broken(route: Route) -> None:
    await route.abort("connectionfailed")
