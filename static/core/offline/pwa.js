// On every page: the portal is installed, the queue is sent, and a line says what waits.
import "../draft.js";
import { hasDatabase, readValue, saveValue } from "./idb.js";
import { deleteSnapshot, readSnapshot, readSnapshots, saveSnapshot } from "./offline_snapshot.js";
import { drop, flush, isCheckin, isSignedOut, isWaiting, needsAttention, ofOwner, onChange, ticketNow, tidy } from "./queue.js";

const DAY = 86400000;

// The signed-in user's number, "" for nobody, and nothing on a page of the cache.
const { user } = document.body.dataset;

// Settled when the snapshot that came with the page is saved: with the names of the campaigns that
// the phone knew and the person has no more to do with.
let settle;
export const snapshotSaved = new Promise((resolve) => {
  settle = resolve;
});

if (hasDatabase) start().catch(() => {});

async function start() {
  let gone = [];
  if (user !== undefined) {
    await saveValue("language", document.documentElement.lang);
    // Whom the worker may show what a notice says.
    await saveValue("reader", user);
    // What the kept report page offers in its menu.
    await saveValue("menu", user ? { owner: user, links: menuLinks() } : null);
    const snapshot = await readSnapshot();
    // Somebody else sits here now, or nobody: what the other's phone knew is none of theirs. A page
    // without anybody may be an old one: the server is asked.
    const isOthers = snapshot && String(snapshot.owner) !== user;
    if (isOthers && (user || (await isSignedOut()))) await deleteSnapshot();
    gone = await saveFresh();
  }
  settle(gone);
  document.addEventListener("submit", (event) => {
    const token = event.target.elements.csrfmiddlewaretoken;
    if (token && !token.value) withToken(event, token);
  });
  if (user === "") {
    await show();
    return;
  }
  if (document.readyState === "complete") install();
  else addEventListener("load", install);
  onChange(() => Promise.all([show(), again()]));
  for (const snapshot of await readSnapshots()) await sendLost(snapshot);
  await show();
  await offerInstalling();
  await tidy();
  flush({ isForced: true });
  addEventListener("online", () => flush({ isForced: true }));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) flush();
  });
  // A page of the cache does not know whose they are.
  const isOf = (entry) => isCheckin(entry) && entry.state === "received";
  if (user && (await mine()).some(isOf)) await fromRestored("sendCheckinsAgain", Number(user));
}

// Sends again what a server that was put back has lost.
export async function sendLost(snapshot) {
  if (snapshot?.restored) await fromRestored("sendReportsAgain", snapshot);
}

// Most phones never need it; without a network it waits for a page that has one.
async function fromRestored(name, given) {
  const module = await import("./restored.js").catch(() => null);
  await module?.[name](given);
}

// Whose menu it is stays with the server: a phone keeps nobody's name.
function menuLinks() {
  const links = [...document.querySelectorAll("header nav a, .menu a")];
  return [...new Set(links.map(({ pathname }) => pathname.replace(/^\/c\/[-\w]+/, "")))];
}

// A page that comes with the snapshot saves the phone a request.
async function saveFresh() {
  const fresh = document.getElementById("snapshot");
  return fresh ? saveSnapshot({ ...JSON.parse(fresh.textContent), fetched_at: pageTime() }) : [];
}

// When the server drew the page; it may have travelled for long.
function pageTime() {
  const [navigation] = performance.getEntriesByType("navigation");
  return performance.timeOrigin + (navigation?.responseStart ?? 0);
}

// A cached page has no token of anybody; the server is asked for one when a form is sent.
async function withToken(event, token) {
  event.preventDefault();
  const { target, submitter } = event;
  const ticket = await ticketNow();
  if (ticket.csrf) {
    token.value = ticket.csrf;
    target.requestSubmit(submitter);
  } else location.assign("/account/");
}

function install() {
  navigator.serviceWorker?.register("/sw.js", { type: "module" }).catch(() => {});
}

// The pages of a phone's first reports go without what installs the portal, as heavy as a page: the
// receipt has it, and a kept page from the day after.
async function offerInstalling() {
  const isOld = ({ state, saved_at: at }) => state === "received" && at < Date.now() - DAY;
  if (user !== undefined || !(await mine()).some(isOld)) return;
  const link = document.createElement("link");
  document.head.append(Object.assign(link, { rel: "manifest", href: "/manifest.webmanifest" }));
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

// Who is signed in; on a cached page, who was here last. "" is nobody.
const reader = async () => user ?? (await readValue("reader"));

// The reader's entries. Where nobody is signed in, those of everybody: who was put out learns here
// that there are some.
async function mine() {
  const owner = await reader();
  return ofOwner(owner === "" ? undefined : Number(owner));
}

async function show() {
  const entries = await mine();
  const reports = say("waiting", entries.filter((entry) => !isCheckin(entry)));
  // The report's own page may not be theirs any more.
  if (reports?.shown.length) reports.line.firstElementChild.href = await pageOf(reports.shown);
  const checkins = say("waiting-checkins", entries.filter(isCheckin));
  if (!checkins) return;
  const { line, shown } = checkins;
  const [link, button] = line.children;
  if (shown.length) link.href = `/sessions/${shown[0].session}/people/`;
  // Their page is no longer for this person: they can be put away here.
  const refused = shown.filter(({ problem }) => problem?.kind === "refused");
  button.hidden = !refused.length;
  if (refused.length) link.textContent = line.dataset.refused.replace("{n}", refused.length);
  button.onclick = () => Promise.all(refused.map(({ key }) => drop(key)));
}

// Where reports that wait are seen: on the page of their campaign, or on that of all.
async function pageOf([first, ...rest]) {
  const isOne = rest.every(({ campaign }) => campaign === first.campaign);
  return first.problem || !isOne || (await reader()) === "" ? "/queue/" : `/c/${first.campaign}/report/`;
}

function say(name, entries) {
  const line = document.getElementById(name);
  if (!line) return null;
  const attention = entries.filter(needsAttention);
  const shown = attention.length ? attention : entries.filter(isWaiting);
  line.hidden = !shown.length;
  const text = attention.length ? line.dataset.attention : line.dataset.unsent;
  line.firstElementChild.textContent = text.replace("{n}", shown.length);
  return { line, shown };
}
