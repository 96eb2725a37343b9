// The offline snapshot: what the server answered last about the own branches, which day it is now,
// and which report an address means.
import { deleteValue, readValue, saveValue } from "./idb.js";

// The names under which phones hold them: that of the campaign that was opened last, since the first
// edition, and those of the other campaigns of the same person.
const [STORED, OTHERS] = ["book", "other-books"];

// Returns all, that of the campaign opened last first.
export async function readSnapshots() {
  const [last, others = []] = [await readValue(STORED), await readValue(OTHERS)];
  return last ? [last, ...others.filter(({ owner }) => owner === last.owner)] : [];
}

const slugOf = ({ campaign }) => campaign?.slug;

// That of a campaign; of none in particular, that which was opened last.
export async function readSnapshot(slug) {
  const found = await readSnapshots();
  return slug ? found.find((one) => slugOf(one) === slug) : found[0];
}

const write = (last, others) =>
  Promise.all([
    last ? saveValue(STORED, last) : deleteValue(STORED),
    others.length ? saveValue(OTHERS, others) : deleteValue(OTHERS),
  ]);

// A page's is that which was opened last; what comes along for another campaign is not. Those of
// somebody else go, and those of campaigns with which the person has no more to do: returns how
// these are called.
export async function saveSnapshot(snapshot, { isAside = false } = {}) {
  const isOther = (one) => one.owner === snapshot.owner && slugOf(one) !== slugOf(snapshot);
  const rest = (await readSnapshots()).filter(isOther);
  const [last, ...others] = isAside ? [...rest, snapshot] : [snapshot, ...rest];
  const isNamed = (one) => snapshot.running?.some(([slug]) => slug === slugOf(one));
  await write(last, others.filter(isNamed));
  return others.filter((one) => !isNamed(one)).map(({ campaign }) => campaign?.name);
}

// Forgets that of one campaign, of which the others know no more, or all; with all, pages that
// somebody took along.
export async function deleteSnapshot(slug) {
  if (!slug) await self.caches?.delete("taken");
  const rest = slug ? (await readSnapshots()).filter((one) => slugOf(one) !== slug) : [];
  const without = (one) => ({ ...one, running: one.running?.filter(([other]) => other !== slug) });
  const [last, ...others] = rest.map(without);
  await write(last, others);
}

// The campaigns between which one chooses, as [slug, name]: none where there is one.
export const choices = (snapshot) => (snapshot?.running?.length > 1 ? snapshot.running : []);

// Whose campaign a page is of, where one has to do with several.
export const ofSeveral = (snapshot) => (choices(snapshot).length ? snapshot.campaign.name : "");

const DAY = 86400000;
// A clock is set right by some minutes, and trusted for some days.
const [SLACK, SURE_DAYS, WEEK] = [600000, 2, 7];

// The server's clock: what it said, and the time that has passed here since. The phone's own
// clock may be wrong, and the demo lives in 2023.
export function now(snapshot) {
  return new Date(Date.parse(snapshot.now) + Math.max(0, Date.now() - snapshot.fetched_at));
}

// A moment as the server writes it, by the offset in which it writes.
export function written(snapshot, moment) {
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(snapshot.now) ?? ["", "+", "7", "0"];
  const offset = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60000;
  return new Date(moment.getTime() + offset).toISOString();
}

export const dayOf = (snapshot, moment) => written(snapshot, moment).slice(0, 10);

export const shift = (day, by) =>
  new Date(Date.parse(`${day}T00:00Z`) + by * DAY).toISOString().slice(0, 10);

// The phone's clock was put back since the snapshot came, or says that it came long ago: which day
// it is, the person knows better.
export function isUnsure(snapshot) {
  const passed = Date.now() - snapshot.fetched_at;
  return passed < -SLACK || passed > SURE_DAYS * DAY;
}

// A clock that is far ahead is as wrong as one that goes back.
export function today(snapshot) {
  const reckoned = dayOf(snapshot, now(snapshot));
  return reckoned > shift(snapshot.today, WEEK) ? snapshot.today : reckoned;
}

export function at(snapshot, day, time) {
  return new Date(`${day}T${time}${/([+-]\d\d:\d\d)$/.exec(snapshot.now)?.[1] ?? "+07:00"}`);
}

// The days that still take counts, by day; those that have come since the snapshot was fetched too.
// Where the clock cannot be trusted, all that may be: the server has the last word.
export function openDays(snapshot, branch) {
  const days = { ...branch.days };
  const isAny = isUnsure(snapshot);
  const last = isAny ? shift(snapshot.today, WEEK) : today(snapshot);
  for (let day = shift(snapshot.today, 1); day <= last; day = shift(day, 1)) {
    if (day > snapshot.campaign.last) break;
    const closes = at(snapshot, shift(day, snapshot.rules.editable_days), snapshot.rules.closes);
    days[day] ??= { closes: closes.toISOString(), asks: days[snapshot.today]?.asks };
  }
  const moment = now(snapshot);
  return Object.fromEntries(
    Object.entries(days).filter(([, { closes }]) => isAny || new Date(closes) >= moment),
  );
}

const REPORT = /^(?:\/c\/([-\w]+))?\/report\/$/;

// Whether an address is the report page: a campaign's, or the short one, which leads on.
export const isReport = (path) => REPORT.test(path);
export const isShort = (path) => !path.startsWith("/c/");

// How figures are read: kept by every link, as campaign/addresses.py does.
export function reading() {
  const asked = [...new URLSearchParams(location.search)];
  return Object.fromEntries(asked.filter(([name]) => ["basis", "by"].includes(name)));
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

// The branch, day and unit that an address asks for; null where the snapshot knows nothing of it.
export function targetIn(snapshot, asked) {
  if (!snapshot || asked.has("full")) return null;
  const { campaign } = snapshot;
  if ((asked.get("campaign") ?? campaign.slug) !== campaign.slug) return null;
  const branch = asked.has("branch")
    ? snapshot.branches.find((one) => one.code === asked.get("branch"))
    : snapshot.branches[0];
  if (!branch) return null;
  const date = asked.get("date") ?? today(snapshot);
  if (!(date in openDays(snapshot, branch))) return null;
  const unit = branch.units ? (asked.get("unit") ?? "") : branch.home;
  if (unit && branch.units && !branch.units.some(([code]) => code === unit)) return null;
  return { campaign, branch, date, unit };
}

export const reportOf = (branch, date, unit) =>
  branch.reports.find((one) => one.date === date && one.unit === unit);
