// The board of a topic: asks the server what becomes of the arrangement after each change, and adds what is
// found. The server knows; this script only sends the form and puts the answer in its place. Without it the same
// is done with the buttons "Find", "Add" and "Preview".
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const board = document.querySelector("[data-board]");
  const words = board?.querySelector("[data-find]");
  if (!board) return;
  board.classList.add("scripted-board");
  const rows = board.querySelector("[data-picks]");
  const say = (text) => (board.querySelector("[data-board-status]").textContent = text);

  // Asking the server: of several questions of a kind only the last is answered.

  const pending = {};
  const ask = async (part, extra = {}) => {
    pending[part]?.abort();
    const { signal } = (pending[part] = new AbortController());
    const body = new FormData(board);
    if (part !== "found") body.set("q", "");
    for (const [name, value] of Object.entries({ part, ...extra })) body.set(name, value);
    try {
      const answer = await fetch(board.action, { method: "POST", body, signal, headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      return new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch (problem) {
      if (problem.name !== "AbortError") say("The preview could not be brought up to date. What you typed is still here.");
      return null;
    }
  };

  const replace = (answer, id) => {
    const old = document.getElementById(id);
    const made = answer.getElementById(id);
    if (!old || !made) return;
    const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
    const frame = old.querySelector("iframe");
    const width = old.querySelector("[name='width']:checked")?.id;
    if (width) made.querySelector(`#${width}`).setAttribute("checked", "");
    old.replaceWith(document.adoptNode(made));
    if (frame) {
      const drawn = made.querySelector("iframe");
      if (drawn.srcdoc === frame.srcdoc) drawn.style.blockSize = frame.style.blockSize;
      fit(drawn);
    }
    if (focused) document.getElementById(focused)?.focus();
  };

  const show = (answer) => {
    if (!answer) return;
    for (const id of ["timeline", "ahead"]) replace(answer, id);
    for (const told of answer.querySelectorAll("[data-of]")) {
      rows.querySelector(`[data-item="${told.dataset.of}"] [data-standing]`)?.replaceWith(told.querySelector("[data-standing]"));
    }
  };

  let waiting;
  const changed = () => {
    board.querySelector("[data-unsaved]").hidden = false;
    clearTimeout(waiting);
    waiting = setTimeout(async () => show(await ask("outcome")), 350);
  };

  // The preview is as high as what it shows.

  const fit = (frame) => {
    const measure = () => {
      const page = frame.contentDocument?.documentElement;
      if (!page || !page.scrollHeight) return;
      frame.style.blockSize = `${Math.max(page.querySelector("body").scrollHeight, 200)}px`;
      frame.parentElement.style.blockSize = `${frame.getBoundingClientRect().height}px`;
    };
    frame.addEventListener("load", measure);
    measure();
  };
  fit(board.querySelector("iframe"));
  window.addEventListener("resize", () => fit(board.querySelector("iframe")));

  // Finding and adding

  let typing;
  const find = async () => {
    const answer = await ask("found");
    if (!answer) return;
    replace(answer, "found");
    const found = [...board.querySelectorAll("#found button")];
    say(!words.value.trim() ? "" : found.length ? `${found.length} found. Enter adds “${found[0].dataset.name}”.` : "Nothing found.");
  };
  const isFoundFor = (text) => document.getElementById("found").dataset.asked === text;

  const clear = () => {
    words.value = "";
    document.getElementById("found").replaceChildren();
    words.focus();
  };

  const add = async (button) => {
    const name = button.dataset.name;
    const removed = rows.querySelector(`[data-item="${button.value}"] .delete :checked`);
    if (removed) {
      removed.checked = false;
      clear();
      return changed(say(`“${name}” stays.`));
    }
    const answer = await ask("row", { _add: button.value });
    const row = answer?.querySelector(".pick");
    if (!row) return;
    rows.append(document.adoptNode(row));
    const count = board.querySelector("[name='picks-TOTAL_FORMS']");
    count.value = Number(count.value) + 1;
    row.dispatchEvent(new CustomEvent("formset:added", { bubbles: true, detail: { formsetName: "picks" } }));
    clear();
    show(answer);
    changed();
    say(`“${name}” is now number ${rows.querySelectorAll(".pick").length}.`);
  };

  words?.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(find, 200);
  });

  board.addEventListener("keydown", async (event) => {
    const found = [...board.querySelectorAll("#found button")];
    const at = found.indexOf(document.activeElement);
    if (event.target === words && event.key === "Enter") {
      event.preventDefault();
      clearTimeout(typing);
      if (!isFoundFor(words.value.trim())) await find();
      const first = board.querySelector("#found button");
      if (first) await add(first);
    } else if ((event.target === words || at >= 0) && ["ArrowDown", "ArrowUp"].includes(event.key) && found.length) {
      event.preventDefault();
      const next = at + (event.key === "ArrowDown" ? 1 : -1);
      (next < 0 ? words : found[Math.min(next, found.length - 1)]).focus();
    } else if (at >= 0 && event.key === "Escape") {
      words.focus();
    } else if (event.key === "Enter" && event.target.matches("input:not([type=submit])")) {
      event.preventDefault(); // Enter saves nothing here
    }
  });

  board.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.name === "_find") {
      event.preventDefault();
      find();
    } else if (button?.name === "_add" && button.closest("#found")) {
      event.preventDefault();
      add(button);
    }
  });

  // Whatever else changes

  const isOfArrangement = (control) => control.name && control !== words && control.name !== "width";
  for (const kind of ["input", "change"]) {
    board.addEventListener(kind, (event) => {
      if (!isOfArrangement(event.target)) {
        if (event.target.name === "width") fit(board.querySelector("iframe"));
      } else if (event.target.name === "at") ask("outcome").then(show);
      else changed();
    });
  }
  board.addEventListener("ordered", changed);
  // Django says "change" of every choosing field once when the page opens, whether it changes or not.
  const chosen = new WeakMap();
  window.django?.jQuery?.(board).on("change", "select.admin-autocomplete", ({ target }) => {
    const before = chosen.get(target) ?? target.querySelector("[selected]")?.value ?? "";
    chosen.set(target, target.value);
    if (target.value !== before) changed();
  });
});
