// Gives a name to controls that other scripts draw without one: the choosing fields and the text editor.
"use strict";
(() => {
  const labelOf = (control) => {
    const label = control.id && document.querySelector(`label[for="${CSS.escape(control.id)}"]`);
    if (label && !label.id) label.id = `${control.id}_label`;
    return label;
  };

  const nameChooser = (container) => {
    const select = container.previousElementSibling;
    const box = container.querySelector("[role='combobox']");
    if (!select || !box || box.dataset.named === select.id) return;
    const label = labelOf(select);
    const shown = box.querySelector(".select2-selection__rendered");
    if (label) box.setAttribute("aria-labelledby", [label.id, shown?.id].filter(Boolean).join(" "));
    else if (select.ariaLabel) box.setAttribute("aria-label", select.ariaLabel);
    if (label && shown?.getAttribute("role") === "textbox") shown.setAttribute("aria-labelledby", label.id);
    const search = container.querySelector(".select2-search__field");
    if (search) search.setAttribute("aria-label", label?.textContent.replace(":", "").trim() || select.ariaLabel);
    box.dataset.named = select.id;
  };

  const nameEditor = (editor) => {
    const source = editor.closest(".prose-editor")?.querySelector("textarea");
    const label = source && labelOf(source);
    if (!label || editor.hasAttribute("aria-labelledby")) return;
    editor.setAttribute("aria-labelledby", label.id);
    const help = document.getElementById(`${source.id}_helptext`);
    if (help) editor.setAttribute("aria-describedby", help.id);
    label.addEventListener("click", () => editor.focus());
    // A link to the field finds the hidden text area that the editor stands for.
    source.tabIndex = -1;
    source.ariaHidden = "true";
    source.addEventListener("focus", () => editor.focus());
  };

  const nameAll = () => {
    document.querySelectorAll(".select2-container:not(.select2-container--open > *)").forEach(nameChooser);
    document.querySelectorAll("[role='combobox'][aria-owns]").forEach((box) => box.setAttribute("aria-controls", box.getAttribute("aria-owns")));
    document.querySelectorAll("body > .select2-container--open:not([role])").forEach((list) => {
      list.setAttribute("role", "region");
      list.setAttribute("aria-label", "Choices");
    });
    document.querySelectorAll(".select2-dropdown .select2-search__field:not([aria-label])").forEach((field) => field.setAttribute("aria-label", "Search"));
    document.querySelectorAll(".ProseMirror").forEach(nameEditor);
    document.querySelectorAll(".prose-menubar__button:not([aria-label])[title]").forEach((button) => button.setAttribute("aria-label", button.title));
  };

  // A new row is a copy of a hidden one; what describes its fields must follow their new names.
  document.addEventListener("formset:added", (event) => {
    const number = event.target.id?.match(/-(\d+)$/)?.[1];
    for (const part of event.target.querySelectorAll?.("[aria-describedby*='__prefix__']") ?? []) {
      part.setAttribute("aria-describedby", part.getAttribute("aria-describedby").replace("__prefix__", number));
    }
  });

  document.addEventListener("DOMContentLoaded", () => {
    nameAll();
    new MutationObserver(nameAll).observe(document.body, { childList: true, subtree: true });
  });
})();
