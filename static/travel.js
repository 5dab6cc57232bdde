// For staff who look at another moment: links and forms of the page lead on within that moment. The page itself
// says nothing of it, so that it is the page readers get.
"use strict";
(() => {
  const bar = document.querySelector("[data-moment]");
  const moment = bar.dataset.moment;
  const staysHere = (address) => address.origin === location.origin && !address.pathname.startsWith(bar.dataset.desk);

  for (const link of document.links) {
    const address = new URL(link.href);
    if (bar.contains(link) || !staysHere(address) || link.getAttribute("href").startsWith("#")) continue;
    address.searchParams.set("at", moment);
    link.href = address;
  }
  for (const form of document.forms) {
    if (bar.contains(form) || form.method !== "get") continue;
    form.addEventListener("formdata", ({ formData }) => formData.set("at", moment));
  }
})();
