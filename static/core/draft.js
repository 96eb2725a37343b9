// What is typed outlives Back, a reload, a closed tab, a sign-in in between and a lost network.
// A form with a `[data-draft]` in it (elements/_draft.html) keeps on this device what was changed
// in it, by whom and over what, until the server has taken it.
const PREFIX = "draft ";
const LEAVING = "leaving";
const SENT = "sent";
const HOUR = 3600000;
// A phone whose battery was empty believes in another year until it has a network.
const EARLIEST = Date.parse("2023-01-01");
// What may name people stays for a day and goes with whoever signs out; counts stay for a week.
const lifeOf = (kind) => (kind === "personal" ? 24 : 168) * HOUR;
const EXCLUDED = ["hidden", "password", "file", "submit", "button", "reset", "image"];

const { user } = document.body.dataset;

// A browser that keeps nothing has nothing to give back; the fields alone hold it.
function attempt(work) {
  try {
    return work();
  } catch {
    return undefined;
  }
}

const read = (store, key) => JSON.parse(store.getItem(key));
const keysOf = (store) => Object.keys(store).filter((key) => key.startsWith(PREFIX));

// The server says by a cookie which draft it has taken, a page for residents by its being there.
function forgetTaken() {
  const ids = Array.from(document.cookie.matchAll(/draft-([0-9a-f]+)=/g), ([, id]) => id);
  for (const id of ids) document.cookie = `draft-${id}=; Max-Age=0; Path=/`;
  for (const key of ids.length ? keysOf(localStorage) : []) {
    if (ids.includes(read(localStorage, key).id)) localStorage.removeItem(key);
  }
  if (!document.querySelector("[data-draft-taken]")) return;
  sessionStorage.removeItem(sessionStorage.getItem(SENT));
  sessionStorage.removeItem(SENT);
}

function tidy() {
  // A session that ran out is not left: what was typed is there after the next sign-in.
  const hasLeft = user === "" && localStorage.getItem(LEAVING);
  if (user) localStorage.removeItem(LEAVING);
  for (const key of keysOf(localStorage)) {
    const [owner, kind] = key.slice(PREFIX.length).split("|");
    const isOthers = kind === "personal" && (hasLeft || (user && owner !== user));
    const draft = read(localStorage, key);
    // What was typed by a clock that is known to have been wrong is as old as this page.
    if (draft.at < EARLIEST || draft.at > Date.now()) {
      draft.at = Date.now();
      localStorage.setItem(key, JSON.stringify(draft));
    }
    if (isOthers || Date.now() - draft.at > lifeOf(kind)) localStorage.removeItem(key);
  }
}

// By name, what can be typed into or chosen.
function fieldsOf(form) {
  const fields = {};
  for (const field of form.elements) {
    const isIncluded = field.name && !EXCLUDED.includes(field.type) && !field.closest("[data-unkept]");
    if (isIncluded && field.autocomplete !== "one-time-code") (fields[field.name] ??= []).push(field);
  }
  return fields;
}

const isTicked = ({ type }) => type === "checkbox" || type === "radio";

// What stands in the fields of one name, or what the server has put there.
function written(fields, isShown = false) {
  return fields.flatMap((field) => {
    if (field.options) {
      const all = [...field.options];
      const chosen = all.filter((one) => (isShown ? one.defaultSelected : one.selected));
      return (chosen.length || field.multiple ? chosen : all.slice(0, 1)).map(({ value }) => value);
    }
    if (isTicked(field)) return (isShown ? field.defaultChecked : field.checked) ? [field.value] : [];
    return [isShown ? field.defaultValue : field.value];
  });
}

function fill(fields, values) {
  fields.forEach((field, index) => {
    if (field.options) {
      const all = [...field.options];
      if (!field.multiple && !all.some(({ value }) => values.includes(value))) return;
      for (const one of all) one.selected = values.includes(one.value);
    } else if (isTicked(field)) field.checked = values.includes(field.value);
    else field.value = values[index] ?? "";
    const fold = field.closest("details");
    if (fold) fold.open = true;
  });
}

const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

// A button may be named "action", and would answer to `form.action`.
const addressOf = (form) => new URL(form.getAttribute("action") ?? "", location.href);

// One draft for each form of each address; how figures are read makes no other form of it.
function keyOf(form, line, owner, address = addressOf(form)) {
  const { pathname, searchParams: asked } = address;
  for (const name of ["basis", "by", "full"]) asked.delete(name);
  asked.sort();
  return `${PREFIX}${owner}|${line.dataset.draft}|${pathname}?${asked}${line.dataset.about ?? ""}`;
}

const drafts = new WeakMap();

// Keeps what is typed from now on, and gives back what was: over the very values over which it was
// typed. Where those have changed the person is asked. Returns whether something was given back.
export function keepDraft(form, owner) {
  return attempt(() => {
    const line = form.querySelector("[data-draft]");
    const isKnown = drafts.has(form);
    const draft = drafts.get(form) ?? { line, asked: {} };
    draft.store = line.dataset.draft === "tab" ? sessionStorage : localStorage;
    draft.owner = owner;
    draft.key = keyOf(form, line, owner);
    drafts.set(form, draft);
    if (!isKnown) {
      form.addEventListener("input", () => attempt(() => save(form, draft)));
      form.addEventListener("submit", () => attempt(() => sign(form, draft)));
      line.addEventListener("click", ({ target }) => attempt(() => answer(form, draft, target.name)));
    }
    return giveBack(form, draft);
  });
}

function giveBack(form, draft) {
  const { line, store, key } = draft;
  const stored = read(store, key);
  draft.base = {};
  if (!stored) return false;
  const fields = fieldsOf(form);
  const changes = Object.entries(stored.changes).filter(([one]) => one in fields);
  // The answer to a sending shows what was sent; what it was typed over is known from before.
  if ("bound" in line.dataset) {
    for (const [one, [base]] of changes) draft.base[one] = base;
    return false;
  }
  const open = changes.filter(([one, [, typed]]) => !isSame(written(fields[one], true), typed));
  if (!open.length) {
    store.removeItem(key);
    return false;
  }
  const isChanged = open.some(([one, [base]]) => !isSame(written(fields[one], true), base));
  draft.asked = Object.fromEntries(open);
  say(draft, isChanged, stored.at);
  if (!isChanged) take(form, draft);
  return !isChanged;
}

function take(form, draft) {
  const fields = fieldsOf(form);
  for (const [one, [, typed]] of Object.entries(draft.asked)) fill(fields[one], typed);
  draft.asked = {};
}

function say({ line }, isChanged, at) {
  const moment = new Date(at);
  const isToday = moment.toDateString() === new Date().toDateString();
  const day = isToday ? {} : { day: "2-digit", month: "2-digit" };
  const time = moment.toLocaleString("vi", { hour: "2-digit", minute: "2-digit", ...day });
  const text = isChanged ? line.dataset.changed : line.dataset.given;
  line.querySelector("[data-text]").textContent = text.replace("{time}", time);
  line.querySelector("[name=take]").hidden = !isChanged;
  line.hidden = false;
}

function answer(form, draft, choice) {
  if (choice === "take") {
    take(form, draft);
    draft.line.querySelector("[name=take]").hidden = true;
    form.dispatchEvent(new Event("input", { bubbles: true }));
  } else if (choice === "drop") {
    for (const fields of Object.values(fieldsOf(form))) fill(fields, written(fields, true));
    dropDraft(form);
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function save(form, { store, key, base, asked }) {
  const changes = { ...asked };
  for (const [one, fields] of Object.entries(fieldsOf(form))) {
    const over = base[one] ?? written(fields, true);
    const typed = written(fields);
    if (!isSame(over, typed)) changes[one] = [over, typed];
  }
  if (Object.keys(changes).length) put(store, key, changes);
  else store.removeItem(key);
}

function put(store, key, changes) {
  const id = Math.random().toString(16).slice(2);
  store.setItem(key, JSON.stringify({ id, at: Date.now(), changes }));
}

// What is sent says which draft it is, so that only that one is forgotten.
function sign(form, { store, key }) {
  const { id } = read(store, key) ?? {};
  form.querySelector("input[name=draft]")?.remove();
  // A page for residents has no cookies.
  if (store === sessionStorage) store.setItem(SENT, key);
  if (!id || store === sessionStorage) return;
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: "draft", value: id });
  form.append(field);
}

// The phone's queue has it, or the person does not want it.
export function dropDraft(form) {
  const draft = drafts.get(form);
  if (!draft) return;
  draft.asked = {};
  draft.line.hidden = true;
  attempt(() => draft.store.removeItem(draft.key));
}

// Takes what was typed along to the form of another address, over fields that are blank.
export function carryDraft(form, address) {
  const { line, store, owner } = drafts.get(form);
  const typed = Object.entries(fieldsOf(form)).map(([one, fields]) => [one, written(fields)]);
  const changes = typed.filter(([, all]) => all.some(Boolean)).map(([one, all]) => [one, [all.map(() => ""), all]]);
  const key = keyOf(form, line, owner, new URL(address, location.href));
  put(store, key, Object.fromEntries(changes));
  dropDraft(form);
}

const hasDraft = (form) => {
  const draft = drafts.get(form);
  // What goes with its tab does not outlive it.
  return draft?.store === localStorage && Boolean(draft.store.getItem(draft.key));
};

// What could not be sent: the page stays as it is, and says so.
let sending;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.getAttribute("method") !== "post" || event.defaultPrevented) return;
  sending = { form, submitter: event.submitter };
  if (navigator.onLine === false && document.getElementById("unsent")) {
    event.preventDefault();
    tellUnsent("offline");
  } else if (addressOf(form).pathname === "/sign-out/") attempt(() => localStorage.setItem(LEAVING, 1));
});

// The worker could not reach the server; where nobody hears it, it shows a page of its own.
navigator.serviceWorker?.addEventListener("message", ({ data, ports }) => {
  if (!data?.unsent || !sending || !document.getElementById("unsent")) return;
  ports[0].postMessage(true);
  tellUnsent("lost");
});

function tellUnsent(why) {
  const { form, submitter } = sending;
  const line = document.getElementById("unsent");
  if (!line) return;
  document.dispatchEvent(new Event("unsent"));
  const parts = [why, "rest", ...(attempt(() => hasDraft(form)) ? ["kept"] : [])];
  line.textContent = parts.map((part) => line.dataset[part]).join(" ");
  if (submitter?.closest("main")) submitter.parentElement.before(line);
  else document.getElementById("main").prepend(line);
  line.hidden = false;
  line.scrollIntoView({ block: "nearest" });
}

attempt(forgetTaken);
attempt(tidy);
for (const line of document.querySelectorAll("form [data-draft]:not([data-draft=report])")) {
  keepDraft(line.closest("form"), user ?? "");
}
