// What waits on this phone or was not taken: why, to whom its owner gives the numbers, and the
// numbers as text. It needs no snapshot, and nobody signed in.
import * as queue from "../../core/offline/queue.js";
import { isCheckin } from "../../core/offline/entry_types.js";
import { change, hasDatabase } from "../../core/offline/idb.js";
import { reportPage } from "../../core/offline/offline_snapshot.js";
import * as views from "../../core/dom.js";

const { user } = document.body.dataset;
const list = document.getElementById("kept");
const box = document.getElementById("kept-text");
const sendNow = document.getElementById("send-now");

if (hasDatabase) {
  queue.onChange(draw);
  draw().catch(() => {});
}

async function draw() {
  const all = (await queue.ofOwner()).filter((entry) => !isCheckin(entry) && (queue.isWaiting(entry) || queue.needsAttention(entry)));
  const shown = all.filter(({ owner }) => !user || owner === Number(user));
  shown.sort((a, b) => (a.date < b.date ? 1 : -1));
  document.getElementById("none").hidden = shown.length > 0;
  document.getElementById("some").hidden = !shown.length;
  const others = document.getElementById("others");
  others.hidden = all.length === shown.length;
  views.put(others, { n: views.count(all.length - shown.length) });
  list.replaceChildren(...shown.map(item));
  if (sendNow) sendNow.hidden = !shown.some(queue.isWaiting);
  const text = shown.map(lineOf).join("\n");
  if (box.value !== text) box.value = text;
}

function item(entry) {
  const drawn = views.make("kept-entry");
  const { problem, called } = entry;
  views.put(drawn, { title: titleOf(entry), numbers: numbersOf(queue.typedIn(entry), called?.counts), why: why(entry) });
  const isOver = ["refused", "closed"].includes(problem?.kind) || Boolean(problem?.contact);
  const whom = whomOf(problem?.contact, called?.superior);
  views.put(drawn, { whom: isOver || !user ? views.say(isOver ? "give" : "give-else").textContent.trim() : null });
  if (isOver || !user) drawn.querySelector(".whom").append(" ", ...whom);
  const [again, open, away] = ["again", "open", "drop"].map((name) => drawn.querySelector(`[name=${name}], [data-${name}]`));
  again.hidden = !user || !problem || problem.kind === "conflict" || Boolean(entry.rivals);
  again.onclick = () => sendAgain(entry.key);
  open.hidden = !user || problem?.kind === "refused";
  open.href = reportPage(entry.campaign, { branch: entry.branch, date: entry.date, unit: entry.unit });
  away.hidden = !user || !problem || problem.kind === "conflict";
  away.onclick = () => queue.drop(entry.key);
  return drawn;
}

const titleOf = ({ date, branch, called }) => `${views.weekdayDay(date)} · ${called?.branch ?? branch}`;

function why(entry) {
  const { problem, rivals, hint, state } = entry;
  if (rivals || problem?.kind === "conflict") return views.say("two");
  if (problem?.kind === "refused" && !problem.code) return views.say("not-yours");
  if (problem) return textsIn(problem).join(" ");
  if (!user || hint === "sign_in") return views.say("signed-out");
  return views.say(state === "sending" ? "sending" : "waiting");
}

// Every text of the server's answer, whatever fields it names.
function textsIn({ kind, code, contact, current, yours, detail, ...fields }) {
  const inside = (value) => (typeof value === "string" ? [value] : Object.values(value ?? {}).flatMap(inside));
  return detail ? [detail] : inside(fields);
}

function whomOf(contact, superior) {
  if (!contact) return [superior || views.tell("superior")];
  const { role, area, name, phone } = contact;
  const parts = [[name, role, area].filter(Boolean).join(", ")];
  if (phone) {
    const call = document.createElement("a");
    call.href = `tel:${phone}`;
    call.textContent = phone;
    parts.push(" · ", call);
  }
  return parts;
}

// Digits in one run: so they can be typed again, and pasted where messages are read.
function numbersOf({ counts, no_activity: isNothing }, names) {
  if (isNothing) return views.tell("nothing");
  return Object.entries(counts).map(([code, count]) => `${names?.[code] ?? code}: ${count}`).join("; ");
}

const lineOf = (entry) => {
  const { branch, date, called } = entry;
  return `${called?.branch ?? branch}, ${views.day(date)} – ${numbersOf(queue.typedIn(entry), called?.counts)}`;
};

// The appointment may have been renewed, the day opened again.
async function sendAgain(key) {
  await change("entries", key, (entry) =>
    entry?.refused && !entry.rivals ? queue.waitWith(entry, { ...entry.refused, op: queue.newId() }) : undefined,
  );
  queue.tell();
  await queue.flush({ isForced: true });
}

sendNow?.addEventListener("click", () => queue.flush({ isForced: true }));
