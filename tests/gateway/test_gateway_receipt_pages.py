"""The receipt on a telephone, without JavaScript, in a real browser."""

import os
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
from playwright.async_api import BrowserContext, Page, async_playwright

from tests.gateway.gateway_city import City

WIDTH = 360  # CSS pixels of a narrow telephone
CHROMIUM = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
                 if os.path.exists(path)), None)  # fmt: skip


@pytest.fixture
async def telephone() -> AsyncIterator[BrowserContext]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = await browser.new_context(
            viewport={"width": WIDTH, "height": 740}, java_script_enabled=False, locale="zh-CN"
        )
        yield context
        await browser.close()


async def fits(page: Page) -> bool:
    """Whether nothing sticks out sideways: the page is as wide as the telephone."""
    boxes = [await element.bounding_box() for element in await page.query_selector_all("main, main *")]
    return all(box["x"] >= 0 and box["x"] + box["width"] <= WIDTH + 0.5 for box in boxes if box and box["width"])


async def test_from_the_receipt_to_its_verification(city: City, telephone: BrowserContext) -> None:
    case_no = await city.apply()
    await telephone.add_cookies([{"name": "session", "value": city.token(), "url": city.url}])
    page = await telephone.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))

    await page.goto(f"{city.url}/cases/{case_no}")
    await page.click(f"a[href='/cases/{case_no}/receipt']")
    assert await page.inner_text("h1") == "电子收件凭证"
    assert case_no in await page.inner_text("dl")
    code = await (await page.wait_for_selector(".qr-code")).bounding_box()
    assert code is not None
    assert code["width"] > 200
    assert await fits(page)

    async with page.expect_download() as saved:
        await page.click("text=保存 PDF")
    assert (await saved.value).suggested_filename == f"receipt-{case_no}.pdf"

    await telephone.clear_cookies()
    await page.click("text=打开核验页")
    assert await page.inner_text("h1") == "凭证有效"
    assert case_no in await page.inner_text("dl")
    assert await fits(page)

    await page.click("text=English")
    assert await page.inner_text("h1") == "This receipt is valid"

    await page.goto(f"{city.url}{urlsplit(page.url).path[:-8]}")
    assert await page.inner_text("h1") == "This receipt is not valid"
    assert await fits(page)
    assert [text for text in complaints if "404" not in text] == []
