// Renews the numbers of a page of supervision every few seconds; without this the browser loads the whole page anew.
"use strict";

(() => {
  const EVERY = 10_000; // milliseconds

  async function renew() {
    if (document.hidden) return;
    try {
      const response = await fetch(window.location.href, {
        headers: { Accept: "text/html" },
        credentials: "same-origin",
      });
      if (!response.ok || response.redirected) {
        window.location.reload(); // signed out, or no longer allowed: the answer to that is a page of its own
        return;
      }
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.getElementById("live");
      const live = document.getElementById("live");
      if (!fresh) return;
      const links = [...live.querySelectorAll("a")];
      const focused = document.activeElement && links.includes(document.activeElement)
        ? document.activeElement.getAttribute("href")
        : null;
      live.replaceWith(fresh);
      if (focused !== null) {
        [...fresh.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus({ preventScroll: true });
      }
    } catch {
      // The network is away: the numbers stay as they are, with the time that they are of.
    }
  }

  setInterval(renew, EVERY);
  document.addEventListener("visibilitychange", renew);
})();
