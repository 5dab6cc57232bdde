// Says who else has this form open and whether somebody saved it since, while its window is in sight.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const told = document.querySelector("[data-presence]");
  if (!told) return;
  const user = document.querySelector("[data-user]").dataset.user;
  const address = `${told.dataset.presence}?since=${encodeURIComponent(told.dataset.since)}`;
  const SIGNED_OUT = "You are signed out. What you typed is kept in this browser. Sign in again in another window, and this one can save again.";

  const show = (notes) => {
    if (notes.join() === [...told.children].map((note) => note.textContent).join()) return; // nothing to read out
    told.replaceChildren(...notes.map((words) => Object.assign(document.createElement("p"), { textContent: words })));
  };

  const ask = async () => {
    if (document.hidden || !navigator.onLine) return;
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" }, redirect: "manual" });
      if (answer.type === "opaqueredirect") return show([SIGNED_OUT]);
      if (!answer.ok) return;
      const { notes, user: signedIn, token } = await answer.json();
      if (String(signedIn) !== user) return show([SIGNED_OUT]);
      told.closest("form").querySelector("[name=csrfmiddlewaretoken]").value = token;
      show(notes);
    } catch {
      // the connection is gone: whoever saves is told so
    }
  };

  ask();
  setInterval(ask, 15000);
  document.addEventListener("visibilitychange", ask);
});
