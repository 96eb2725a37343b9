// The report with the phone's help: what is typed is kept before anything is sent, checked here,
// and sent by the queue. Without this file the form goes to the server by itself.
import * as offline from "../../core/offline/offline_snapshot.js";
import { errorsIn, questionsAbout, readCount, textErrorsIn } from "./validation.js";
import { askForSync, sendLost, snapshotSaved } from "../../core/offline/pwa.js";
import * as queue from "../../core/offline/queue.js";
import { carryDraft, dropDraft, keepDraft } from "../../core/draft.js";
import { change, hasDatabase } from "../../core/offline/idb.js";
import { clearErrors, cleared, drawForm, drawQuestions, show, showErrors, showTexts, textFields } from "./offline_form.js";
import { drawEntries, drawOutcome, offerDays } from "./queue_list.js";
import * as views from "../../core/dom.js";

const form = document.getElementById("report");
const isShell = document.body.dataset.user === undefined;
let snapshot;
let target;
let isEdited = false;
// The report whose numbers stand in the form: what is sent is a correction of that one.
let seen = null;
let isBusy = false;

if (form && hasDatabase) start().catch(keep);
else if (form) keep();

async function start() {
  form.addEventListener("input", () => {
    isEdited = true;
  });
  form.addEventListener("submit", take);
  addEventListener("pageshow", () => delete form.dataset.passes);
  queue.onChange(refresh);
  if (!isShell) {
    await views.fetchParts();
    sayGone(await snapshotSaved);
    const owner = Number(document.body.dataset.user);
    queue.useTicket({ owner, csrf: form.csrfmiddlewaretoken.value });
  }
  snapshot = await offline.readSnapshot(offline.askedBy(location).get("campaign"));
  await takeOver();
  // A day of which the phone knows nothing is the server's, and typed here all the same.
  if (!target && !isShell) keep();
  // A page of the server's came with the snapshot, or is not for the phone.
  if (isShell) await fetchSnapshot();
  if (!offline.choices(snapshot).length) return;
  const module = await import("../../core/offline/other_campaigns.js").catch(() => null);
  await module?.fetchOthers(snapshot);
}

// A campaign that has ended for the person takes along what the phone knew of it, and no more.
function sayGone([campaign]) {
  if (campaign) announce("mid", views.say("left", { campaign }));
}

// Asks the server for what is new; without an answer the snapshot of last time does.
async function fetchSnapshot() {
  const slug = offline.askedBy(location).get("campaign") ?? snapshot?.campaign.slug;
  const asked = slug ? `?${new URLSearchParams({ campaign: slug })}` : "";
  const { status, body } = await queue.ask(`/api/v1/report-book/${asked}`, {});
  if (status === 401 || status === 403) {
    if (isShell) announce("mid", views.say("sign-in"));
    return;
  }
  if (status === 404 && target) await offline.deleteSnapshot(slug);
  if (status === 404) leave();
  if (status !== 200 || !Array.isArray(body?.branches)) return;
  const isOthers = snapshot && snapshot.owner !== body.owner;
  const { csrf, ...fresh } = body;
  if (csrf) queue.useTicket({ owner: fresh.owner, csrf });
  const isOver = !isOthers && !(fresh.running ?? []).some(([one]) => one === fresh.campaign.slug);
  if (isOver) await offline.deleteSnapshot(fresh.campaign.slug);
  else sayGone(await offline.saveSnapshot({ ...fresh, fetched_at: Date.now() }));
  if (!isOthers) await sendLost(fresh);
  if (!isOthers && target && !fresh.branches.some(({ code }) => code === target.branch.code)) {
    leave(isOver ? views.say("left", { campaign: fresh.campaign.name }) : undefined);
    return;
  }
  snapshot = { ...fresh, fetched_at: Date.now() };
  if (isShell && isOthers) location.reload();
  else await takeOver();
}

// No secretary of the branch any more, or the campaign is over: nothing is typed here, and what was
// is there to be read; what waits is told what became of it.
function leave(why = views.say("not-yours")) {
  if (!isShell || !target) return;
  announce("mid", why);
  const fields = [...form.querySelectorAll("input, textarea")];
  form.hidden = !fields.some(({ value, defaultValue }) => value !== defaultValue);
  for (const field of fields) field.readOnly = true;
  for (const part of form.querySelectorAll(".send, .none")) part.hidden = true;
}

// Takes the form over if the snapshot knows its branch and day.
async function takeOver() {
  // On a slow phone somebody types before this has come, and still saw what the page showed.
  const isLeftAlone = isEdited && seen !== null;
  const drawn = isLeftAlone ? target : null;
  // It may say that another day has come. What is typed stays of the day for which it was, but where
  // that takes none; of what stands on the other day nothing has been seen.
  target = (drawn && targetOf(drawn.date)) ?? targetOf();
  if (!target) return;
  if (drawn && drawn.date !== target.date) seen = { unit: seen.unit, sessions: [] };
  target.owner = snapshot.owner;
  const entry = await entryHere();
  if (!isLeftAlone) see(entry, unitHere());
  if (isShell) drawForm({ form, snapshot, target, entry, isLeftAlone });
  else if (!isLeftAlone && queue.typedIn(entry)) fillIn(queue.typedIn(entry));
  if (!isLeftAlone) showTexts(form, queue.typedIn(entry));
  if (!isLeftAlone && keep()) isEdited = true;
  await refresh();
}

function targetOf(date) {
  const asked = offline.askedBy(location);
  if (date) asked.set("date", date);
  return offline.targetIn(snapshot, asked);
}

// What is typed and not confirmed yet; by day, and whose it is.
function keep() {
  return keepDraft(form, document.body.dataset.user ?? snapshot?.owner);
}

function fillIn({ counts }) {
  for (const { code } of snapshot.indicators) {
    const field = form.elements[`count-${code}`];
    if (field && field.value === field.defaultValue) show(field, counts[code]);
  }
}

async function refresh() {
  if (!target) return;
  await drawEntries(document.getElementById("phone"), snapshot, target.owner);
  const entry = await entryHere();
  const shown = document.querySelector(".outcome");
  if (shown && entry) drawOutcome(shown, snapshot, entry);
}

function unitHere() {
  return form.elements.unit?.value ?? target.unit;
}

async function entryHere(unit = target.unit) {
  const key = queue.keyOf({ ...target, campaign: target.campaign.slug, branch: target.branch.code, unit });
  return (await queue.entriesOf(target.owner)).find((one) => one.key === key);
}

function see(entry, unit) {
  const { report_id: id, base_version: version } = form.elements;
  const shown = isShell
    ? [offline.reportOf(target.branch, target.date, unit), entry?.problem?.current]
    : [{ id: id.value, version: Number(version.value) }];
  const { sessions = [] } = offline.openDays(snapshot, target.branch)[target.date];
  const { texts } = queue.typedIn(entry) ?? {};
  seen = { unit, ...newest([...shown, entry?.receipt]), op: queue.seenOf(entry), sessions, texts };
}

const newest = (reports) => reports.filter(Boolean).sort((a, b) => b.version - a.version)[0];

// What the form is a correction of: what it was drawn with, or what has come of that since.
function existingFor(entry, unit) {
  if (seen?.unit !== unit) return null;
  const receipt = queue.seenOf(entry) === seen.op ? entry?.receipt : null;
  return { ...newest([seen.id && seen, receipt]), op: seen.op };
}

// What is said in words and does not stand yet. What waits here says it again, though it is cleared.
function textsTyped() {
  const waits = seen?.texts ?? {};
  const isNew = ({ name, value, defaultValue }) => value.trim() !== defaultValue.trim() || name in waits;
  const typed = textFields(form).filter(isNew).map(({ name, value }) => [name, value.trim()]);
  return { ...waits, ...Object.fromEntries(typed) };
}

async function take(event) {
  if (form.dataset.passes || !target) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const isNothing = event.submitter?.name === "no_activity";
  const read = readForm(isNothing);
  if (read.errors.length) {
    showErrors(form, snapshot, read.errors);
    return;
  }
  clearErrors(form);
  if (isBusy) return;
  isBusy = true;
  const entry = await entryHere(unitHere());
  // What was refused here is put right here.
  const isWordless = !Object.keys(read.texts).length || (entry && queue.needsAttention(entry));
  const isGone = !isWordless && (await passOn(event.submitter));
  isBusy = false;
  if (isGone) return;
  check({ ...read, explanation: "" });
}

function readForm(isNothing) {
  const counts = {};
  const errors = [];
  const day = offline.openDays(snapshot, target.branch)[target.date];
  const texts = textsTyped();
  if (!day) return { counts, texts, errors: [{ code: "", word: "closed" }] };
  if (!unitHere()) errors.push({ code: "unit", word: "unit" });
  for (const { code } of snapshot.indicators) {
    const typed = readCount(form.elements[`count-${code}`].value);
    if (typed.word) errors.push({ code, ...typed });
    else if (typed.count !== null && !isNothing) counts[code] = typed.count;
  }
  const isTyped = snapshot.indicators.some(({ code }) => Number(form.elements[`count-${code}`].value) > 0);
  if (isNothing && isTyped) errors.push({ code: "", word: "both" });
  else if (!isNothing && !errors.length && !Object.keys(counts).length) errors.push({ code: "", word: "empty" });
  else if (!isNothing && !errors.length) errors.push(...errorsIn(snapshot, counts, day.least));
  const isQuiet = isNothing || !Object.values(counts).some((count) => count > 0);
  errors.push(...textErrorsIn(isQuiet ? {} : day.asks, textFields(form)));
  return { counts, no_activity: isNothing, texts, errors };
}

// With words the whole goes to the server as a plain form, which asks on its own page. Returns
// whether it went: without a network the queue has words and counts.
async function passOn(submitter) {
  await queue.flush();
  const ticket = await queue.ticketNow({ isAsked: true });
  if (ticket.owner !== target.owner) return false;
  const entry = await entryHere(unitHere());
  if (entry && queue.isWaiting(entry)) return false;
  const existing = existingFor(entry, unitHere());
  form.elements.csrfmiddlewaretoken.value = ticket.csrf;
  form.elements.report_id.value = existing?.id ?? queue.newId();
  form.elements.base_version.value = existing?.version ?? 0;
  if (isShell) form.elements.sessions.value = seen?.sessions ?? "";
  form.dataset.passes = "1";
  form.requestSubmit(submitter);
  return true;
}

function stage(view, title) {
  const main = document.getElementById("main");
  document.querySelector(".step")?.remove();
  main.classList.add("stepped");
  view.classList.add("step");
  main.append(view);
  views.entitle(title);
  if (!history.state?.step) history.pushState({ step: true }, "");
  scrollTo(0, 0);
  const heading = view.querySelector("h1");
  heading.tabIndex = -1;
  heading.focus();
}

// The check is a page of its own for the Back button: behind it is the form with its values, and
// behind what came of it the form anew.
addEventListener("popstate", () => {
  const step = document.querySelector(".step");
  if (step?.classList.contains("outcome")) location.reload();
  else if (step) back(step);
});

function back(step) {
  step.remove();
  document.getElementById("main").classList.remove("stepped");
  form.querySelector("input:not([type=hidden])").focus();
}

// The answers once more, with what is unusual about them, before they are kept.
function check(content) {
  const unit = unitHere();
  const yesterday = offline.reportOf(target.branch, offline.shift(target.date, -1), unit)?.counts;
  const view = views.make("check");
  const atMost = Object.fromEntries(
    snapshot.indicators.filter((one) => one.at_most).map((one) => [one.code, one.at_most]),
  );
  const states = snapshot.indicators.filter((one) => one.state).map((one) => one.code);
  const limits = unit === target.branch.home ? target.branch.usual : {};
  const questions = content.no_activity
    ? []
    : questionsAbout(content.counts, { yesterday, limits, atMost, states });
  const { others, open } = offline.openDays(snapshot, target.branch)[target.date] ?? {};
  views.put(view, {
    about: [views.weekdayDay(target.date), target.branch.name, offline.ofSeveral(snapshot)].filter(Boolean).join(" · "),
    content: views.content(snapshot, content, yesterday),
    cleared: cleared(snapshot, target, unit, content),
    others: others ? views.say("others") : null,
    open: open ? views.say("open") : null,
  });
  drawQuestions(view, questions, snapshot, target);
  if (content.no_activity) view.querySelector("[data-put=days-offered]").remove();
  else offerDays(view.querySelector("[data-slot=days]"), snapshot, target.branch.code, target.date, carry);
  view.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.submitter?.name === "back") {
      history.back();
      return;
    }
    const chosen = new FormData(view).get("explanation") ?? "";
    if (questions.length && !chosen) {
      view.querySelector("[data-why]").hidden = false;
      view.querySelector("input[type=radio]").focus();
      return;
    }
    event.submitter.disabled = true;
    const entry = await keepTyped(unit, { ...content, explanation: chosen }).catch(() => null);
    if (entry) dropDraft(form);
    if (entry) await sendSaved(entry);
    else await withoutStore(view, content);
    event.submitter.disabled = false;
  });
  stage(view, view.querySelector("h1").textContent);
}

// What was typed is another day's: it is shown there, over what stands. What waits here and has
// never gone out comes along.
async function carry(date) {
  const unit = unitHere();
  const asked = { branch: target.branch.code, date };
  carryDraft(form, offline.reportPage(target.campaign.slug, asked));
  const entry = await entryHere(unit);
  // Taken back, unless it is on its way.
  if (entry) {
    await change("entries", entry.key, (row) =>
      !row?.next || row.sent || row.receipt || row.rivals ? undefined : null,
    );
    queue.tell();
  }
  location.assign(offline.reportPage(target.campaign.slug, target.branch.units ? { ...asked, unit } : asked));
}

// The phone is full, or keeps nothing: the plain form does the work, with a network.
async function withoutStore(view, { no_activity: isNothing }) {
  const isGone = await passOn(isNothing ? form.elements.no_activity : undefined).catch(() => false);
  if (isGone || view.querySelector(".announced")) return;
  const alert = views.notice("mid announced", views.say("not-saved"));
  alert.setAttribute("role", "alert");
  view.querySelector(".send").before(alert);
}

async function keepTyped(unit, { errors, ...content }) {
  const known = await entryHere(unit);
  const where = {
    owner: target.owner,
    campaign: target.campaign.slug,
    branch: target.branch.code,
    unit,
    date: target.date,
    // What all this is called where the snapshot is gone (phone_reports.js).
    called: {
      campaign: target.campaign.name,
      branch: target.branch.name,
      unit: target.branch.units?.find(([code]) => code === unit)?.[1],
      superior: target.branch.superior,
      office: target.branch.office,
      counts: Object.fromEntries(snapshot.indicators.map(({ code, name }) => [code, name])),
    },
  };
  const captured = offline.now(snapshot).toISOString();
  // What the phone knows of the sessions is of the home unit.
  const sessions = unit === target.branch.home ? seen?.sessions : undefined;
  return queue.save(where, { ...content, sessions }, existingFor(known, unit), captured);
}

async function sendSaved(entry) {
  const view = views.make("outcome");
  view.classList.add("outcome");
  drawOutcome(view, snapshot, entry);
  stage(view, view.querySelector("h1").textContent);
  askForSync();
  await queue.flush({ isForced: true });
}

function announce(kind, ...nodes) {
  if (document.querySelector(".announced")) return;
  const drawn = views.notice(kind, ...nodes);
  drawn.classList.add("announced");
  document.getElementById("main").prepend(drawn);
}
