// The list of a session with the phone's help: who is ticked is kept before anything is sent, and
// sent by the queue. All else goes to the server as the plain form, when it can be reached.
import { checkinsOf, newcomerIn, saveCheckins, saveNewcomer, takeBack } from "./checkin_queue.js";
import { askForSync, snapshotSaved } from "../../core/offline/pwa.js";
import * as queue from "../../core/offline/queue.js";
import { hasDatabase } from "../../core/offline/idb.js";
import * as views from "../../core/dom.js";

const form = document.getElementById("people");
const owner = Number(document.body.dataset.user);
const session = Number(form.dataset.session);
// On the day people are checked in; before it they are put down, which needs the network.
const isDay = "day" in form.dataset;
const boxes = [...form.querySelectorAll("[name=on]")];
const offered = new Set(numbers(boxes.map((box) => box.value)));
const present = new Set(numbers(form.elements.was.value.split(",")));
// Whom this page saw received, and when the server says they came.
const received = new Map();
// Whose tick on this phone the boxes show.
const shown = new Set();
let isSaved = false;
let isBusy = false;

if (hasDatabase) start().catch(() => {});

function numbers(texts) {
  return texts.filter(Boolean).map(Number);
}

const ticked = () => new Set(numbers(boxes.filter((box) => box.checked).map((box) => box.value)));

async function start() {
  form.addEventListener("submit", take);
  addEventListener("pageshow", () => delete form.dataset.passes);
  await snapshotSaved;
  queue.useTicket({ owner, csrf: form.elements.csrfmiddlewaretoken.value });
  if (!isDay) return;
  queue.onChange(refresh);
  await refresh();
}

// Those that the server had not received when it drew the page: of the others the page says how
// they stand.
async function unseen() {
  const found = await checkinsOf(owner, session);
  const isSeen = (entry) => entry.state === "received" && entry.received_at < performance.timeOrigin;
  return found.filter((entry) => !isSeen(entry));
}

async function take(event) {
  if (form.dataset.passes) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { submitter } = event;
  document.getElementById("unsent").hidden = true;
  const isLeft = isDay ? await keepTicks().catch(() => true) : true;
  if (!isLeft || isBusy) return;
  isBusy = true;
  await queue.flush({ isForced: true });
  await passOn(submitter);
  isBusy = false;
}

// Keeps the new ticks on the phone and begins to send. Returns whether the form holds more.
async function keepTicks() {
  const on = ticked();
  let isLeft = ["phone", "full_name"].some((name) => form.elements[name]?.value.trim());
  for (const entry of await checkinsOf(owner, session)) {
    if (!offered.has(entry.volunteer)) continue;
    const wasOn = present.has(entry.volunteer) || shown.has(entry.volunteer);
    if (on.has(entry.volunteer) || !wasOn) continue;
    // A receipt must not bring back whom she takes off the list.
    if (entry.state === "received") await queue.drop(entry.key);
    else if (!(await takeBack(entry.key))) isLeft = true;
  }
  on.forEach((volunteer) => shown.add(volunteer));
  await saveCheckins(owner, session, [...on].filter((one) => !present.has(one)));
  isSaved = true;
  await refresh();
  askForSync();
  queue.flush({ isForced: true });
  return isLeft || [...present].some((one) => !on.has(one));
}

// Sends the form as it stands, if the server is there and knows us: else it stays as it is.
async function passOn(submitter) {
  const ticket = await queue.ticketNow({ isAsked: true });
  if (ticket.owner !== owner) {
    const newcomer = isDay && newcomerIn(form.elements);
    if (newcomer) {
      await saveNewcomer(owner, session, newcomer);
      for (const name of ["phone", "full_name"]) form.elements[name].value = "";
      isSaved = true;
      askForSync();
      const on = ticked();
      if ([...present].every((one) => on.has(one))) return;
    }
    const isOut = ticket.status === 401 || ticket.owner;
    const unsent = document.getElementById("unsent");
    unsent.replaceChildren(views.say(isOut ? "form-sign-in" : isDay ? "form-day" : "form-ahead"));
    // Another form of the page may have had it.
    form.querySelector(".send").prepend(unsent);
    unsent.hidden = false;
    return;
  }
  form.elements.csrfmiddlewaretoken.value = ticket.csrf;
  form.elements.was.value = [...present].join(",");
  form.dataset.passes = "1";
  form.requestSubmit(submitter);
}

async function refresh() {
  const entries = await unseen();
  const newcomers = entries.filter(({ volunteer }) => !offered.has(volunteer));
  for (const { volunteer } of entries.filter((entry) => !shown.has(entry.volunteer))) {
    shown.add(volunteer);
    const box = boxes.find((one) => Number(one.value) === volunteer);
    if (box && !box.matches(":disabled")) box.checked = true;
  }
  for (const { state, volunteer, receipt } of entries) {
    if (state !== "received") continue;
    received.set(volunteer, views.clock(receipt.checked_in_at));
    // Of whom the page has no box it does not say how they stand.
    if (offered.has(volunteer)) present.add(volunteer);
  }
  for (const box of boxes) {
    const volunteer = Number(box.value);
    drawLine(box.closest(".tick"), volunteer, entries.find((one) => one.volunteer === volunteer));
  }
  const more = newcomers.filter(({ state }) => state === "received").length;
  document.querySelector("[data-present]").textContent = views.count(present.size + more);
  drawState(entries.filter(queue.isWaiting));
  drawNewcomers(newcomers.filter((entry) => entry.newcomer && queue.isWaiting(entry)));
  drawProblems(entries.filter(({ state }) => state === "attention"));
}

const TONES = { attention: "low-text", sending: "dim", saved: "mid-text" };

function drawLine(line, volunteer, entry) {
  const state = line.querySelector("[data-state]");
  state.dataset.server ??= state.textContent.trim();
  let text = state.dataset.server;
  let tone = "";
  if (entry && entry.state !== "received") {
    tone = TONES[entry.state];
    text = stateOf(entry);
  } else if (received.has(volunteer)) {
    tone = "ok-text";
    text = views.tell("is-present", { time: received.get(volunteer) });
  }
  state.className = tone;
  if (state.textContent.trim() !== text) state.textContent = text;
  const dot = line.querySelector("[data-dot]");
  if (dot) dot.hidden = !text;
}

function stateOf(entry) {
  if (entry.state === "attention") return views.tell("is-attention", { why: whyOf(entry) });
  if (entry.state === "sending") return views.tell("is-sending");
  return views.tell(entry.hint === "sign_in" ? "is-signed-out" : "is-saved");
}

// Why it was not taken, in the server's words; of a newcomer also who it is.
function whyOf({ problem, newcomer }) {
  const { kind, code, detail, ...fields } = problem;
  const why = [detail ?? [], ...Object.values(fields)].flat().join(" ");
  return newcomer ? `${newcomer.full_name}, ${newcomer.phone}: ${why}` : why;
}

function drawState(waiting) {
  const line = document.getElementById("state");
  if (!line) return;
  const isSending = waiting.some(({ state }) => state === "sending");
  const isOut = waiting.some(({ hint }) => hint === "sign_in");
  const name = isSending ? "all-sending" : isOut ? "all-sign-in" : "all-saved";
  const none = isSaved ? "all-received" : "nothing";
  const drawn = views.say(waiting.length ? name : none, { n: views.count(waiting.length) });
  if (line.textContent !== drawn.textContent) line.replaceChildren(drawn);
}

function drawNewcomers(entries) {
  const lines = entries.map((entry) => {
    const line = document.createElement("li");
    line.textContent = `${entry.newcomer.full_name}: ${stateOf(entry)}`;
    return line;
  });
  const list = document.getElementById("newcomers");
  if (!list) return;
  list.hidden = !lines.length;
  list.replaceChildren(...lines);
}

function drawProblems(entries) {
  const section = document.getElementById("problems");
  section.hidden = !entries.length;
  const reasons = [...new Set(entries.map(whyOf))].map((why) => {
    const line = document.createElement("p");
    line.textContent = why;
    return line;
  });
  views.put(section, { reasons });
  section.querySelector("button").onclick = () => Promise.all(entries.map(({ key }) => queue.drop(key)));
}
