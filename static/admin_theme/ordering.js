// Puts the rows of an ordered inline in order: by dragging, or with the buttons up, down and to the top.
// Without this script the same is done with the number in "position", which is what is saved.
"use strict";
(() => {
  const rowsOf = (group) => [...group.querySelectorAll(".inline-related:not(.empty-form)")];
  const positionOf = (row) => row.querySelector("input[name$='-position']");

  const nameOf = (row) => {
    if (row.dataset.name) return row.dataset.name;
    const typed = row.querySelector("input[name$='-label']")?.value.trim();
    const chosen = [...row.querySelectorAll("select")].find((select) => select.value)?.selectedOptions[0].textContent.trim();
    return typed || chosen || row.querySelector(".row-name").textContent.trim();
  };

  const renumber = (group) => rowsOf(group).forEach((row, place) => (positionOf(row).value = place));

  const announce = (group, row) => {
    const rows = rowsOf(group);
    const status = group.querySelector("[data-ordering-status]");
    status.textContent = `${nameOf(row)} is now number ${rows.indexOf(row) + 1} of ${rows.length}.`;
  };

  const place = (group, row, target) => {
    const rows = rowsOf(group);
    const from = rows.indexOf(row);
    if (target < 0 || target >= rows.length || target === from) return false;
    if (target < from) rows[target].before(row);
    else rows[target].after(row);
    renumber(group);
    group.dispatchEvent(new CustomEvent("ordered", { bubbles: true }));
    return true;
  };

  const moves = [
    ["Up", "↑", (from) => from - 1],
    ["Down", "↓", (from) => from + 1],
    ["To top", "⇈", () => 0],
  ];

  const button = (group, row, words, sign, target) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = sign;
    made.title = words;
    made.addEventListener("focus", () => made.setAttribute("aria-label", `${words}: ${nameOf(row)}`));
    made.setAttribute("aria-label", `${words}: ${nameOf(row)}`);
    made.addEventListener("click", () => {
      place(group, row, target(rowsOf(group).indexOf(row)));
      made.focus(); // moving the row took the focus away
      announce(group, row);
    });
    return made;
  };

  const handle = (group, row) => {
    const made = document.createElement("span");
    made.className = "drag";
    made.title = "Drag to move";
    made.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      row.classList.add("dragged");
      const follow = (moved) => {
        const rows = rowsOf(group);
        const middle = (other) => other.getBoundingClientRect().top + other.offsetHeight / 2;
        const above = rows.filter((other) => other !== row && middle(other) < moved.clientY).length;
        place(group, row, above);
      };
      const release = () => {
        row.classList.remove("dragged");
        document.removeEventListener("pointermove", follow);
        announce(group, row);
      };
      document.addEventListener("pointermove", follow);
      for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, release, { once: true });
    });
    return made;
  };

  const equip = (group, row) => {
    row.querySelector(".order-tools")?.remove();
    const tools = document.createElement("span");
    tools.className = "order-tools";
    tools.append(handle(group, row), ...moves.map((move) => button(group, row, ...move)));
    row.querySelector(".row-head").prepend(tools);
  };

  const start = (group) => {
    if (!positionOf(group)) return; // to be looked at only
    group.classList.add("scripted");
    standBy(group, (row) => Number(positionOf(row).value));
    rowsOf(group).forEach((row) => equip(group, row));
    renumber(group);
  };

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll(".ordered").forEach(start));

  document.addEventListener("formset:added", (event) => {
    const group = event.target.closest?.(".ordered.scripted");
    if (!group) return;
    equip(group, event.target);
    renumber(group);
  });

  // Django numbers the forms anew by their place on the page when a row is taken away, and the saved rows
  // must keep the first numbers. So for that moment the rows stand in the order of their forms.
  const formNumber = (row) => Number(row.id.match(/-(\d+)$/)[1]);
  const standBy = (group, key) => {
    const rows = rowsOf(group);
    const end = rows.at(-1)?.nextSibling ?? null;
    [...rows].sort((a, b) => key(a) - key(b)).forEach((row) => (end ? end.before(row) : row.parentNode.append(row)));
  };
  document.addEventListener(
    "click",
    (event) => {
      const group = event.target.closest?.(".inline-deletelink")?.closest(".ordered.scripted");
      if (!group) return;
      standBy(group, formNumber);
      setTimeout(() => {
        standBy(group, (row) => Number(positionOf(row).value));
        renumber(group);
      });
    },
    true,
  );
})();
