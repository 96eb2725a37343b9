// What waits on this phone or was not taken: why, to whom its owner gives the numbers, and the
// numbers as text. On the page about it and on the one that stands for a page without a network;
// it needs no snapshot, and nobody signed in.
import * as queue from "../../core/offline/queue.js";
import { change, hasDatabase, readValue } from "../../core/offline/idb.js";
import { isReport, isShort, readSnapshots, reportPage, targetIn } from "../../core/offline/offline_snapshot.js";
import * as views from "../../core/dom.js";

let { user } = document.body.dataset;
const none = document.getElementById("none");
const list = document.getElementById("kept");
const box = document.getElementById("kept-text");
const sendNow = document.getElementById("send-now");
let isSeveral = false;
const isOwnPage = location.pathname === "/queue/";

if (hasDatabase) start().catch(() => {});
else none.hidden = false;

async function start() {
  // On a cached page, who was here last.
  user ??= await readValue("reader");
  queue.onChange(draw);
  await draw();
  await sayWhatOpens();
}

// Without a network: whether the day's report can be entered, and what this page is not.
async function sayWhatOpens() {
  const open = (await readSnapshots()).filter((one) => targetIn(one, new URLSearchParams()));
  const isReportable = open.length > 0;
  if (isReportable) offer(open);
  // The short address of several is no page that is missing: it asks.
  const asks = open.length > 1 && isReport(location.pathname) && isShort(location.pathname);
  const shown = {
    beyond: isReport(location.pathname) && !asks,
    elsewhere: !isOwnPage && !asks,
    reportable: isReportable,
    unreportable: !isReportable,
  };
  for (const [name, isShown] of Object.entries(shown)) {
    for (const part of document.querySelectorAll(`[data-${name}]`)) part.hidden = !isShown;
  }
}

// Which of several campaigns a report is of, the person says.
function offer(snapshots) {
  for (const link of document.querySelectorAll("[data-reportable] a")) {
    const links = snapshots.map(({ campaign }) => {
      const own = link.cloneNode(true);
      own.href = reportPage(campaign.slug, {});
      if (snapshots.length > 1) own.append(`: ${campaign.name}`);
      return own;
    });
    link.replaceWith(...links);
  }
}

async function draw() {
  const all = (await queue.ofOwner()).filter((entry) => !queue.isCheckin(entry) && (queue.isWaiting(entry) || queue.needsAttention(entry)));
  const shown = all.filter(({ owner }) => !user || owner === Number(user));
  shown.sort((a, b) => (a.date < b.date ? 1 : -1));
  none.hidden = shown.length > 0 || !isOwnPage;
  document.getElementById("some").hidden = !shown.length;
  const others = document.getElementById("others");
  others.hidden = all.length === shown.length || !isOwnPage;
  views.put(others, { n: views.count(all.length - shown.length) });
  const snapshots = await readSnapshots();
  const slugs = [...shown.map(({ campaign }) => campaign), ...snapshots.map(({ campaign }) => campaign?.slug)];
  isSeveral = new Set(slugs).size > 1;
  list.replaceChildren(...shown.map(item));
  if (sendNow) sendNow.hidden = !shown.some(queue.isWaiting);
  const text = shown.map(lineOf).join("\n");
  if (box.value !== text) box.value = text;
}

function item(entry) {
  const drawn = views.make("kept-entry");
  const { problem, called } = entry;
  views.put(drawn, { title: titleOf(entry), numbers: wholeOf(queue.typedIn(entry), called?.counts), why: why(entry) });
  const isOver = ["refused", "closed"].includes(problem?.kind) || Boolean(problem?.contact);
  const whom = [views.tell(isOver ? "give" : "give-else"), " ", ...whomOf(problem?.contact, called)];
  views.put(drawn, { whom: isOver || !user ? whom : null });
  const [again, open, away] = ["again", "open", "drop"].map((name) => drawn.querySelector(`[name=${name}], [data-${name}]`));
  again.hidden = !user || !problem || problem.kind === "conflict" || Boolean(entry.rivals);
  again.onclick = () => sendAgain(entry.key);
  open.hidden = !user || problem?.kind === "refused";
  open.href = reportPage(entry.campaign, { branch: entry.branch, date: entry.date, unit: entry.unit });
  away.hidden = !user || !problem || problem.kind === "conflict";
  away.onclick = () => queue.drop(entry.key);
  return drawn;
}

const nameOf = ({ branch, called }) => [called?.branch ?? branch, called?.unit].filter(Boolean).join(", ");
const campaignOf = ({ campaign, called }) => called?.campaign ?? campaign;
const titleOf = (entry) =>
  [views.weekdayDay(entry.date), nameOf(entry), isSeveral && campaignOf(entry)].filter(Boolean).join(" · ");

function why(entry) {
  const { problem, rivals, hint, state } = entry;
  if (rivals || problem?.kind === "conflict") return views.say("two");
  if (problem?.kind === "refused" && !problem.code) return views.say("not-yours");
  if (problem) return textsIn(problem).join(" ");
  if (!user || hint === "sign_in") return views.say("signed-out");
  if (hint === "early" && state === "saved") return entry.said;
  return views.say(state === "sending" ? "sending" : "waiting");
}

// Every text of the server's answer, whatever fields it names.
function textsIn({ kind, code, contact, current, yours, detail, ...fields }) {
  const inside = (value) => (typeof value === "string" ? [value] : Object.values(value ?? {}).flatMap(inside));
  return detail ? [detail] : inside(fields);
}

// One person, or the office of the body above: its number is public, and known to the phone from
// when the counts were typed. Numbers can be called.
function whomOf(contact, called) {
  const { role, area, name, phone } = contact ?? {};
  const person = [[name, role, area].filter(Boolean).join(", "), phone];
  const body = [called?.superior || views.tell("superior"), called?.office];
  const text = (contact ? person : body).filter(Boolean).join(" · ");
  return text.split(/(\+?\d[\d .]{6,}\d)/).map((part, nth) => (nth % 2 ? callOf(part) : part));
}

function callOf(number) {
  const call = document.createElement("a");
  call.href = `tel:${number.replace(/[ .]/g, "")}`;
  call.textContent = number;
  return call;
}

// Digits in one run: so they can be typed again, and pasted where messages are read.
function numbersOf({ counts, no_activity: isNothing }, names) {
  if (isNothing) return views.tell("nothing");
  return Object.entries(counts).map(([code, count]) => `${names?.[code] ?? code}: ${count}`).join("; ");
}

const wholeOf = (typed, names) => [numbersOf(typed, names), ...Object.values(typed.texts ?? {})].filter(Boolean).join(" · ");

// A line by itself is read as it always was; of several campaigns each stands under its name.
function lineOf(entry) {
  const line = `${nameOf(entry)}, ${views.day(entry.date)} – ${numbersOf(queue.typedIn(entry), entry.called?.counts)}`;
  return isSeveral ? `${campaignOf(entry)}\n${line}` : line;
}

// The appointment may have been renewed, the day opened again.
async function sendAgain(key) {
  await change("entries", key, (entry) =>
    entry?.refused && !entry.rivals ? queue.waitWith(entry, { ...entry.refused, op: queue.newId() }) : undefined,
  );
  queue.tell();
  await queue.flush({ isForced: true });
}

sendNow?.addEventListener("click", () => queue.flush({ isForced: true }));
