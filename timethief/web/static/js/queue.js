// The queue by keyboard, and acts that keep one's place. Without this script everything is buttons and pages.
"use strict";

(() => {
  const keys = document.getElementById("queue-keys");
  const toggle = document.getElementById("keys-on");
  if (!keys || !document.getElementById("queue")) return;
  const STORED = "timethief-queue-keys";
  const ORDER = "timethief-queue-order";
  const ORDERS = '[aria-labelledby="orders-label"] a';
  let busy = false;
  let going = false; // "g" was pressed, and the next key tells where to

  const rows = () => [...document.querySelectorAll(".queue-row")];
  const current = () => document.activeElement?.closest(".queue-row");
  const status = () => document.querySelector('main > [role="status"]');

  function recall(name) {
    try {
      return localStorage.getItem(name);
    } catch {
      return null; // a browser that keeps nothing
    }
  }

  function remember(name, value) {
    try {
      localStorage.setItem(name, value);
      return true;
    } catch {
      return false;
    }
  }

  const stored = () => recall(STORED) !== "off";

  // The order that was chosen last, where the address asks for nothing and there is nothing to be told.
  function lastOrder() {
    const order = recall(ORDER);
    if (!order || location.search || location.hash || status()?.textContent.trim()) return;
    const link = [...document.querySelectorAll(ORDERS)].find((each) => orderOf(each) === order);
    if (link) location.replace(link.href);
  }

  const orderOf = (link) => new URL(link.href).searchParams.get("order") ?? "";

  function go(row) {
    if (!row) return;
    row.focus({ preventScroll: true });
    // Of a row that fills the screen its beginning is shown.
    row.scrollIntoView({ block: row.offsetHeight > innerHeight * 0.6 ? "start" : "nearest" });
  }

  function step(by) {
    const all = rows();
    const at = all.indexOf(current());
    go(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)]);
  }

  function countMarked() {
    const form = document.getElementById("bulk");
    if (!form) return;
    const count = document.querySelectorAll('.queue-row input[name="task"][form="bulk"]:checked').length;
    form.toggleAttribute("data-some", count > 0);
    form.querySelector("[data-marked]").textContent = count ? `(${count})` : "";
  }

  // Where focus goes after an act: to the next row that is still in a list to be worked on, or back to the same one.
  function places(row, stays) {
    const all = rows();
    const at = all.indexOf(row);
    const after = all.slice(at + 1).map((each) => each.dataset.task);
    const before = all.slice(0, Math.max(at, 0)).reverse().map((each) => each.dataset.task);
    return row ? [...(stays ? [row.dataset.task] : []), ...after, ...before] : after;
  }

  function show(text, wanted) {
    const page = new DOMParser().parseFromString(text, "text/html");
    const queue = page.getElementById("queue");
    if (!queue) return false;
    const marked = new Set([...document.querySelectorAll('.queue-row input[form="bulk"]:checked')].map((each) => each.id));
    // The filters stand as they are, with what is being typed and what has been opened.
    queue.querySelector(".filters").replaceWith(document.querySelector("#queue .filters"));
    document.getElementById("queue").replaceWith(queue);
    status().replaceChildren(...page.querySelector('main > [role="status"]').childNodes);
    for (const id of marked) {
      const box = document.getElementById(id);
      if (box) box.checked = true;
    }
    document.title = page.title;
    ready();
    const refused = queue.querySelector('[aria-invalid="true"]');
    const found = wanted.map((id) => document.getElementById(`task-${id}`)).find(Boolean);
    if (refused) refused.focus();
    else if (found) go(found);
    else document.getElementById("queue-heading").focus();
    return true;
  }

  async function send(form, submitter, wanted) {
    if (busy) return;
    busy = true;
    const body = new URLSearchParams(new FormData(form, submitter));
    try {
      const answer = await fetch(form.action, { method: "POST", body });
      if (!show(await answer.text(), wanted)) form.submit(); // such as the log-in: let the browser show it
    } catch {
      form.submit(); // no network: the browser says so
    } finally {
      busy = false;
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const act = event.submitter?.value;
    const isUndo = Boolean(form.closest('main > [role="status"]'));
    const isOurs = form.matches("[data-act], [data-quiet], #bulk") || isUndo;
    if (!isOurs || act === "merge") return;
    event.preventDefault();
    const row = form.closest(".queue-row") ?? current() ?? rows().find((each) => each.querySelector("input:checked"));
    if (form.id === "bulk") for (const box of document.querySelectorAll('.queue-row input[form="bulk"]:checked')) setTimeout(() => { box.checked = false; });
    send(form, event.submitter, places(row, isUndo || form.matches("[data-quiet]")));
  });

  function markSeen(row) {
    const form = row.querySelector("form[data-act]");
    if (!row.querySelector(".queue-new") || !form) return;
    const body = new URLSearchParams(new FormData(form));
    body.set("act", "seen");
    fetch(form.action, { method: "POST", body, keepalive: true, redirect: "manual" }).catch(() => {});
  }

  for (const kind of ["click", "auxclick"]) {
    document.addEventListener(kind, (event) => {
      const link = event.target.closest("a[data-open]");
      if (link) markSeen(link.closest(".queue-row"));
      const order = event.target.closest(ORDERS);
      if (order) remember(ORDER, orderOf(order));
    });
  }
  document.addEventListener("change", (event) => {
    if (event.target.matches('.queue-row input[form="bulk"]')) countMarked();
  });

  const press = (row, selector) => row?.querySelector(selector)?.click();
  const acts = {
    j: () => step(1),
    k: () => step(-1),
    t: () => press(current(), 'button[value="take"]'),
    b: () => {
      const keep = current()?.querySelector(".queue-keep");
      if (!keep) return;
      keep.open = true;
      keep.querySelector('input[name="reason"]').focus();
    },
    f: () => press(current(), "a[data-ask]"),
    x: () => press(current(), 'input[type="checkbox"]'),
    z: () => [...(status()?.querySelectorAll("form button") ?? [])].pop()?.click(),
    "/": () => document.getElementById("q").focus(),
    "?": () => keys.showModal(),
    g: () => { going = true; },
  };
  const home = () => location.assign(keys.dataset.overview);
  const destinations = { ö: home, o: home }; // not every keyboard has "ö"

  document.addEventListener("keydown", (event) => {
    const target = event.target;
    const typing = target.matches("input:not([type='checkbox']), textarea, select, [contenteditable]");
    if (event.key === "Escape" && typing && target.closest(".queue-keep")) {
      const row = target.closest(".queue-row");
      row.querySelector(".queue-keep").open = false;
      go(row);
      return;
    }
    if (typing || keys.open || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter") {
      if (target.matches('input[type="checkbox"]')) event.preventDefault(); // a mark sends nothing
      if (target.matches(".queue-row") && stored()) target.querySelector("a[data-open]").click();
      return;
    }
    if (event.key === "Shift") return;
    const known = going ? destinations : acts;
    going = false;
    if (!stored() || !Object.hasOwn(known, event.key)) return;
    event.preventDefault();
    known[event.key]();
  });

  function ready() {
    const opener = document.querySelector("[data-keys-open]");
    opener.hidden = false;
    opener.addEventListener("click", () => keys.showModal());
    countMarked();
  }

  toggle.checked = stored();
  toggle.addEventListener("change", () => {
    if (!remember(STORED, toggle.checked ? "on" : "off")) toggle.checked = true;
  });
  ready();
  lastOrder();
})();
