// Puts the columns of a list in order with buttons. Without this script the same is done with the numbers.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form[data-columns]");
  if (!form) return;
  const list = form.querySelector("ol");
  const status = form.querySelector("[role='status']");
  const wordsOf = (row) => row.querySelector("label").textContent.trim();

  const renumber = () => [...list.children].forEach((row, place) => {
    row.querySelector("input[type='number']").value = place + 1;
  });

  const button = (row, sign, words, move) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = sign;
    made.setAttribute("aria-label", `${words}: ${wordsOf(row)}`);
    made.addEventListener("click", () => {
      move(row);
      renumber();
      made.focus(); // moving the row took the focus away
      status.textContent = `${wordsOf(row)} is now number ${[...list.children].indexOf(row) + 1} of ${list.children.length}.`;
    });
    row.append(made);
  };

  for (const row of list.children) {
    row.classList.add("is-moved");
    button(row, "↑", "Up", (moved) => moved.previousElementSibling?.before(moved));
    button(row, "↓", "Down", (moved) => moved.nextElementSibling?.after(moved));
  }
});
