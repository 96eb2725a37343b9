// Typing sheets in by keyboard: one row a sheet, each sent by itself as soon as one leaves it.
// Without this file the form sends all its rows at once.

const form = document.querySelector("form[data-paper]");
const find = document.querySelector("form[data-find]");
const RETRY = 15000;

const rows = () => [...form.querySelectorAll("tr[data-row]")];
const rowOf = (element) => element?.closest?.("tr[data-row]") ?? null;
const fields = (row) => [...row.querySelectorAll("input:not([type=hidden]), select")];
const countsOf = (row) => fields(row).filter((field) => field.inputMode === "numeric");
const noneOf = (row) => row.querySelector("[data-none]");
const answers = (row) => fields(row).filter((field) => field !== noneOf(row));
const typed = (row) => noneOf(row).checked || countsOf(row).some((field) => field.value.trim());
const read = (field) => (field.type === "checkbox" ? field.checked : field.value);
const fold = (text) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase().trim();

// What is typed stays in this tab until the portal has it.
const draft = {
  load() {
    try {
      return JSON.parse(sessionStorage.getItem(form.dataset.paper)) ?? {};
    } catch {
      return {};
    }
  },
  save(row) {
    const all = this.load();
    if (typed(row)) {
      const stays = [...countsOf(row), noneOf(row)];
      all[row.dataset.row] = Object.fromEntries(stays.map((field) => [field.name, read(field)]));
    } else delete all[row.dataset.row];
    try {
      sessionStorage.setItem(form.dataset.paper, JSON.stringify(all));
    } catch {
      // A full store loses nothing that is on the page.
    }
  },
  restore() {
    const all = this.load();
    for (const row of rows()) {
      const stays = all[row.dataset.row];
      // What the server has sent back typed is newer.
      if (!stays || typed(row)) continue;
      for (const field of fields(row)) {
        if (!(field.name in stays)) continue;
        if (field.type === "checkbox") field.checked = stays[field.name];
        else field.value = stays[field.name];
      }
      row.dataset.state = "unsent";
    }
  },
};

function bodyOf(row) {
  const body = new FormData();
  for (const name of ["csrfmiddlewaretoken", "date"]) body.set(name, form.elements[name].value);
  body.set("row", row.dataset.row);
  for (const field of row.querySelectorAll("input, select")) {
    if (field.type !== "checkbox" || field.checked) body.set(field.name, field.value);
  }
  return body;
}

const saying = (body) => JSON.stringify([...body].slice(2));
const under = new Map();

function say(row, name) {
  row.dataset.state = name;
  row.querySelector("[data-state-text]").textContent = form.dataset[name];
}

// Puts the server's row in place of the one on the page; what was typed since stays.
function replace(row, text, since) {
  const holder = document.createElement("template");
  holder.innerHTML = text;
  const next = holder.content.querySelector("tr[data-row]");
  if (!next) return null;
  const at = row.contains(document.activeElement) ? document.activeElement.name : null;
  if (since) {
    for (const field of [...countsOf(row), noneOf(row)]) {
      const same = fields(next).find((one) => one.name === field.name);
      if (field.type === "checkbox") same.checked = field.checked;
      else same.value = field.value;
    }
  }
  row.replaceWith(next);
  if (at) fields(next).find((field) => field.name === at)?.focus();
  return next;
}

async function send(row) {
  const body = bodyOf(row);
  const sent = saying(body);
  const number = row.dataset.row;
  if (!typed(row) || row.dataset.sent === sent || under.has(number)) return;
  under.set(number, sent);
  row.dataset.sent = sent;
  say(row, "sending");
  let next = null;
  try {
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
    const text = answer.ok ? await answer.text() : "";
    const since = saying(bodyOf(row)) !== sent;
    next = text && replace(row, text, since);
    if (!next) {
      say(row, answer.status >= 500 ? "unsent" : "refused");
      delete row.dataset.sent;
    } else {
      draft.save(next);
      if (!since && next.dataset.state !== "taken") next.dataset.sent = saying(bodyOf(next));
      if (since) setTimeout(() => rowOf(document.activeElement) !== next && send(next));
      tell();
    }
  } catch {
    say(row, "unsent");
    delete row.dataset.sent;
  } finally {
    under.delete(number);
  }
}

const waiting = () => rows().filter((row) => row.dataset.state === "unsent");
const again = () => waiting().filter((row) => row !== rowOf(document.activeElement)).forEach(send);

function tell() {
  const has = document.querySelector("[data-has]");
  if (has) has.textContent = rows().filter((row) => "in" in row.dataset).length;
}

function go(row) {
  const first = row && countsOf(row)[0];
  first?.focus();
  first?.select();
  row?.scrollIntoView({ block: "nearest" });
}

// The row after this one; after the last the first that somebody has to look at.
function after(row) {
  const all = rows();
  const asks = (one) => one !== row && ["asked", "wrong", "unsent"].includes(one.dataset.state);
  return all[all.indexOf(row) + 1] ?? all.find(asks);
}

function leave(row) {
  const next = after(row);
  if (next) go(next);
  else {
    form.querySelector("button[type=submit]").focus();
    send(row);
  }
}

function step(row, field) {
  const order = answers(row);
  const next = order[order.indexOf(field) + 1];
  if (!next) return leave(row);
  next.focus();
  next.select?.();
}

function onKey(event) {
  const field = event.target;
  const row = rowOf(field);
  if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  const box = document.getElementById("find");
  if (event.key === "/" && box) {
    event.preventDefault();
    box.focus();
    box.select();
  }
  if (!row) return;
  const isCount = countsOf(row).includes(field);
  if (event.key === "Enter" && field.matches("input, select")) {
    event.preventDefault();
    if (field.name.endsWith("replace")) field.checked = true;
    if (field === noneOf(row)) return leave(row);
    step(row, field);
  } else if (isCount && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    const all = rows();
    const next = all[all.indexOf(row) + (event.key === "ArrowDown" ? 1 : -1)];
    const same = next && countsOf(next)[countsOf(row).indexOf(field)];
    same?.focus();
    same?.select();
  } else if (isCount && event.key.toLowerCase() === "k") {
    event.preventDefault();
    noneOf(row).checked = !noneOf(row).checked;
    draft.save(row);
    if (noneOf(row).checked) leave(row);
  }
}

function jump(event) {
  const box = document.getElementById("find");
  // The key that leads here may be pressed here too.
  const wanted = fold(box.value.replace(/^\//, ""));
  const outcome = find.querySelector("[data-outcome]");
  outcome.textContent = "";
  if (!wanted) return event.preventDefault();
  const by = (test) => rows().find((row) => test(fold(row.dataset.code), fold(row.dataset.name)));
  const row =
    by((code) => code === wanted) ??
    by((code) => code.endsWith(wanted)) ??
    by((_code, name) => name.includes(wanted));
  if (row) {
    event.preventDefault();
    return go(row);
  }
  // The server knows the rows of the other pages.
  if (document.querySelector("nav.pages")) return undefined;
  event.preventDefault();
  outcome.textContent = form.dataset.nobody;
  box.select();
  return undefined;
}

if (form) {
  draft.restore();
  form.addEventListener("keydown", onKey);
  form.addEventListener("input", (event) => {
    const row = rowOf(event.target);
    if (row) draft.save(row);
  });
  form.addEventListener("focusout", (event) => {
    const row = rowOf(event.target);
    if (row?.isConnected && rowOf(event.relatedTarget) !== row) send(row);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    for (const row of rows()) send(row);
  });
  find?.addEventListener("submit", jump);
  window.addEventListener("online", again);
  setInterval(again, RETRY);
  again();
}
