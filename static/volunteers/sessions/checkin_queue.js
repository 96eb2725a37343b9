// Check-ins in the phone's queue: one entry for a person at a session, by their numbers alone; of a
// newcomer number and name, until they are received.
import { change } from "../../core/offline/idb.js";
import { isCheckin, isWaiting, newId, ofOwner, tell } from "../../core/offline/queue.js";

export async function checkinsOf(owner, session) {
  const found = await ofOwner(owner);
  return found.filter((entry) => isCheckin(entry) && entry.session === session);
}

// Keeps who was ticked; only then may anything be sent. Who waits already waits on.
export async function saveCheckins(owner, session, volunteers) {
  await Promise.all(volunteers.map((volunteer) => keep(owner, session, volunteer, { volunteer })));
  tell();
}

// Keeps a newcomer as typed: `phone` and `full_name`.
export async function saveNewcomer(owner, session, newcomer) {
  await keep(owner, session, `new ${newcomer.phone}`, { newcomer });
  tell();
}

function keep(owner, session, who, person) {
  const key = [owner, "checkin", session, who].join("|");
  return change("entries", key, (known) => {
    if (known && isWaiting(known)) return undefined;
    const id = newId();
    return {
      ...{ key, kind: "checkin", owner, session, ...person, id },
      ...{ sent: null, next: { op: id }, state: "saved", saved_at: Date.now() },
    };
  });
}

// The number and name typed in a form, where both look whole; else nothing.
export function newcomerIn({ phone, full_name: name }) {
  const typed = { phone: phone?.value.trim(), full_name: name?.value.trim() };
  const isWhole = typed.full_name && typed.phone?.replace(/\D/g, "").length > 8;
  return isWhole ? typed : null;
}

// Takes back a tick that has never been sent; returns whether it is gone.
export async function takeBack(key) {
  let isGone = false;
  await change("entries", key, (entry) => {
    isGone = Boolean(entry && !entry.sent && entry.state !== "received");
    return isGone ? null : undefined;
  });
  tell();
  return isGone;
}
