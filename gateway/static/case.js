// Keeps the page of a case up to date: listens to its events and puts the newer part of the page in place of the older.
// The page is complete without this; nothing here draws anything itself.
"use strict";

(() => {
  const connection = document.getElementById("connection");
  const announcer = document.getElementById("announcer");
  const live = () => document.getElementById("live");
  const version = () => Number(live().dataset.version);
  const path = window.location.pathname;
  let newest = version();
  let fetching = false;
  let source = null;

  function show(isOn) {
    connection.hidden = false;
    connection.textContent = isOn ? connection.dataset.on : connection.dataset.off;
    connection.classList.toggle("is-off", !isOn);
  }

  // What the reader had opened or focused stays so.
  function replace(fresh) {
    const focused = document.activeElement && live().contains(document.activeElement) ? document.activeElement.id : "";
    const typing = focused && /^(TEXTAREA|INPUT|SELECT)$/.test(document.activeElement.tagName);
    if (typing) return false;
    const open = [...live().querySelectorAll("details[open]")].map((details) => details.parentElement.id);
    live().replaceWith(fresh);
    for (const id of open) {
      const details = document.getElementById(id)?.querySelector("details");
      if (details) details.open = true;
    }
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    return true;
  }

  async function refresh() {
    if (fetching) return;
    fetching = true;
    try {
      while (version() < newest) {
        const response = await fetch(path + window.location.search, {
          headers: { Accept: "text/html" },
          credentials: "same-origin",
        });
        if (!response.ok || response.redirected) {
          window.location.reload();
          return;
        }
        const page = new DOMParser().parseFromString(await response.text(), "text/html");
        const fresh = page.getElementById("live");
        if (!fresh || Number(fresh.dataset.version) <= version()) {
          await new Promise((resolve) => setTimeout(resolve, 200));
          continue;
        }
        if (!replace(fresh)) {
          setTimeout(refresh, 2000);
          return;
        }
        const phase = page.querySelector(".case-meta .phase");
        document.querySelector(".case-meta .phase").replaceWith(phase);
        announcer.textContent = document.getElementById("latest").textContent;
      }
    } catch (error) {
      setTimeout(refresh, 2000);
    } finally {
      fetching = false;
    }
    if (live().dataset.closed === "yes" && source) {
      source.close();
      connection.hidden = true;
    }
  }

  function follow() {
    if (live().dataset.closed === "yes") return;
    source = new EventSource(`${path}/panorama/stream?after=${version()}`);
    source.addEventListener("open", () => show(true));
    source.addEventListener("change", (event) => {
      newest = Math.max(newest, Number(event.lastEventId));
      refresh();
    });
    source.addEventListener("error", () => {
      show(false);
      // A browser gives up after an answer such as 503; the version it has is where it goes on.
      if (source.readyState === EventSource.CLOSED && live().dataset.closed !== "yes") setTimeout(follow, 3000);
    });
  }

  // An item chosen on the map opens its details and takes the focus there.
  document.addEventListener("click", (event) => {
    const node = event.target.closest?.("a.node");
    if (!node) return;
    const item = document.getElementById(`item-${node.dataset.item}`);
    const details = item?.querySelector("details");
    if (!details) return;
    details.open = true;
    requestAnimationFrame(() => item.querySelector("summary").focus());
  });

  follow();
})();
