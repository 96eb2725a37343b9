// Fills the cached page with the snapshot: what the server would have drawn of a branch and a day.
import { at, choices, isShort, isUnsure, now, openDays, reading, reportOf, reportPage, shift, today, written } from "../../core/offline/offline_snapshot.js";
import { readValue } from "../../core/offline/idb.js";
import { typedIn } from "../../core/offline/queue.js";
import * as views from "../../core/dom.js";

export function drawForm({ form, snapshot, target, entry, isLeftAlone }) {
  const { campaign, branch, date } = target;
  const unit = form.elements.unit?.value || target.unit;
  const isToday = date === today(snapshot);
  const existing = reportOf(branch, date, unit);
  views.put(document.body, {
    campaign: campaign.name,
    branch: branch.name,
    opens: snapshot.rules.opens,
    due: snapshot.rules.due,
    closes: closing(snapshot, branch, date).join(" "),
    title: isToday ? views.say("title-today") : views.say("title-day", { day: views.day(date) }),
    only: views.say(isToday ? "only-today" : "only-day"),
    none: views.say(isToday ? "none-today" : "none-day"),
    when: when(snapshot, branch, date, existing, entry),
    progress: branch.progress ? views.progress(branch.progress) : "",
    days: days(snapshot, target),
    notices: notices(snapshot, target, existing, entry),
  });
  drawCampaigns(snapshot, target);
  drawBranches(snapshot, target);
  drawSessions(snapshot, target, unit);
  // The snapshot may come while the figures are checked: that step has a title of its own.
  if (!document.querySelector(".step")) {
    views.entitle(`${views.tell("report")} · ${views.day(date)} · ${branch.name}`);
  }
  form.action = reportPage(campaign.slug, { branch: branch.code, date });
  drawMenu(campaign.slug, snapshot.owner).catch(() => {});
  for (const link of document.querySelectorAll("[data-of-day]")) {
    if (isShort(link.pathname)) link.pathname = `/c/${campaign.slug}${link.pathname}`;
    const asked = new URLSearchParams(link.search);
    for (const [name, value] of Object.entries({ ...reading(), branch: branch.code, date })) asked.set(name, value);
    link.search = asked;
  }
  drawUnits(form, branch, unit, Boolean(existing ?? entry));
  drawRows({ form, snapshot, target, unit, entry, existing, isToday, isLeftAlone });
  drawTexts(form, existing?.texts || entry?.has_texts);
  drawAsked(form, openDays(snapshot, branch)[date].asks ?? {});
}

// What everybody is offered who has a snapshot.
const ALWAYS = ["/dashboard/", "/report/", "/sessions/", "/account/"];
const short = (path) => path.replace(/^\/c\/[-\w]+/, "");

// The kept menu has everything that anybody may be offered, under short addresses, of no campaign.
// Here it is of this campaign, and has what the server last offered (pwa.js).
async function drawMenu(slug, owner) {
  const stored = await readValue("menu");
  const menu = stored?.owner === String(owner) ? stored : { links: ALWAYS };
  for (const link of document.querySelectorAll("header a, [data-offered] a")) {
    const path = short(link.pathname);
    const choice = link.closest("[data-offered], nav a, .menu a");
    if (choice) choice.hidden = !menu.links.includes(path);
    if (choice && path === "/report/") link.setAttribute("aria-current", "page");
    if ("switch" in link.dataset || path === "/admin/") continue;
    link.pathname = `/c/${slug}${path}`;
    link.search = new URLSearchParams(reading());
  }
}

function when(snapshot, branch, date, existing, entry) {
  const line = views.make("when");
  const received = entry?.receipt ?? (existing?.status === "returned" ? null : existing);
  const left = Math.floor((at(snapshot, date, snapshot.rules.due) - now(snapshot)) / 60000);
  let state;
  if (received) {
    const time = `${views.clock(received.received_at)} ${views.localDay(received.received_at).slice(0, 5)}`;
    state = views.say("received-at", { time });
  } else if (now(snapshot) < at(snapshot, date, snapshot.rules.opens)) {
    state = views.say("opens-at", { opens: snapshot.rules.opens, day: views.day(date).slice(0, 5) });
  } else if (left > 0) {
    state = views.say("due-left", { due: snapshot.rules.due, left: views.minutes(left) });
  } else {
    const [closes, day] = closing(snapshot, branch, date);
    const word = openDays(snapshot, branch)[date].granted ? "granted-until" : "due-past";
    state = views.say(word, { due: snapshot.rules.due, closes, day });
  }
  return [...views.put(line, { day: views.weekdayDay(date), state }).childNodes];
}

// When the day closes: the time, and the day without its year.
function closing(snapshot, branch, date) {
  const closes = written(snapshot, new Date(openDays(snapshot, branch)[date].closes));
  return [views.clock(closes), views.localDay(closes).slice(0, 5)];
}

function days(snapshot, { branch, date, campaign, unit }) {
  const open = openDays(snapshot, branch);
  const all = [...new Set([...Object.keys(branch.strip), ...Object.keys(open)])].sort();
  // Where it is not sure which day it is, some to come are offered too.
  const shown = isUnsure(snapshot) ? all.filter((one) => one <= shift(date, 3)) : all;
  return shown.slice(-7).map((one) => {
    const state = branch.strip[one] ?? "missing";
    const item = views.make("day");
    const link = item.querySelector("a");
    const asked = { branch: branch.code, date: one };
    if (branch.units && unit) asked.unit = unit;
    link.href = reportPage(campaign.slug, asked);
    if (one === date) link.setAttribute("aria-current", "date");
    item.querySelector("i").className = `mark ${state}`;
    return views.put(item, {
      short: views.weekday(one),
      number: String(Number(one.slice(8))),
      state: `${views.weekdayDay(one)}: ${views.tell(`state-${state}`)}`,
    });
  });
}

function notices(snapshot, target, existing, entry) {
  const found = [];
  const { unreconciled } = openDays(snapshot, target.branch)[target.date];
  if (unreconciled && existing) {
    const link = document.createElement("a");
    link.href = `/c/${target.campaign.slug}/report/${existing.id}/sessions/`;
    link.append(views.say("reconcile"));
    found.push(views.notice("mid", views.say("unreconciled"), " ", link));
  }
  if (existing?.status === "returned" && !entry?.next && !entry?.sent) {
    found.push(views.notice("mid", views.say("returned", { reason: existing.return_reason ?? "" })));
  } else if (existing?.no_activity) found.push(views.notice("", views.say("was-none")));
  if (isUnsure(snapshot)) {
    found.push(views.notice("mid", views.say("unsure", { day: views.weekdayDay(target.date) })));
  }
  return found;
}

// Whose figures these are, and the way to the same branch's in the other campaigns, and to trials.
function drawCampaigns(snapshot, { campaign, date }) {
  const line = document.querySelector("[data-slot=campaigns]");
  const others = choices(snapshot).filter(([slug]) => slug !== campaign.slug);
  const links = others
    .map(([slug, name]) => [reportPage(slug, { date }), views.tell("to-campaign", { name })])
    .concat(snapshot.trials ?? [])
    .map(([href, textContent]) =>
      Object.assign(document.createElement("a"), { className: "link", href, textContent }),
    );
  line.hidden = !links.length;
  const own = document.createElement("b");
  own.textContent = campaign.name;
  line.replaceChildren(own, ...links.flatMap((link) => [" · ", link]));
}

function drawBranches(snapshot, { branch, date, campaign }) {
  const own = snapshot.branches.map(({ code, name }) => [code, name]);
  const choices = snapshot.choices?.length ? snapshot.choices : own;
  const chosen = document.querySelector("[data-slot=branches]");
  chosen.hidden = choices.length < 2;
  chosen.action = `/c/${campaign.slug}/report/`;
  chosen.elements.date.value = date;
  chosen.elements.branch.replaceChildren(
    ...choices.map(([code, name]) => new Option(name, code, false, code === branch.code)),
  );
  const rest = document.querySelector("[data-slot=left-out]");
  rest.hidden = !snapshot.left_out;
  views.put(rest, { "left-out": views.count(snapshot.left_out) });
}

// What the phone knows of the sessions is of the home unit.
function drawSessions(snapshot, { branch, date, campaign }, unit) {
  const { listed = [], least } = openDays(snapshot, branch)[date];
  const shown = unit && unit !== branch.home ? [] : listed;
  const block = document.querySelector("[data-slot=sessions]");
  block.hidden = !shown.length;
  views.put(document.body, {
    "session-count": views.count(shown.length),
    "from-sessions": least && shown.some(({ state }) => state === "closed") ? views.say("from-sessions") : "",
  });
  block.querySelector("[data-others]").hidden = !shown.some(({ host }) => host);
  const address = (id) => `/c/${campaign.slug}/sessions/${id}/`;
  const lines = shown.map((session) => {
    const { id, state, host } = session;
    const line = views.make("session");
    const [link, close] = line.querySelectorAll("a");
    link.href = address(id);
    close.href = `${address(id)}close/`;
    if (host || state === "closed") close.remove();
    const text = host ? views.say("of-others", { host }) : views.say(`session-${state}`);
    return views.put(line, { session: `${session.time} ${session.place}`, state: text });
  });
  block.querySelector("ul").replaceChildren(...lines);
}

function drawUnits(form, branch, unit, isFixed) {
  const slot = form.querySelector("[data-slot=units]");
  if (!branch.units || slot.childElementCount) return;
  const drawn = views.make("units");
  const select = drawn.querySelector("select");
  for (const [code, name] of branch.units) {
    select.append(new Option(name, code, code === unit, code === unit));
  }
  // Another unit is another report: going there is going to another page.
  select.addEventListener("change", () => {
    const asked = new URLSearchParams(new URL(form.action).search);
    asked.set("unit", select.value);
    const isTyped = [...form.querySelectorAll(".count input")].some((input) => input.value);
    if (isFixed || !isTyped) location.search = asked;
  });
  slot.append(drawn);
}

function drawRows({ form, snapshot, target, unit, entry, existing, isToday, isLeftAlone }) {
  const { least } = openDays(snapshot, target.branch)[target.date];
  const before = reportOf(target.branch, shift(target.date, -1), unit)?.counts;
  const shown = newest(typedIn(entry), entry?.receipt, existing)?.counts ?? least ?? {};
  const current = entry?.problem?.current?.counts;
  const slot = form.querySelector(".counts");
  const isFirst = !slot.childElementCount;
  const reasons = form.querySelector(".reasons");
  for (const { code, name, measure, required, state, reason, at_most: whole } of snapshot.indicators) {
    const id = `count-${code}`;
    const row = isFirst ? views.make("row") : form.elements[id]?.closest(".count");
    if (!row) continue;
    const hints = state ? [views.tell("to-date")] : [];
    const last = state ? lastState(target, unit, code) : before?.[code];
    if (current?.[code] !== undefined) hints.push(views.tell("in-other", { last: views.count(current[code]) }));
    else if (last !== undefined) {
      const day = isToday ? "yesterday" : "day-before";
      hints.push(views.tell(state ? "standing" : day, { last: views.count(last) }));
    }
    if (least?.[code]) hints.push(views.tell("from-least", { least: views.count(least[code]) }));
    // The measure is data in Vietnamese, so it has a place of its own behind the last dot.
    if (measure) hints.push("");
    const input = row.querySelector("input");
    if (isFirst) {
      row.classList.toggle("part", Boolean(whole));
      row.querySelector("label").htmlFor = input.id = input.name = id;
      if (!required) row.querySelectorAll("[data-required]").forEach((part) => part.remove());
      views.put(row, { name });
      if (reason) reasons.parentElement.hidden = false;
      (reason ? reasons : slot).append(row);
    }
    views.put(row, { hints: hints.join(" · "), measure: measure ?? "" });
    if (!isLeftAlone) show(input, shown[code]);
  }
}

// What stands of a state before the day. Of days to come, and away from home, it is what was said
// last of the days that the phone has.
function lastState({ branch, date }, unit, code) {
  const at = unit ?? branch.home;
  const isHome = at === branch.home;
  if (isHome && branch.days[date]) return branch.days[date].last_states?.[code];
  const reported = branch.reports
    .filter((one) => one.unit === at && one.date < date && one.status !== "returned" && code in one.counts)
    .sort((a, b) => (a.date < b.date ? 1 : -1));
  return reported[0]?.counts[code] ?? (isHome ? Object.values(branch.days)[0]?.last_states?.[code] : undefined);
}

// As the server draws it: what is typed is told from it.
export function show(input, value) {
  input.value = input.defaultValue = value ?? "";
}

// What was typed here goes first; then what was received last.
function newest(typed, receipt, existing) {
  if (typed) return typed;
  return (receipt?.version ?? 0) >= (existing?.version ?? 0) ? (receipt ?? existing) : existing;
}

export const textFields = (form) => [...form.querySelectorAll(".more [name]")];

// What was said and waits here; it is still to be sent, so it stays another than what stands.
export function showTexts(form, typed) {
  for (const [name, text] of Object.entries(typed?.texts ?? {})) {
    const field = form.elements[name];
    if (field && field.value === field.defaultValue) unfold(field).value = text;
  }
}

function unfold(field) {
  field.closest("details").open = true;
  return field;
}

function drawAsked(form, asks) {
  for (const field of textFields(form)) {
    const row = field.parentElement;
    const isNeeded = asks[field.name] === "required";
    row.hidden = asks[field.name] === "no";
    for (const part of row.querySelectorAll("[data-needed]")) part.hidden = !isNeeded;
    field.setAttribute("aria-required", isNeeded);
    if (isNeeded) unfold(field);
  }
}

// What the server has is mended on its own page; a snapshot says only that there is something.
function drawTexts(form, isThere) {
  if (!isThere) return;
  const fields = form.querySelector(".more .form");
  const link = views.make("full");
  const asked = new URL(form.action);
  asked.searchParams.set("full", "1");
  link.href = asked.pathname + asked.search;
  fields.replaceChildren(link);
}

export function clearErrors(form) {
  document.getElementById("errors")?.remove();
  for (const row of form.querySelectorAll(".count.wrong, .field.wrong")) row.classList.remove("wrong");
  for (const error of form.querySelectorAll(".count > .error, .more .error")) error.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
}

export function showErrors(form, snapshot, errors) {
  clearErrors(form);
  const head = views.make("problems");
  const list = head.querySelector("ul");
  list.replaceChildren();
  for (const { code, word, isText, ...values } of errors) {
    const called = isText ? views.labelOf(code) : snapshot.indicators.find((one) => one.code === code)?.name;
    const text = views.tell(word, { label: called, ...values, least: views.count(values.least) });
    const line = document.createElement("li");
    list.append(line);
    const name = code === "unit" ? code : `${isText ? "id_" : "count-"}${code}`;
    const field = code && document.getElementById(name);
    if (!field) {
      line.textContent = text;
      continue;
    }
    const link = document.createElement("a");
    link.href = `#${name}`;
    link.textContent = code === "unit" ? text : `${called}: ${text}`;
    line.append(link);
    if (code !== "unit") mark(field, text);
  }
  document.getElementById("main").prepend(head);
  head.focus();
}

function mark(field, text) {
  const error = document.createElement("p");
  error.className = "error";
  error.id = `${field.id}_error`;
  error.textContent = text;
  field.after(error);
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", error.id);
  field.parentElement.classList.add("wrong");
}

// What stands and would be blank.
export function cleared(snapshot, target, unit, { counts }) {
  const stands = reportOf(target.branch, target.date, unit)?.counts ?? {};
  const gone = snapshot.indicators.filter((one) => stands[one.code] && !one.people && !(one.code in counts));
  const lines = gone.map(({ code, name }) => `${name} ${views.count(stands[code])}`);
  return lines.length ? views.say("cleared", { counts: lines.join(", ") }) : null;
}

export function drawQuestions(view, questions, snapshot, target) {
  const asked = view.querySelector(".ask");
  if (!questions.length) {
    asked.remove();
    return;
  }
  const named = (code) => snapshot.indicators.find((one) => one.code === code);
  const isToday = target.date === today(snapshot);
  const lines = questions.map(({ kind, code, value, usual }) => {
    const line = document.createElement("li");
    const name = named(code)?.name ?? "";
    const word = isToday && ["tenfold", "copied"].includes(kind) ? `${kind}-today` : kind;
    const values = {
      name: name.slice(0, 1).toUpperCase() + name.slice(1),
      value: views.count(value),
      usual: views.count(usual),
      whole: named(named(code)?.at_most)?.name ?? "",
      times: usual ? Math.floor(value / usual) : 0,
    };
    line.append(views.say(`unusual-${word}`, values));
    return line;
  });
  asked.querySelector("ul").replaceChildren(...lines);
}
