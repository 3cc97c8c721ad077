// On the pages where nobody is known: forms are sent without the cookie of a log-in that the browser may hold.
// Without this script they are sent as they are, and the service does not read it.
"use strict";

(() => {
  async function send(form, pressed) {
    const body = new URLSearchParams(new FormData(form, pressed));
    const answer = await fetch(form.action, {
      method: "POST",
      body,
      credentials: "omit",
      cache: "no-store",
      referrerPolicy: "no-referrer",
    });
    const text = await answer.text();
    // The answer takes the place of this page and has no address of its own: nothing of it is left in the history.
    document.open();
    document.write(text);
    document.close();
    window.scrollTo(0, 0);
  }

  document.querySelectorAll("form[data-unseen]").forEach((form) => {
    let sending = false;
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return; // no network: it is sent later
      event.preventDefault();
      if (sending) return;
      sending = true;
      send(form, event.submitter).catch(() => {
        sending = false;
        const offline = document.getElementById("offline");
        if (offline) offline.hidden = false;
      });
    });
  });

  // The code of a report: copied, printed, saved as a picture. It is never put into an address.
  const receipt = document.getElementById("receipt");
  const actions = document.getElementById("receipt-actions");
  if (!receipt || !actions) return;
  const done = document.getElementById("receipt-done");
  const code = receipt.textContent.trim();

  document.getElementById("copy").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code);
      done.textContent = done.dataset.copied;
    } catch {
      window.getSelection().selectAllChildren(receipt); // copied by hand
    }
  });
  document.getElementById("print").addEventListener("click", () => window.print());
  document.getElementById("picture").addEventListener("click", () => {
    const canvas = document.createElement("canvas");
    canvas.width = 1000;
    canvas.height = 360;
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.fillStyle = "#111";
    pen.textAlign = "center";
    pen.font = "32px sans-serif";
    pen.fillText(actions.dataset.words, 500, 90, 940);
    pen.font = "bold 58px monospace";
    pen.fillText(code, 500, 200, 940);
    pen.font = "28px sans-serif";
    pen.fillText(actions.dataset.address, 500, 290, 940);
    canvas.toBlob((blob) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = `${actions.dataset.file}.png`;
      link.click();
      URL.revokeObjectURL(link.href);
      done.textContent = done.dataset.saved;
    });
  });
  actions.hidden = false;
})();
