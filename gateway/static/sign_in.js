// Signs in with the token behind #token=, which no server has seen, and takes it out of the address at once.
"use strict";

(() => {
  const form = document.getElementById("sign-in");
  const token = new URLSearchParams(window.location.hash.slice(1)).get("token");
  if (!token) return;
  window.history.replaceState(null, "", window.location.pathname + window.location.search);
  form.hidden = true;
  const working = document.getElementById("working");
  working.hidden = false;
  fetch("/session", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    credentials: "same-origin",
    body: JSON.stringify({ token }),
  })
    .then((response) => {
      if (!response.ok) throw new Error(String(response.status));
      window.location.replace(form.dataset.target);
    })
    .catch(() => {
      working.hidden = true;
      document.getElementById("failed").hidden = false;
      form.hidden = false;
    });
})();
