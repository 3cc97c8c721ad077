// Improvements of the log page. Without this script the page is an ordinary form that does the same.
"use strict";

(() => {
  const form = document.getElementById("log-form");
  if (!form) return;
  const title = form.elements.title;
  const similar = document.getElementById("similar");
  const lookUp = document.getElementById("look-up");
  const pause = 300;
  let timer;
  let asked = "";

  // While typing: up to three tasks that look alike.
  async function suggest() {
    const text = title.value.trim();
    if (text === asked) return;
    asked = text;
    if (text.length < 3) {
      similar.replaceChildren();
      return;
    }
    const body = new URLSearchParams({ title: text, csrf_token: form.elements.csrf_token.value });
    try {
      const answer = await fetch(form.dataset.similar, { method: "POST", body });
      if (answer.ok && asked === text) {
        const part = new DOMParser().parseFromString(await answer.text(), "text/html");
        similar.replaceChildren(...part.body.childNodes);
      }
    } catch {
      asked = ""; // no network: the form works all the same
    }
  }

  if (similar && lookUp && !form.elements.same_as.value) {
    lookUp.hidden = true;
    title.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(suggest, pause);
    });
  }

  // A tap on a chip that opens a field leads straight into it; arrow keys (detail 0) walk on among the chips.
  form.querySelectorAll(".chip-opens > input").forEach((chip) => {
    chip.addEventListener("click", (event) => {
      if (event.detail > 0) chip.closest("fieldset").querySelector(".chips-other input").focus();
    });
  });

  // A draft in this tab, so that neither an interruption nor a lost network loses anything. The page that
  // thanks for it lets it go.
  const place = form.dataset.draft ? `timethief-draft-${form.dataset.draft}` : "";
  const note = document.getElementById("draft");
  const kept = (name) => !["csrf_token", "key", "same_as", "token", "website"].includes(name);
  // Where nobody is to be known it is let go after a while, and not kept at all at a shared computer.
  const lasts = Number(form.dataset.draftMinutes || 0) * 60 * 1000;
  const shared = document.getElementById("shared-computer");
  const clear = document.getElementById("clear");
  let forget;

  function letGo() {
    clearTimeout(forget);
    sessionStorage.removeItem(place);
    note.hidden = true;
  }

  function save() {
    if (shared?.checked) {
      letGo();
      return;
    }
    if (lasts) {
      clearTimeout(forget);
      forget = setTimeout(letGo, lasts);
    }
    const entries = [...new FormData(form).entries()].filter(([name, value]) => kept(name) && value);
    sessionStorage.setItem(place, JSON.stringify({ at: Date.now(), entries }));
  }

  function restore() {
    const draft = JSON.parse(sessionStorage.getItem(place) || "null");
    if (!draft) return;
    if (shared?.checked || (lasts && Date.now() - draft.at > lasts)) {
      letGo();
      return;
    }
    if (lasts) forget = setTimeout(letGo, draft.at + lasts - Date.now());
    for (const [name, value] of draft.entries) {
      for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (field.type === "radio" || field.type === "checkbox") field.checked = field.checked || field.value === value;
        else field.value = value;
      }
    }
    const clock = new Date(draft.at);
    const minutes = String(clock.getMinutes()).padStart(2, "0");
    note.querySelector("time").textContent = `${clock.getHours()}.${minutes}`;
    note.hidden = false;
    note.querySelector("button").addEventListener("click", () => {
      letGo();
      window.location.reload();
    });
  }

  if (place) {
    if (!title.value) restore();
    let saving;
    form.addEventListener("input", () => {
      clearTimeout(saving);
      saving = setTimeout(save, 1000);
    });
    form.addEventListener("submit", () => {
      clearTimeout(saving);
      save();
    });
    if (shared) {
      document.getElementById("shared").hidden = false;
      shared.addEventListener("change", () => {
        clearTimeout(saving);
        save();
      });
    }
    if (clear) {
      clear.hidden = false;
      clear.addEventListener("click", () => {
        clearTimeout(saving);
        letGo();
        window.location.assign(window.location.pathname + window.location.search);
      });
    }
  }

  // Without a network the form stays, and is sent when the network is back; its key keeps it from being sent twice.
  const offline = document.getElementById("offline");
  form.addEventListener("submit", (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    offline.hidden = false;
    const pressed = event.submitter;
    window.addEventListener("online", () => form.requestSubmit(pressed), { once: true });
  });
})();
