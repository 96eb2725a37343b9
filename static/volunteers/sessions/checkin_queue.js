// Check-ins in the phone's queue: one entry for a person at a session, by their numbers alone.
import { change } from "../../core/offline/idb.js";
import { isWaiting, newId, ofOwner, tell } from "../../core/offline/queue.js";
import { isCheckin } from "../../core/offline/entry_types.js";

export async function checkinsOf(owner, session) {
  const found = await ofOwner(owner);
  return found.filter((entry) => isCheckin(entry) && entry.session === session);
}

// Keeps who was ticked; only then may anything be sent. Who waits already waits on.
export async function saveCheckins(owner, session, volunteers) {
  const keepOne = (volunteer) => {
    const key = [owner, "checkin", session, volunteer].join("|");
    return change("entries", key, (known) => {
      if (known && isWaiting(known)) return undefined;
      const id = newId();
      return {
        ...{ key, kind: "checkin", owner, session, volunteer, id },
        ...{ sent: null, next: { op: id }, state: "saved", saved_at: Date.now() },
      };
    });
  };
  await Promise.all(volunteers.map(keepOne));
  tell();
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
