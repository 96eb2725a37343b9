// The server was put back to an older day: what it has answered and lost since is sent again.
// `restored` says from when to when its receipts may be of what it no longer has.
import { change } from "./idb.js";
import { reportOf } from "./offline_snapshot.js";
import { flush, isCheckin, newId, ofOwner, tell, ticketNow, waitWith } from "./queue.js";

const isWithin = (moment, { from, to }) =>
  Date.parse(moment) > Date.parse(from) && Date.parse(moment) < Date.parse(to);

// `again` is given each received entry, and makes it wait if it is to be sent.
async function send(entries, again) {
  let isAny = false;
  for (const { key } of entries) {
    await change("entries", key, (entry) => {
      const row = entry?.state === "received" ? again(entry) : undefined;
      if (row) isAny = true;
      return row;
    });
  }
  if (!isAny) return;
  tell();
  flush();
}

// What stands there from before that day is what a report corrects; what somebody has written since
// asks the person, as version 0 of a day that has one does.
export async function sendReportsAgain(snapshot) {
  const { owner, campaign, branches, restored } = snapshot ?? {};
  if (!restored) return;
  await send(await ofOwner(owner), (entry) => {
    const isOwn = entry.taken && entry.taken.op === entry.receipt.op;
    const branch = branches.find(({ code }) => code === entry.branch);
    // A day that is closed waits: when it is opened again, a snapshot will say so.
    const isOpen = entry.campaign === campaign.slug && entry.date in (branch?.days ?? {});
    if (!isOwn || !isOpen || !isWithin(entry.receipt.received_at, restored)) return undefined;
    const stands = reportOf(branch, entry.date, entry.unit || branch.home);
    const isOlder = stands && Date.parse(stands.received_at) < Date.parse(restored.to);
    entry.id = stands?.id ?? entry.id;
    entry.version = isOlder ? stands.version : 0;
    return waitWith(entry, { ...entry.taken, op: newId() });
  });
}

// Who leads a session has no snapshot: the server is asked, by those phones that keep a receipt.
export async function sendCheckinsAgain(owner) {
  const received = (await ofOwner(owner)).filter((one) => isCheckin(one) && one.state === "received");
  if (!received.length) return;
  const { owner: asked, restored } = await ticketNow({ isAsked: true });
  if (asked !== owner || !restored) return;
  await send(received, (entry) =>
    isWithin(entry.receipt.checked_in_at, restored)
      ? waitWith(entry, { op: entry.id })
      : undefined,
  );
}
