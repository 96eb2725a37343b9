// On every page: the portal is installed, the queue is sent, and a line says what waits.
import { forget, isThere, keep, kept } from "./store.js";
import { drop, flush, isWaiting, ofOwner, onChange, ticketNow, tidy } from "./queue.js";
import { isCheckin } from "./entry_types.js";

// The signed-in user's number, "" for nobody, and nothing on a page that the phone had kept.
const { user } = document.body.dataset;

// Settled when the book that came with the page is kept.
let settle;
export const isKept = new Promise((resolve) => {
  settle = resolve;
});

if (isThere) start().catch(() => {});

async function start() {
  if (user !== undefined) {
    await keep("language", document.documentElement.lang);
    // Whom the worker may show what a notice says.
    await keep("reader", user);
    const book = await kept("book");
    // Somebody else sits here now, or nobody: what the other's phone knew is none of theirs.
    if (book && String(book.owner) !== user) await forget("book");
    await keepFresh();
  }
  settle();
  document.addEventListener("submit", (event) => {
    if (event.target.getAttribute("action") === "/sign-out/") forget("book");
    const token = event.target.elements.csrfmiddlewaretoken;
    if (token && !token.value) withToken(event, token);
  });
  if (user === "") return;
  if (document.readyState === "complete") install();
  else addEventListener("load", install);
  onChange(() => Promise.all([show(), again()]));
  await show();
  await tidy();
  flush({ isForced: true });
  addEventListener("online", () => flush({ isForced: true }));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) flush();
  });
}

// A page that comes with the book saves the phone the way to ask for it.
async function keepFresh() {
  const fresh = document.getElementById("book");
  if (fresh) await keep("book", { ...JSON.parse(fresh.textContent), fetched_at: pageTime() });
}

// When the server drew the page; it may have been under way for long.
function pageTime() {
  const [way] = performance.getEntriesByType("navigation");
  return performance.timeOrigin + (way?.responseStart ?? 0);
}

// A kept page has no token of anybody; the server is asked for one when a form is sent.
async function withToken(event, token) {
  event.preventDefault();
  const { target, submitter } = event;
  const said = await ticketNow();
  delete target.dataset.sent;
  if (said.csrf) {
    token.value = said.csrf;
    target.requestSubmit(submitter);
  } else location.assign("/account/");
}

function install() {
  navigator.serviceWorker?.register("/sw.js", { type: "module" }).catch(() => {});
}

let timer;

// Tries again by itself when the pause after a failure has ended.
async function again() {
  clearTimeout(timer);
  const times = (await mine()).filter(isWaiting).map((entry) => entry.retry_at ?? 0);
  const next = times.filter((time) => time > Date.now());
  if (next.length) timer = setTimeout(flush, Math.min(...next) - Date.now() + 50);
}

// Where the phone can, it sends by itself when the network is back, with no page open.
export async function askForSync() {
  try {
    await navigator.storage?.persist?.();
    const worker = await navigator.serviceWorker?.ready;
    await worker?.sync?.register("queue");
  } catch {
    // It is sent when a page is opened.
  }
}

// The entries of whoever is signed in; on a kept page, of who was here last.
async function mine() {
  return ofOwner(Number(user ?? (await kept("reader"))));
}

async function show() {
  const entries = await mine();
  say("waiting", entries.filter((entry) => !isCheckin(entry)));
  const checkins = say("waiting-checkins", entries.filter(isCheckin));
  if (!checkins) return;
  const { line, told } = checkins;
  const [link, button] = line.children;
  if (told.length) link.href = `/sessions/${told[0].session}/people/`;
  // Their page is no longer for this person: they can be put away here.
  const refused = told.filter(({ problem }) => problem?.kind === "refused");
  button.hidden = !refused.length;
  if (refused.length) link.textContent = line.dataset.refused.replace("{n}", refused.length);
  button.onclick = () => Promise.all(refused.map(({ key }) => drop(key)));
}

function say(name, entries) {
  const line = document.getElementById(name);
  if (!line) return null;
  const attention = entries.filter((entry) => entry.state === "attention");
  const told = attention.length ? attention : entries.filter(isWaiting);
  line.hidden = !told.length;
  const said = attention.length ? line.dataset.attention : line.dataset.unsent;
  line.firstElementChild.textContent = said.replace("{n}", told.length);
  return { line, told };
}
