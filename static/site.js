// What a script can add to pages that all work without it: a button that prints, references that copy
// at the press of a button.
"use strict";
(() => {
  const print = document.querySelector("#print");
  if (print) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }
})();

(() => {
  const references = document.querySelector("#cite");
  if (!references || !navigator.clipboard) return;
  const words = references.dataset;

  const addButton = (text) => {
    const button = Object.assign(document.createElement("button"), {
      type: "button",
      className: "button quiet",
      textContent: words.copy.replace("{style}", text.previousElementSibling.textContent),
    });
    const outcome = document.createElement("span");
    outcome.setAttribute("role", "status");
    button.addEventListener("click", async () => {
      outcome.textContent = "";
      try {
        await navigator.clipboard.writeText(text.textContent);
        outcome.textContent = words.copied;
      } catch {
        outcome.textContent = words.notCopied;
      }
    });
    const line = document.createElement("p");
    line.append(button, " ", outcome);
    text.after(line);
  };

  references.querySelectorAll("pre").forEach(addButton);
})();
