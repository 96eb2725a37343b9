// The part of the worker that shows notices. What it shows was encrypted for this phone.
import { readValue } from "../../core/offline/idb.js";

// The worker that takes this in says what the portal is called.
const silent = () => ({ title: self.portalName, body: "Mở ứng dụng để xem.", url: "/", tag: "portal" });

// A phone that somebody else uses now shows that something came, not what.
async function contentOf(event) {
  try {
    const notice = event.data.json();
    const reader = await readValue("reader").catch(() => undefined);
    return reader && reader !== notice.owner ? silent() : notice;
  } catch {
    return silent();
  }
}

async function show(event) {
  const { title, body, url, tag } = await contentOf(event);
  await self.registration.showNotification(title, {
    body,
    tag,
    lang: "vi",
    icon: "/static/icons/icon-192.png",
    data: { url },
  });
}

async function open(url) {
  // Only pages of the portal, whatever came in.
  const there = new URL(url, self.location.origin);
  if (there.origin !== self.location.origin) return;
  const windows = await self.clients.matchAll({ type: "window" });
  const same = windows.find((window) => window.url === there.href);
  if (same) await same.focus();
  else await self.clients.openWindow(there.href);
}

async function leave() {
  const subscription = await self.registration.pushManager.getSubscription();
  await subscription?.unsubscribe();
}

self.addEventListener("push", (event) => event.waitUntil(show(event)));

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.url ?? "/"));
});

// Who signs out is told nothing on this phone any more.
self.addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  if (event.request.method === "POST" && pathname === "/sign-out/") {
    event.waitUntil(leave().catch(() => {}));
  }
});
