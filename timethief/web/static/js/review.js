// Shows the verdict while the reviewer writes. Without this script the button "Try without saving" does the same.
"use strict";

(() => {
  const form = document.getElementById("review-form");
  const place = document.getElementById("preview");
  if (!form || !place) return;
  const pause = 500;
  let timer;
  let latest = 0;

  async function preview() {
    latest += 1;
    const mine = latest;
    const body = new URLSearchParams(new FormData(form));
    body.set("preview", "1");
    try {
      const answer = await fetch(form.action, { method: "POST", body });
      if (mine !== latest) return; // a later one is under way
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const part = page.getElementById("preview");
      if (part) place.replaceChildren(...part.childNodes);
    } catch {
      place.replaceChildren(); // no network: the buttons say so when pressed
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(preview, pause);
  });
})();
