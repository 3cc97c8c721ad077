// Brings all filters into the inventory when they are opened. Without this script a link leads to them.
"use strict";

(() => {
  const more = document.getElementById("more-filters");
  if (!more) return;
  const place = more.querySelector(".filter-fields");

  async function bring() {
    try {
      const answer = await fetch(more.dataset.from);
      if (!answer.ok) return; // the link is still there
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      // What stood hidden in the form is now chosen in the lists.
      place.replaceChildren(...page.querySelector(".filter-fields").childNodes);
    } catch {
      more.open = true; // no network: the link says where to go
    }
  }

  more.addEventListener("toggle", bring, { once: true });
})();
