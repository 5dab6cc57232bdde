// Keeps what is typed into a form in this browser until it is saved: through a lost connection, the end of a
// session, a closed window. Offers it when the form is opened again. Forgets it when it was saved and on signing
// out; what others typed in the same browser is never shown.
"use strict";
(() => {
  const PREFIX = "typed:";
  const LASTS = 14 * 24 * 3600 * 1000;
  const TECHNICAL = /^_|_FORMS$/;
  const OF_THE_VIEW = /^(q|at|width)$/; // what is looked for and how, on the board of a topic

  const keys = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  const read = (key) => {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  };
  const made = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const time = (at) => {
    const moment = new Date(at);
    const clock = moment.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
    const isToday = moment.toDateString() === new Date().toDateString();
    return isToday ? clock : `${moment.toLocaleDateString("en-GB", { day: "numeric", month: "long" })}, ${clock}`;
  };

  const forgetWhatIsSaved = () => {
    const saved = [...document.querySelectorAll(".messagelist [class*='saved-']")].map((said) => said.className.match(/saved-(\w+)/)[1]);
    for (const key of keys()) {
      const isOld = !(read(key)?.at > Date.now() - LASTS);
      if (isOld || saved.some((id) => key.endsWith(`:${id}`))) localStorage.removeItem(key);
    }
  };

  const forgetOnSigningOut = (user) => {
    document.querySelector("form[data-signs-out]")?.addEventListener("submit", () => {
      keys().filter((key) => key.startsWith(`${PREFIX}${user}:`)).forEach((key) => localStorage.removeItem(key));
    });
  };

  // What a form says, as a browser would send it, without files.
  const said = (form) => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !["csrfmiddlewaretoken", "_typed", "_restored"].includes(name));

  const keep = (form, mark, here, isUnsaved) => {
    mark.value ||= `${Date.now().toString(36)}${Math.random().toString(36).slice(2)}`;
    const key = `${here}${mark.value}`;
    const before = JSON.stringify(said(form));
    let last = "";
    const note = () => {
      const now = JSON.stringify(said(form));
      if (now === last) return;
      last = now;
      if (now === before && !isUnsaved) return localStorage.removeItem(key);
      try {
        localStorage.setItem(key, JSON.stringify({ at: Date.now(), fields: JSON.parse(now) }));
      } catch {
        tell(form, "This browser has no room left to keep what you type. Save it soon.");
      }
    };
    let waiting;
    const soon = () => {
      clearTimeout(waiting);
      waiting = setTimeout(note, 400);
    };
    for (const sign of ["input", "change", "click", "keyup"]) document.addEventListener(sign, soon);
    addEventListener("pagehide", note);
    document.addEventListener("visibilitychange", note);
    if (isUnsaved) note();
    form.addEventListener("submit", (event) => {
      note();
      if (navigator.onLine) return;
      event.preventDefault();
      tell(form, "There is no connection, so nothing was sent. What you typed is kept in this browser. Save again once you are connected.");
      addEventListener("online", () => tell(form, "The connection is back. You can save now."), { once: true });
    });
  };

  const tell = (form, words) => {
    const place = form.querySelector("[data-told]");
    place.replaceChildren(made("p", { className: "errornote", textContent: words }));
    place.scrollIntoView({ block: "nearest" });
  };

  // What was not saved

  const labelOf = (form, name) => {
    const found = form.elements[name];
    const control = found instanceof RadioNodeList ? found[0] : found;
    const group = document.getElementById(`${name.match(/^(.+?)-\d+-/)?.[1]}-group`);
    const parts = [control?.closest?.("[data-name]")?.querySelector(".row-name"), group?.querySelector(".inline-heading"), control?.labels?.[0] ?? control?.closest("fieldset")?.querySelector("legend")];
    return parts.map((part) => part?.textContent.trim()).filter(Boolean).join(": ");
  };

  const words = (text) => new DOMParser().parseFromString(text.replace(/<\/(p|li|h\d)>/g, "$& "), "text/html").body.textContent;

  const differences = (form, kept) => {
    const grouped = (fields) => fields.reduce((all, [name, value]) => all.set(name, [...(all.get(name) ?? []), value.replaceAll("\r\n", "\n")]), new Map());
    const now = grouped(said(form));
    const then = grouped(kept.fields);
    const found = new Map();
    for (const name of new Set([...now.keys(), ...then.keys()])) {
      if (TECHNICAL.test(name) || OF_THE_VIEW.test(name) || (now.get(name) ?? "").toString() === (then.get(name) ?? "").toString()) continue;
      const control = form.elements[name];
      if (control?.type === "hidden") continue;
      const isText = !control || control.matches?.("textarea, input:not([type=checkbox], [type=radio])");
      found.set(labelOf(form, name) || name, isText ? words(then.get(name)?.join(" ") ?? "").slice(0, 400) : "");
    }
    return found;
  };

  const restore = (form, key, kept) => {
    const sent = made("form", { method: "post", action: location.href, hidden: true });
    const fields = [...kept.fields, ["csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value], ["_typed", key.split(":").at(-1)], ["_restored", "1"]];
    sent.append(...fields.map(([name, value]) => made("textarea", { name, value })));
    document.body.append(sent);
    sent.submit();
  };

  const offer = (form, key) => {
    const kept = read(key);
    const found = differences(form, kept);
    if (!found.size) return localStorage.removeItem(key);
    const bar = made("section", { className: "typed", ariaLabel: "Text that was not saved" });
    const list = made("dl", {}, ...[...found].map(([label, text]) => made("div", {}, made("dt", { textContent: label }), made("dd", { textContent: text }))));
    const discard = () => {
      localStorage.removeItem(key);
      bar.remove();
    };
    bar.append(
      made("p", { textContent: `Text from ${time(kept.at)} that was not saved. Chosen files are not kept.` }),
      made("details", {}, made("summary", { textContent: `What differs (${found.size})` }), list),
      made("button", { type: "button", textContent: "Restore", onclick: () => restore(form, key, kept) }),
      made("button", { type: "button", textContent: "Discard", onclick: discard }),
    );
    form.querySelector("[data-offered]").append(bar);
  };

  const start = () => {
    const user = document.querySelector("[data-user]")?.dataset.user;
    if (!user) return;
    forgetWhatIsSaved();
    forgetOnSigningOut(user);
    const mark = document.querySelector("[name=_typed]");
    if (!mark || mark.form.querySelector("[type=password]")) return;
    const here = `${PREFIX}${user}:${location.pathname}:`;
    const kept = keys().filter((key) => key.startsWith(here) && key !== `${here}${mark.value}`);
    kept.sort((one, other) => read(other).at - read(one).at).forEach((key) => offer(mark.form, key));
    keep(mark.form, mark, here, "unsaved" in mark.dataset);
  };
  addEventListener("load", start); // once other scripts have put the form in order
})();
