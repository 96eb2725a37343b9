// The phone's queue: every count that was entered here goes through it, and every check-in; none
// is lost or counted twice. Pages and worker share it; it knows nothing of a page.
//
// An entry is one document: a report (owner, campaign, branch, unit, date), or somebody's being
// at a session (checkins.js). `sent` is an operation under way or of unknown fate: it is sent again
// unchanged until the server has answered it. `next` is what was typed since; it waits and takes its
// base version from that answer. `rivals` are what was typed on pages that had not seen it: each is
// asked about, and none is sent before.
import { all, change, readValue } from "./idb.js";

const PATIENCE = 30000;
const PAUSES = [5000, 15000, 60000, 300000];
const LONGEST = PAUSES.at(-1) * 1.25;
// Longer than a sending may take, and renewed before each.
const LEASE = 2 * PATIENCE;
const LIFE = 8 * 86400000;

// What each kind of entry says to the server, and takes from its answer.
const report = {
  url: () => "/api/v1/daily-reports/",
  begin: (entry) => ({ ...entry.next, id: entry.id, base_version: entry.version }),
  body({ campaign, branch, unit, date, sent }) {
    const { op, sessions, texts, ...content } = sent;
    // A correction includes the sessions that the report includes.
    if (!sent.base_version) content.sessions = sessions;
    const fields = Object.entries({ campaign, branch, unit, date, ...content });
    return { ...Object.fromEntries(fields.filter(([, value]) => value !== "")), ...texts };
  },
  isReceipt: (_entry, answer) => Number.isInteger(answer?.version),
  take(entry, answer) {
    entry.id = answer.id;
    entry.version = answer.version;
    entry.receipt = { ...answer, op: entry.sent.op, no_activity: entry.sent.no_activity };
    // What was said in words is the server's from now on; here it is known that there are some.
    const { texts = {}, ...taken } = entry.sent;
    entry.taken = taken;
    entry.has_texts ||= Object.values(texts).some(Boolean);
  },
};

// Somebody is there, at a session: two numbers, and an id that makes it one check-in. Of a newcomer
// number and name, until the server says who it is.
const checkin = {
  url: ({ session }) => `/api/v1/sessions/${session}/checkins/`,
  begin: (entry) => ({ ...entry.next, id: entry.id }),
  body: ({ volunteer, newcomer, sent }) => ({ id: sent.id, volunteer, ...newcomer }),
  isReceipt: ({ volunteer, newcomer }, answer) =>
    newcomer ? Number.isInteger(answer?.volunteer) : answer?.volunteer === volunteer,
  take(entry, answer) {
    entry.volunteer = answer.volunteer;
    delete entry.newcomer;
    entry.receipt = { checked_in_at: answer.checked_in_at };
    entry.received_at = Date.now();
  },
};

export const isCheckin = (entry) => entry.kind === "checkin";
export const kindOf = (entry) => (isCheckin(entry) ? checkin : report);

const listeners = new Set();
const channel = "BroadcastChannel" in self ? new BroadcastChannel("queue") : null;
if (channel) channel.onmessage = () => hear();

function hear() {
  for (const listener of listeners) listener();
}

export function tell() {
  channel?.postMessage("changed");
  hear();
}

export const onChange = (listener) => listeners.add(listener);
export const keyOf = ({ owner, campaign, branch, unit, date }) =>
  [owner, campaign, branch, unit, date].join("|");
export const isWaiting = (entry) => Boolean(entry.sent || entry.next);
export const typedIn = (entry) => entry?.next ?? entry?.sent ?? entry?.refused ?? null;
// What a page saw of an entry: the operation typed last, or that of the receipt.
export const seenOf = (entry) => (typedIn(entry) ?? entry?.receipt)?.op;
export const needsAttention = (entry) => entry.state === "attention" || Boolean(entry.rivals);

// Those of one person; without an owner, of everybody.
export async function ofOwner(owner) {
  const isOf = (entry) => owner === undefined || entry.owner === owner;
  return (await all("entries")).filter((entry) => isOf(entry) && isSound(entry));
}

// A damaged entry, or one of another version of this file, must not keep a page from being drawn.
function isSound(entry) {
  const isTyped = isCheckin(entry) || Boolean(entry.date && typedIn(entry)?.counts);
  if (entry.state === "received") return Boolean(entry.receipt);
  return isTyped && Boolean(entry.state === "attention" ? entry.problem : isWaiting(entry));
}

// The reports, the newest day first.
export const entriesOf = async (owner) =>
  (await ofOwner(owner)).filter((entry) => !isCheckin(entry)).sort((a, b) => (a.date < b.date ? 1 : -1));

export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

const written = ({ counts, no_activity: isNothing, texts = {} }) =>
  JSON.stringify([Boolean(isNothing), Object.entries(counts).sort(), Object.entries(texts).sort()]);
const isSame = (one, other) => written(one) === written(other);

// Keeps what was typed; only then may anything be sent. `existing` is the report that the person
// saw: its id and version, and as `op` what waited here. `captured` is the moment of the tap.
export async function save(target, content, existing, captured) {
  const key = keyOf(target);
  const entry = await change("entries", key, (known) => {
    const waiting = known && isWaiting(known) ? known : null;
    const row = known ?? { ...target, key };
    const present = typedIn(known) ?? known?.receipt;
    if (present && present.op !== existing?.op && !isSame(present, content)) {
      row.rivals = [...(row.rivals ?? []), { op: newId(), captured_at: captured, ...content }];
      return row;
    }
    if (!waiting) {
      row.id = existing?.id ?? newId();
      row.version = existing?.version ?? 0;
    }
    // A first report was written when its first numbers were, whatever is mended before it is taken.
    const first = row.version === 0 && typedIn(known);
    return waitWith(row, { op: newId(), captured_at: (first && first.captured_at) || captured, ...content });
  });
  tell();
  return entry;
}

// Puts what is to be sent into an entry.
export function waitWith(row, next) {
  row.next = next;
  row.state = "saved";
  row.saved_at = Date.now();
  for (const name of ["problem", "refused", "hint", "tries", "retry_at"]) delete row[name];
  return row;
}

// Ends a conflict: the person has seen both versions, and keeps "mine" or "theirs".
export async function choose(key, which) {
  await change("entries", key, (entry) => {
    const rival = entry?.rivals?.shift();
    if (rival) {
      if (!entry.rivals.length) delete entry.rivals;
      return which === "mine" ? waitWith(entry, rival) : entry;
    }
    const { problem, refused } = entry ?? {};
    if (problem?.kind !== "conflict") return undefined;
    entry.id = problem.current.id;
    entry.version = problem.current.version;
    if (which === "mine") {
      entry.next = { ...refused, op: newId() };
      entry.state = "saved";
    } else {
      entry.receipt = { ...problem.current, op: newId() };
      entry.state = "received";
    }
    delete entry.problem;
    delete entry.refused;
    return entry;
  });
  tell();
}

// Gives up what was typed and refused, and what has been received long ago: for a while it stays,
// in case that the server loses it (restored.js).
export async function drop(key) {
  await change("entries", key, (entry) => (entry && (isWaiting(entry) || entry.rivals) ? undefined : null));
  tell();
}

export async function tidy() {
  for (const entry of await all("entries")) {
    if (entry.state === "received" && entry.saved_at < Date.now() - LIFE) await drop(entry.key);
  }
}

// One flusher at a time among all pages and the worker, by Web Locks or by a lease.
async function alone(work) {
  if (self.navigator?.locks) return navigator.locks.request("queue", work);
  const holder = newId();
  const lease = (until) =>
    change("kept", "lease", (row) =>
      row && row.holder !== holder && isAhead(row.until, LEASE) ? undefined : { name: "lease", holder, until },
    );
  const renew = () => lease(Date.now() + LEASE);
  if (!(await renew())) return undefined;
  try {
    return await work(renew);
  } finally {
    await lease(0);
  }
}

// Whether a moment is still to come. What lies further ahead than we ever wait was written
// while the phone's clock was wrong.
const isAhead = (moment, longest) => moment > Date.now() && moment <= Date.now() + longest;

let running;
let askedAgain;

// Sends what waits. `isForced` does not wait for the pause after a failure to end. Returns
// whether nothing is left that only wants another try; asked while it is sending, of the round
// that follows.
export function flush({ isForced = false } = {}) {
  if (running) {
    askedAgain = { isForced: isForced || askedAgain?.isForced };
    return running;
  }
  running = alone((renew) => round(isForced, renew))
    .catch(() => false)
    .then((isDone) => {
      running = undefined;
      const asked = askedAgain;
      askedAgain = undefined;
      return asked ? flush(asked) : isDone;
    });
  return running;
}

async function round(isForced, renew) {
  const due = (entry) =>
    isWaiting(entry) && entry.state !== "attention" && (isForced || !isAhead(entry.retry_at, LONGEST));
  const passedOver = new Set();
  let sender;
  for (;;) {
    const waiting = (await all("entries")).filter((e) => due(e) && !passedOver.has(e.key));
    if (!waiting.length) return !(await all("entries")).some((entry) => isWaiting(entry) && entry.state === "saved" && entry.hint !== "sign_in");
    if (self.navigator?.onLine === false) {
      // Nothing goes out, and nothing is of unknown fate for having been tried.
      await hold(waiting, "");
      return false;
    }
    sender ??= await ticketNow();
    if (!sender.owner) {
      await hold(waiting, sender.status === 401 ? "sign_in" : "");
      return sender.status === 401;
    }
    const entry = waiting.find((one) => one.owner === sender.owner);
    if (!entry) return true;
    if (typeof renew === "function") await renew();
    const answer = await send(entry.key, sender);
    if (answer === undefined) continue;
    if (answer.status === 401 || answer.status === 403) {
      // The ticket may be older than the session: ask for a new one, once.
      if (sender.isFresh) passedOver.add(entry.key);
      sender = undefined;
    } else if (isLost(answer)) return false;
    else if (isEarly(answer)) passedOver.add(entry.key);
  }
}

const isEarly = ({ body }) => body?.code === "early";
const isLost = ({ status }) => !status || status >= 500 || status === 429 || status === 408;
// As whom we would send. A page that has just come from the server knows it already; `isAsked`
// asks all the same, and so whether the server is there.
let ticket;
export const useTicket = (given) => {
  ticket = given;
};

export async function ticketNow({ isAsked = false } = {}) {
  if (ticket && !isAsked) {
    const known = ticket;
    ticket = undefined;
    return known;
  }
  const { status, body } = await ask("/queue/ticket/", {});
  const isGood = status === 200 && Number.isInteger(body?.owner) && body.csrf;
  return isGood ? { ...body, isFresh: true } : { status: status === 200 ? 0 : status };
}

// Whether the server itself says that nobody is signed in here.
export const isSignedOut = async () => (await ticketNow({ isAsked: true })).status === 401;

// A request that ends: with an answer in JSON, or with status 0. Whoever stands in between
// (the sign-in of a café's network) answers something else, and that is no answer.
export async function ask(url, options) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const claim = await claimNow().catch(() => "");
    const answer = await fetch(url, {
      ...options,
      headers: { Accept: "application/json", "X-Phone": claim, ...options.headers },
      credentials: "same-origin",
      redirect: "manual",
      cache: "no-store",
      signal: stop.signal,
    });
    const isJson = answer.headers.get("Content-Type")?.includes("json");
    if (!isJson) return { status: answer.status >= 500 ? answer.status : 0 };
    return { status: answer.status, body: await answer.json() };
  } catch {
    return { status: 0 };
  } finally {
    clearTimeout(timer);
  }
}

// What leads learn of this phone: whose queue it looked at, which phone it is, the worker's version,
// how many reports wait beside the one that is being sent, and how many were refused.
async function claimNow() {
  const owner = Number(await readValue("reader"));
  const { value: phone } = await change("kept", "phone", (row) => row ?? { name: "phone", value: newId().slice(0, 8) });
  const mine = await entriesOf(owner);
  const waiting = mine.filter((entry) => isWaiting(entry) && entry.state !== "sending");
  const [, version = "-"] = (await caches.keys()).join().match(/tien-phong-(\w+)$/) ?? [];
  return [owner, phone, version, waiting.length, mine.filter(needsAttention).length].join(" ");
}

// Nothing can be sent now: whatever was under way when a page was closed waits again.
async function hold(entries, hint) {
  for (const { key } of entries) {
    await change("entries", key, (entry) => {
      if (!entry || !isWaiting(entry)) return undefined;
      entry.state = "saved";
      if (hint || entry.hint === "early") entry.hint = hint;
      if (!hint) postpone(entry);
      return entry;
    });
  }
  tell();
}

function postpone(entry) {
  entry.tries = (entry.tries ?? 0) + 1;
  const pause = PAUSES[Math.min(entry.tries, PAUSES.length) - 1];
  // Many phones come back to the network at one moment.
  entry.retry_at = Date.now() + pause * (0.75 + Math.random() / 2);
}

async function send(key, sender) {
  const entry = await change("entries", key, (row) => {
    if (!row || !isWaiting(row) || row.state === "attention") return undefined;
    if (!row.sent) {
      row.sent = kindOf(row).begin(row);
      row.next = null;
    }
    row.state = "sending";
    return row;
  });
  if (!entry) return undefined;
  tell();
  const { op } = entry.sent;
  const kind = kindOf(entry);
  let answer = await ask(kind.url(entry), {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "X-CSRFToken": sender.csrf,
      "X-Queue-Owner": String(entry.owner),
    },
    body: JSON.stringify(kind.body(entry)),
  });
  // Nothing but a receipt says that it was taken.
  if (answer.status < 400 && !kind.isReceipt(entry, answer.body)) answer = { status: 0 };
  await change("entries", key, (row) => (row?.sent?.op === op ? settle(row, answer, sender) : undefined));
  tell();
  return answer;
}

// What an answer makes of an entry.
function settle(entry, { status, body }, sender) {
  delete entry.hint;
  if (status === 200 || status === 201) {
    kindOf(entry).take(entry, body);
    entry.sent = null;
    entry.state = entry.next ? "saved" : "received";
    entry.tries = 0;
    delete entry.retry_at;
  } else if (isLost({ status }) || isEarly({ body })) {
    entry.state = "saved";
    postpone(entry);
    if (isEarly({ body })) Object.assign(entry, { hint: "early", said: body.detail });
  } else if (status === 401 || body?.code === "other_owner") {
    entry.state = "saved";
    entry.hint = "sign_in";
  } else if (status === 403 && !sender.isFresh) {
    entry.state = "saved";
  } else {
    // It was not taken, and will not be: the person decides what becomes of it.
    entry.refused = entry.next ?? entry.sent;
    entry.sent = entry.next = null;
    entry.state = "attention";
    entry.problem = { kind: problemOf(status, body), ...body };
  }
  return entry;
}

function problemOf(status, body) {
  if (status === 409) return body.current ? "conflict" : "closed";
  return status === 400 ? "values" : "refused";
}
