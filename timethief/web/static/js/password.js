// Lets somebody see the password that is being typed. Without this script there is only the field.
"use strict";

(() => {
  for (const button of document.querySelectorAll("button[data-reveals]")) {
    const field = document.getElementById(button.dataset.reveals);
    if (!field) continue;
    const label = button.querySelector("[data-shown]");
    const shown = label.textContent;
    button.hidden = false;
    button.addEventListener("click", () => {
      const reveal = field.type === "password";
      field.type = reveal ? "text" : "password";
      label.textContent = reveal ? label.dataset.shown : shown;
    });
    // Browsers and password managers look for a field of this type when the form is sent.
    field.form.addEventListener("submit", () => {
      field.type = "password";
    });
  }
})();
