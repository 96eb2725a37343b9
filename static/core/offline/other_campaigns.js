// Whoever has to do with several campaigns has all of them on the phone: what a page of one did not
// bring along is fetched for the others. It needs a network, so no phone keeps it.
import { choices, readSnapshot, saveSnapshot } from "./offline_snapshot.js";
import { ask } from "./queue.js";

// What came along is as good for a while, in milliseconds.
const RECENT = 600000;

export async function fetchOthers(snapshot) {
  for (const [slug] of choices(snapshot)) {
    const known = await readSnapshot(slug);
    if (known?.fetched_at > Date.now() - RECENT) continue;
    const { status, body } = await ask(`/api/v1/report-book/?campaign=${slug}`, {});
    if (status !== 200 || body?.owner !== snapshot.owner || !body.branches?.length) continue;
    const { csrf, ...fresh } = body;
    await saveSnapshot({ ...fresh, fetched_at: Date.now() }, { isAside: true });
  }
}
