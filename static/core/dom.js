// Draws what the phone shows by itself, from the templates and words that stand in the page.

const language = document.documentElement.lang;
const numbers = new Intl.NumberFormat(language);
const tenths = new Intl.NumberFormat(language, {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

export const count = (value) => (value === undefined || value === null ? "–" : numbers.format(value));
export const percent = (value) => `${tenths.format(value)}%`;
export const day = (iso) => iso.split("-").reverse().join("/");

// The portal's name is the end of each page's title.
const portal = document.title.split(" · ").at(-1);
export const entitle = (text) => {
  document.title = `${text} · ${portal}`;
};

// The kept page has them; another page takes them from there, before it draws anything.
export async function fetchParts() {
  const answer = await fetch(`/shell/report/${language}/`);
  if (!answer.ok) throw new Error("The shell did not come.");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.body.append(...page.querySelectorAll("template"));
}

function words() {
  return document.getElementById("words").content;
}

// A sentence of the page's language with its values, as nodes.
export function say(name, values = {}) {
  const found = words().querySelector(`[data-word="${name}"]`);
  const part = document.createDocumentFragment();
  if (!found) return part;
  part.append(...found.cloneNode(true).childNodes);
  const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    node.data = node.data.replace(/\{(\w+)\}/g, (_all, key) => values[key] ?? "");
  }
  return part;
}

export const tell = (name, values) => say(name, values).textContent.trim();

const namesOfDays = (name) => tell(name).split("|");
const weekdayOf = (iso) => (new Date(`${iso}T00:00Z`).getUTCDay() + 6) % 7;
export const weekday = (iso) => namesOfDays("short-weekdays")[weekdayOf(iso)];
export const weekdayDay = (iso) => `${namesOfDays("weekdays")[weekdayOf(iso)]}, ${day(iso)}`;

export function minutes(total) {
  const [hours, rest] = [Math.floor(total / 60), total % 60];
  if (!hours) return tell("minutes", { minutes: rest });
  return tell(rest ? "hours-minutes" : "hours", { hours, minutes: rest });
}

// The local time of a moment that the server wrote.
export const clock = (iso) => /T(\d\d:\d\d)/.exec(iso)?.[1] ?? "";
export const localDay = (iso) => day(iso.slice(0, 10));

export function make(name) {
  return document.getElementById(name).content.firstElementChild.cloneNode(true);
}

// Puts texts and nodes where the template says `data-put`; null takes the element out.
export function put(element, values) {
  for (const [name, value] of Object.entries(values)) {
    for (const slot of element.querySelectorAll(`[data-put="${name}"]`)) {
      if (value === null || value === undefined) slot.remove();
      else slot.replaceChildren(...(Array.isArray(value) ? value : [value]));
    }
  }
  return element;
}

export function progress({ label, to_date: toDate, target, time_gone: gone }) {
  const drawn = make("progress");
  const share = target ? Math.min(100, ((toDate ?? 0) * 100) / target) : 0;
  put(drawn, {
    label,
    done: count(toDate),
    target: target ? ` / ${count(target)}` : null,
    percent: target ? percent(((toDate ?? 0) * 100) / target) : null,
  });
  const bar = drawn.querySelector("svg");
  if (!target) bar.remove();
  else {
    bar.querySelector(".got").setAttribute("width", `${share}%`);
    bar.querySelector(".time").setAttribute("x", `${Math.min(100, gone)}%`);
    const reached = { percent: percent(share), time: percent(gone) };
    bar.setAttribute("aria-label", tell("reached", reached));
  }
  return drawn;
}

// The counts as they will be sent or were, with those that follow from them.
export function values(snapshot, content, before) {
  const list = document.createElement("dl");
  list.className = "pairs values";
  const line = (kind, name, hint, value) => {
    const drawn = make("value");
    if (kind) drawn.className = kind;
    list.append(put(drawn, { name, hint, value: count(value) }));
  };
  for (const { code, name, reason, at_most: whole } of snapshot.indicators) {
    if (reason && !(code in content.counts)) continue;
    const last = before?.[code];
    const hint = last === undefined ? null : tell("day-before", { last: count(last) });
    line(whole ? "part" : "", name, hint, content.counts[code]);
  }
  for (const { name, terms } of snapshot.derived) {
    const present = Object.entries(terms).filter(([code]) => code in content.counts);
    const sum = present.reduce((total, [code, factor]) => total + factor * content.counts[code], 0);
    if (present.length) line("sum", name, tell("derived"), sum);
  }
  return list;
}

export function content(snapshot, report, before) {
  const both = document.createElement("div");
  both.className = "stack";
  both.append(figures(snapshot, report, before));
  for (const [name, text] of Object.entries(report.texts ?? {})) {
    if (text) both.append(put(make("said"), { name: labelOf(name), text }));
  }
  return both;
}

// What the form calls a text, where it asks for it.
export const labelOf = (name) => document.querySelector(`label[for=id_${name}]`)?.firstChild.data ?? "";

function figures(snapshot, report, before) {
  if (!report.no_activity) return values(snapshot, report, before);
  const drawn = document.createElement("p");
  drawn.className = "notice mid";
  drawn.append(say("no-activity"));
  return drawn;
}

// A notice at the head of what stands there.
export function notice(kind, ...nodes) {
  const drawn = document.createElement("p");
  drawn.className = `notice ${kind}`;
  drawn.append(...nodes);
  return drawn;
}
