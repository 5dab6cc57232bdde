// What a script can add to search boxes, all of which work without it: suggestions while somebody types.
// A combobox with a list, as the ARIA Authoring Practices describe it; focus stays in the box.
"use strict";
document.querySelectorAll("form[data-suggestions]").forEach((form, number) => {
  const box = form.querySelector("input[name=q]");
  const words = form.dataset;
  const WAIT = 180;
  let timer, request, chosen = -1;

  const list = Object.assign(document.createElement("ul"), {
    id: `suggestions-${number}`,
    className: "suggestions",
    hidden: true,
  });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", words.label);
  const status = Object.assign(document.createElement("span"), { className: "vh" });
  status.setAttribute("role", "status");
  form.append(list, status);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  })) box.setAttribute(name, value);

  const close = () => {
    clearTimeout(timer);
    request?.abort();
    list.hidden = true;
    chosen = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };

  const choose = (index) => {
    const options = [...list.children];
    chosen = index < -1 ? options.length - 1 : index >= options.length ? -1 : index;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
    if (chosen < 0) return box.removeAttribute("aria-activedescendant");
    box.setAttribute("aria-activedescendant", options[chosen].id);
    options[chosen].scrollIntoView({ block: "nearest" });
  };

  const open = (url) => {
    close();
    location.assign(url);
  };

  const show = ({ suggestions, announcement }) => {
    list.replaceChildren(...suggestions.map(({ kind, text, url, language }, at) => {
      const option = Object.assign(document.createElement("li"), { id: `${list.id}-${at}` });
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.url = url;
      const title = Object.assign(document.createElement("span"), { textContent: text, dir: "auto" });
      if (language) title.lang = language;
      const label = Object.assign(document.createElement("span"), { className: "suggestion-kind", textContent: kind });
      option.append(title, " ", label);
      return option;
    }));
    chosen = -1;
    box.removeAttribute("aria-activedescendant");
    list.hidden = !suggestions.length;
    box.setAttribute("aria-expanded", String(!list.hidden));
    status.textContent = announcement;
  };

  const ask = async () => {
    request?.abort();
    request = new AbortController();
    try {
      const query = new URLSearchParams({ q: box.value });
      const response = await fetch(`${words.suggestions}?${query}`, { signal: request.signal });
      if (response.ok) show(await response.json());
    } catch {
      // Aborted by the next letter, or out of reach: the box works without.
    }
  };

  box.addEventListener("input", () => {
    clearTimeout(timer);
    if (box.value.trim().length < 2) return close();
    timer = setTimeout(ask, WAIT);
  });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && !list.hidden && chosen >= 0) {
      event.preventDefault();
      open(list.children[chosen].dataset.url);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) return box.value.trim().length < 2 || ask();
      choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
    }
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps focus in the box
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) open(option.dataset.url);
  });
  box.addEventListener("blur", close);
  form.addEventListener("submit", close);
});
