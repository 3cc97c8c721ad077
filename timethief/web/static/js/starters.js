// Buttons that begin a text: pressed, their words are put at the end of the field.
"use strict";

for (const row of document.querySelectorAll("[data-starters]")) {
  const field = document.getElementById(row.dataset.starters);
  row.hidden = false;
  row.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const before = field.value.trimEnd();
    field.value = before ? `${before} ${button.textContent}` : button.textContent;
    field.focus();
  });
}
