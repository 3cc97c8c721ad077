// Sends a file with a bar that tells how much has come through, and follows an import while it goes on. Without this
// script the file is sent like any form, and the page renews itself.
"use strict";

(() => {
  const locale = document.documentElement.lang;
  const million = 1_000_000;

  function filled(text, values) {
    return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }

  function megabytes(bytes) {
    return (bytes / million).toLocaleString(locale, { maximumFractionDigits: 1 });
  }

  function receive(form) {
    const file = form.querySelector("input[type=file]");
    const fault = form.querySelector("[data-fault]");
    const progress = form.querySelector("[data-sending]");
    const bar = progress.querySelector("progress");
    const words = progress.querySelector("[data-words]");
    const button = form.querySelector("button[type=submit]");
    let request = null;

    function refuse(text) {
      fault.textContent = text;
      fault.hidden = text === "";
    }

    function end(text) {
      request = null;
      progress.hidden = true;
      button.hidden = false;
      refuse(text);
      button.focus();
    }

    function show(answer) {
      const page = new DOMParser().parseFromString(answer, "text/html");
      document.title = page.title;
      document.querySelector("main").replaceWith(page.querySelector("main"));
      document.getElementById("error-summary")?.focus();
      begin();
    }

    function send() {
      refuse("");
      request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.upload.addEventListener("progress", (event) => {
        if (!event.lengthComputable) return;
        const percent = Math.floor((event.loaded / event.total) * 100);
        bar.value = percent;
        words.textContent = filled(words.dataset.words, {
          sent: megabytes(event.loaded),
          whole: megabytes(event.total),
          percent,
        });
      });
      request.addEventListener("load", () => {
        const leads = new URL(request.responseURL).pathname !== new URL(form.action).pathname;
        if (request.status < 400 && leads) location.assign(request.responseURL);
        else show(request.responseText);
      });
      request.addEventListener("error", () => end(fault.dataset.lost));
      request.addEventListener("abort", () => end(""));
      progress.hidden = false;
      button.hidden = true;
      bar.value = 0;
      request.send(new FormData(form));
    }

    progress.querySelector("button").addEventListener("click", () => request?.abort());
    file.addEventListener("change", () => refuse(""));
    form.addEventListener("submit", (event) => {
      const [chosen] = file.files;
      if (!chosen) return; // the service says what is missing
      event.preventDefault();
      if (request) return;
      if (chosen.size > Number(file.dataset.most)) refuse(fault.dataset.tooLarge);
      else send();
    });
  }

  function follow(run) {
    const bar = run.querySelector("progress");
    const words = run.querySelector("[data-words]");
    const heading = document.querySelector("h1");

    async function ask() {
      try {
        const answer = await fetch(run.dataset.follow);
        if (answer.redirected || (answer.status >= 400 && answer.status < 500)) return location.reload();
        const now = await answer.json();
        if (!now.busy) return location.reload();
        bar.value = Math.max(bar.value, now.percent);
        if (words.textContent !== now.words) words.textContent = now.words;
        if (heading.textContent !== now.heading) heading.textContent = now.heading;
      } catch {
        words.textContent = words.dataset.lost;
      }
      setTimeout(ask, 1_000);
    }

    setTimeout(ask, 500);
  }

  function begin() {
    document.querySelectorAll("form[data-upload]").forEach(receive);
    document.querySelectorAll("[data-follow]").forEach(follow);
  }

  begin();
})();
