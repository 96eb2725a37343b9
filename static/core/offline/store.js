// What the phone keeps, read and written by pages and worker alike: `entries` that wait to be
// sent, of whoever typed them; `kept` holds the book of the one who is signed in, and the language.
const STORES = { entries: "key", kept: "name" };
let opened;

// Without it (an old browser, a page without HTTPS) the plain form does the work.
export const isThere = "indexedDB" in self && self.isSecureContext;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open("tien-phong", 1);
    asked.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(STORES)) {
        asked.result.createObjectStore(name, { keyPath });
      }
    };
    asked.onsuccess = () => {
      asked.result.onversionchange = () => {
        asked.result.close();
        opened = undefined;
      };
      resolve(asked.result);
    };
    asked.onerror = () => {
      opened = undefined;
      reject(asked.error);
    };
  });
  return opened;
}

async function ask(name, mode, work) {
  const link = await database();
  return new Promise((resolve, reject) => {
    // Strict: what is called saved outlives a battery that gives out.
    const transaction = link.transaction(name, mode, { durability: "strict" });
    let result;
    work(transaction.objectStore(name), (found) => {
      result = found;
    });
    transaction.oncomplete = () => resolve(result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

export const read = (name, key) =>
  ask(name, "readonly", (store, done) => {
    store.get(key).onsuccess = (event) => done(event.target.result);
  });

export const all = (name) =>
  ask(name, "readonly", (store, done) => {
    store.getAll().onsuccess = (event) => done(event.target.result);
  });

// Reads a row, lets `turn` make the new one of it and writes that, in one transaction. `turn`
// returns null to delete it, undefined to leave it alone.
export const change = (name, key, turn) =>
  ask(name, "readwrite", (store, done) => {
    store.get(key).onsuccess = (event) => {
      const row = turn(event.target.result);
      if (row === null) store.delete(key);
      else if (row !== undefined) store.put(row);
      done(row);
    };
  });

export const keep = (name, value) => change("kept", name, () => ({ name, value }));
export const kept = async (name) => (await read("kept", name))?.value;
export const forget = (name) => change("kept", name, () => null);

// The report book: what the server said last about the own branches, and which day it is now.

const DAY = 86400000;

// The server's clock: what it said, and the time that has passed here since. The phone's own
// clock may be wrong, and the demo lives in 2023.
export function now(book) {
  return new Date(Date.parse(book.now) + Math.max(0, Date.now() - book.fetched_at));
}

// A moment as the server writes it, by the offset in which it writes.
export function written(book, moment) {
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(book.now) ?? ["", "+", "7", "0"];
  const offset = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60000;
  return new Date(moment.getTime() + offset).toISOString();
}

export const dayOf = (book, moment) => written(book, moment).slice(0, 10);

export const today = (book) => dayOf(book, now(book));
export const shift = (day, by) =>
  new Date(Date.parse(`${day}T00:00Z`) + by * DAY).toISOString().slice(0, 10);

export function at(book, day, time) {
  return new Date(`${day}T${time}${/([+-]\d\d:\d\d)$/.exec(book.now)?.[1] ?? "+07:00"}`);
}

// The days that still take counts, by day; those that have come since the book was fetched too.
export function openDays(book, branch) {
  const days = { ...branch.days };
  const last = today(book);
  for (let day = shift(book.today, 1); day <= last; day = shift(day, 1)) {
    if (day > book.campaign.last) break;
    const closes = at(book, shift(day, book.rules.editable_days), book.rules.closes);
    days[day] ??= { closes: closes.toISOString() };
  }
  const moment = now(book);
  return Object.fromEntries(
    Object.entries(days).filter(([, said]) => new Date(said.closes) >= moment),
  );
}

const REPORT = /^(?:\/c\/([-\w]+))?\/report\/$/;

// Whether an address is the report page: a campaign's, or the short one, which leads on.
export const isReport = (path) => REPORT.test(path);
export const isShort = (path) => !path.startsWith("/c/");

// How figures are read: kept by every link, as campaign/addresses.py does.
export function reading() {
  const said = [...new URLSearchParams(location.search)];
  return Object.fromEntries(said.filter(([name]) => ["basis", "by"].includes(name)));
}

export const reportPage = (campaign, asked) =>
  `/c/${campaign}/report/?${new URLSearchParams({ ...reading(), ...asked })}`;

// What the address of a report page asks for, the campaign with it.
export function askedBy({ pathname, search }) {
  const asked = new URLSearchParams(search);
  const slug = REPORT.exec(pathname)?.[1];
  if (slug) asked.set("campaign", slug);
  return asked;
}

// The branch, day and unit that an address asks for; null where the book knows nothing of it.
export function placeIn(book, asked) {
  if (!book || asked.has("full")) return null;
  const { campaign } = book;
  if ((asked.get("campaign") ?? campaign.slug) !== campaign.slug) return null;
  const branch = asked.has("branch")
    ? book.branches.find((one) => one.code === asked.get("branch"))
    : book.branches[0];
  if (!branch) return null;
  const date = asked.get("date") ?? today(book);
  if (!(date in openDays(book, branch))) return null;
  const unit = branch.units ? (asked.get("unit") ?? "") : branch.home;
  if (unit && branch.units && !branch.units.some(([code]) => code === unit)) return null;
  return { campaign, branch, date, unit };
}

export const reportOf = (branch, date, unit) =>
  branch.reports.find((one) => one.date === date && one.unit === unit);
