// Shows the picture just chosen, before anything is saved.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const $ = window.django?.jQuery;
  if (!$) return;
  for (const select of document.querySelectorAll("select[data-preview]")) {
    const frame = () => select.closest("fieldset").querySelector("[data-picture]");
    $(select).on("change", async () => {
      const address = select.value && select.dataset.preview.replace("/0/", `/${select.value}/`);
      const answer = address && (await fetch(address, { headers: { Accept: "text/html" } }));
      const shown = frame();
      if (!shown) return;
      if (!answer) shown.replaceChildren("No picture chosen.");
      else if (answer.ok) shown.replaceWith(new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-picture]"));
    });
  }
});
