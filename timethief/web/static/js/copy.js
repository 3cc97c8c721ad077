// Copies a table, so that it can be pasted into a memo or a spreadsheet, or the text of a field. Without this script the buttons are not there.
"use strict";

(() => {
  const marks = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  const escaped = (text) => text.replace(/[&<>"]/g, (sign) => marks[sign]);
  const plain = (text) => text.replace(/[\t\n\r ]+/g, " ").trim();

  /** What a cell says; a remark below the name stands in brackets behind it. */
  function words(cell) {
    const copy = cell.cloneNode(true);
    for (const hidden of copy.querySelectorAll(".visually-hidden, .not-copied, svg")) hidden.remove();
    const notes = [...copy.querySelectorAll(".cell-note")].map((note) => {
      note.remove();
      return plain(note.textContent);
    });
    const text = plain(copy.textContent);
    return notes.length ? `${text} (${notes.join(", ")})` : text;
  }

  /** The table or the field. */
  function sourceOf(id) {
    const place = document.getElementById(id);
    return place.content ? place.content.querySelector("table") : place;
  }

  function asText(table) {
    return [...table.rows].map((row) => [...row.cells].map(words).join("\t")).join("\n");
  }

  function asHtml(table) {
    const caption = table.caption ? `<caption>${escaped(words(table.caption))}</caption>` : "";
    const rows = [...table.rows].map((row) => {
      const cells = [...row.cells].map((cell) => {
        const kind = cell.tagName.toLowerCase();
        const side = cell.classList.contains("number") ? "right" : "left";
        return `<${kind} align="${side}">${escaped(words(cell))}</${kind}>`;
      });
      return `<tr>${cells.join("")}</tr>`;
    });
    return `<table border="1">${caption}<tbody>${rows.join("")}</tbody></table>`;
  }

  /** The older way, which works without a secure connection too. */
  function copyInPlace(html, text) {
    let taken = false;
    const fill = (event) => {
      if (html) event.clipboardData.setData("text/html", html);
      event.clipboardData.setData("text/plain", text);
      event.preventDefault();
      taken = true;
    };
    document.addEventListener("copy", fill, { once: true });
    document.execCommand("copy");
    document.removeEventListener("copy", fill);
    if (!taken) throw new Error("not copied");
  }

  async function copyText(text) {
    if (navigator.clipboard) await navigator.clipboard.writeText(text);
    else copyInPlace("", text);
  }

  async function copyTable(table) {
    const html = asHtml(table);
    const text = asText(table);
    if (!navigator.clipboard || !window.ClipboardItem) {
      copyInPlace(html, text);
      return;
    }
    const parts = { "text/html": html, "text/plain": text };
    const item = Object.fromEntries(
      Object.entries(parts).map(([type, part]) => [type, new Blob([part], { type })]),
    );
    await navigator.clipboard.write([new ClipboardItem(item)]);
  }

  for (const place of document.querySelectorAll("[data-copies]")) {
    const told = place.querySelector("[role=status]");
    place.hidden = false;
    place.querySelector("button").addEventListener("click", async () => {
      told.textContent = ""; // so that the same words are told again
      try {
        const source = sourceOf(place.dataset.copies);
        await (source.tagName === "TEXTAREA" ? copyText(source.value) : copyTable(source));
        told.textContent = told.dataset.done;
      } catch {
        told.textContent = told.dataset.failed;
      }
    });
  }
})();
