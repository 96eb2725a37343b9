// Fills the kept page with the book: what the server would have drawn of a branch and a day.
import { at, isShort, now, openDays, reading, reportOf, reportPage, shift, today, written } from "../../core/offline/store.js";
import { typedIn } from "../../core/offline/queue.js";
import * as views from "../../core/dom.js";

export function drawForm({ form, book, place, entry, isLeftAlone }) {
  const { campaign, branch, date } = place;
  const unit = form.elements.unit?.value || place.unit;
  const isToday = date === today(book);
  const standing = reportOf(branch, date, unit);
  views.put(document.body, {
    campaign: campaign.name,
    branch: branch.name,
    opens: book.rules.opens,
    due: book.rules.due,
    closes: closing(book, branch, date).join(" "),
    title: isToday ? views.say("title-today") : views.say("title-day", { day: views.day(date) }),
    only: views.say(isToday ? "only-today" : "only-day"),
    none: views.say(isToday ? "none-today" : "none-day"),
    when: when(book, branch, date, standing, entry),
    progress: branch.progress ? views.progress(branch.progress) : "",
    days: days(book, place),
    notices: notices(book, place, standing, entry),
    branches: branches(book, place),
  });
  // The book may come while the figures are checked: that step has a title of its own.
  if (!document.querySelector(".step")) {
    document.title = `${views.tell("report")} · ${views.day(date)} · ${branch.name} · Tiên Phong 06`;
  }
  form.action = reportPage(campaign.slug, { branch: branch.code, date });
  drawMenu(campaign.slug);
  drawPlace(form, branch, unit, Boolean(standing ?? entry));
  drawRows({ form, book, place, unit, entry, standing, isToday, isLeftAlone });
  drawTexts(form, standing);
}

// The kept menu has short addresses, of no campaign; from here they are of this one.
function drawMenu(slug) {
  for (const link of document.querySelectorAll("header a:not([data-switch])")) {
    if (!isShort(link.pathname)) continue;
    link.pathname = `/c/${slug}${link.pathname}`;
    link.search = new URLSearchParams(reading());
  }
}

function when(book, branch, date, standing, entry) {
  const line = views.make("when");
  const received = entry?.receipt ?? (standing?.status === "returned" ? null : standing);
  const left = Math.floor((at(book, date, book.rules.due) - now(book)) / 60000);
  let said;
  if (received) {
    const time = `${views.clock(received.received_at)} ${views.localDay(received.received_at).slice(0, 5)}`;
    said = views.say("received-at", { time });
  } else if (left > 0) {
    said = views.say("due-left", { due: book.rules.due, left: views.minutes(left) });
  } else {
    const [closes, day] = closing(book, branch, date);
    said = views.say("due-past", { due: book.rules.due, closes, day });
  }
  return [...views.put(line, { day: views.weekdayDay(date), said }).childNodes];
}

// When the day closes: the time, and the day without its year.
function closing(book, branch, date) {
  const closes = written(book, new Date(openDays(book, branch)[date].closes));
  return [views.clock(closes), views.localDay(closes).slice(0, 5)];
}

function days(book, { branch, date, campaign, unit }) {
  const open = openDays(book, branch);
  const all = [...new Set([...Object.keys(branch.strip), ...Object.keys(open)])].sort();
  return all.slice(-7).map((one) => {
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
      said: `${views.weekdayDay(one)}: ${views.tell(`state-${state}`)}`,
    });
  });
}

function notices(book, place, standing, entry) {
  const found = [];
  const { others, open, least } = openDays(book, place.branch)[place.date];
  if (standing?.status === "returned" && !entry?.next && !entry?.sent) {
    found.push(views.notice("mid", views.say("returned", { reason: standing.return_reason ?? "" })));
  } else if (standing?.no_activity) found.push(views.notice("", views.say("was-none")));
  if (others) found.push(views.notice("mid", views.say("others")));
  if (open) found.push(views.notice("", views.say("open")));
  if (least) found.push(views.notice("", views.say("from-sessions")));
  return found;
}

function branches(book, place) {
  if (book.branches.length < 2) return [];
  const title = document.createElement("h2");
  title.append(views.say("for-branch"));
  const links = book.branches
    .filter((one) => one.code !== place.branch.code)
    .map((one) => {
      const link = document.createElement("a");
      link.className = "link";
      link.href = reportPage(place.campaign.slug, { branch: one.code, date: place.date });
      link.textContent = one.name;
      return link;
    });
  return [title, ...links];
}

function drawPlace(form, branch, unit, isFixed) {
  const slot = form.querySelector("[data-slot=place]");
  if (!branch.units || slot.childElementCount) return;
  const drawn = views.make("place");
  const select = drawn.querySelector("select");
  for (const [code, name] of branch.units) {
    select.append(new Option(name, code, false, code === unit));
  }
  // Another place is another report: going there is going to another page.
  select.addEventListener("change", () => {
    const asked = new URLSearchParams(new URL(form.action).search);
    asked.set("unit", select.value);
    const isTyped = [...form.querySelectorAll(".count input")].some((input) => input.value);
    if (isFixed || !isTyped) location.search = asked;
  });
  slot.append(drawn);
}

function drawRows({ form, book, place, unit, entry, standing, isToday, isLeftAlone }) {
  const { least } = openDays(book, place.branch)[place.date];
  const before = reportOf(place.branch, shift(place.date, -1), unit)?.counts;
  const shown = newest(typedIn(entry), entry?.receipt, standing)?.counts ?? least ?? {};
  const current = entry?.problem?.current?.counts;
  const slot = form.querySelector(".counts");
  const isFirst = !slot.childElementCount;
  for (const { code, name, measure, required, at_most: whole } of book.indicators) {
    const id = `count-${code}`;
    const row = isFirst ? views.make("row") : form.elements[id]?.closest(".count");
    if (!row) continue;
    const hints = [];
    if (current?.[code] !== undefined) hints.push(views.tell("in-other", { last: views.count(current[code]) }));
    else if (before?.[code] !== undefined) {
      hints.push(views.tell(isToday ? "yesterday" : "day-before", { last: views.count(before[code]) }));
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
      slot.append(row);
    }
    views.put(row, { hints: hints.join(" · "), measure: measure ?? "" });
    if (!isLeftAlone) input.value = shown[code] ?? "";
  }
}

// What was typed here goes first; then what was received last.
function newest(typed, receipt, standing) {
  if (typed) return typed;
  return (receipt?.version ?? 0) >= (standing?.version ?? 0) ? (receipt ?? standing) : standing;
}

// The phone does not keep words: what was written before is mended on the server's own page.
function drawTexts(form, standing) {
  if (!standing?.texts) return;
  const fields = form.querySelector(".more .form");
  const link = views.make("full");
  const asked = new URL(form.action);
  asked.searchParams.set("full", "1");
  link.href = asked.pathname + asked.search;
  fields.replaceChildren(link);
}
