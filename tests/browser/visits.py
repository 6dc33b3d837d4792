"""A person at the pages: signed in, in a language, at a width, with or without scripts."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, Locator, Page, ViewportSize, expect

from security.tokens import Role
from tests.gateway.gateway_city import City

PHONE = ViewportSize(width=360, height=740)
DESK = ViewportSize(width=1366, height=900)


@asynccontextmanager
async def visit(
    browser: Browser,
    city: City,
    path: str,
    *,
    language: str = "zh-CN",
    viewport: ViewportSize = DESK,
    role: Role = Role.APPLICANT,
    signed_in: bool = True,
    subject: str | None = None,
    identity: str | None = None,
    departments: Sequence[str] = (),
    **context: Any,
) -> AsyncIterator[Page]:
    """A page that has loaded. What scripts or the content policy complain about fails the test at the end."""
    profile = await browser.new_context(viewport=viewport, locale=language, **context)
    try:
        if signed_in:
            who = subject or ("operator-1" if role is Role.OPERATOR else "applicant-1")
            token = city.token(who, role, identity=identity, departments=departments)
            await profile.add_cookies([{"name": "session", "value": token, "url": city.url}])
        page = await profile.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if "Policy" in message.text else None)
        await page.goto(city.url + path)
        yield page
        assert complaints == []
    finally:
        await profile.close()


async def overflow(page: Page) -> int:
    """Pixels by which the page is wider than the window."""
    return int(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


async def tab_to(page: Page, target: Locator, patience: int = 80) -> None:
    """Press the tabulator key until this is what the keyboard acts on, as somebody without a mouse does."""
    await expect(target).to_have_count(1)
    for _ in range(patience):
        await page.keyboard.press("Tab")
        if await target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{patience} times the tabulator key never led to {target}")
