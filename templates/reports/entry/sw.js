{% load static %}// The worker: keeps the report page on the phone and sends the queue when the network is back.
// The server draws it with the names of the files that it keeps; nothing in it is of anybody.
import { readValue, saveValue } from "{% static 'core/offline/idb.js' %}";
import { askedBy, choices, deleteSnapshot, isReport, isShort, readSnapshot, reportPage, targetIn } from "{% static 'core/offline/offline_snapshot.js' %}";
import { flush, isSignedOut } from "{% static 'core/offline/queue.js' %}";
{% if push %}import "{{ push }}";
{% endif %}
self.portalName = "{{ portal_name|escapejs }}";
const CACHE = "tien-phong-{{ version }}";
const FILES = [{% for file in files %}"{{ file }}"{% if not forloop.last %}, {% endif %}{% endfor %}];
const LANGUAGES = [{% for language in languages %}"{{ language }}"{% if not forloop.last %}, {% endif %}{% endfor %}];

const pageOf = (name, language) => `/shell/${name}/${language}/`;

async function language() {
  const chosen = await readValue("language").catch(() => undefined);
  return LANGUAGES.includes(chosen) ? chosen : LANGUAGES[0];
}

async function fetchPages(cache) {
  const chosen = await language();
  const pages = ["report", "away"].map((name) => pageOf(name, chosen));
  await cache.addAll(pages.map((page) => new Request(page, { cache: "no-cache" })));
}

self.addEventListener("install", (event) => {
  const work = async () => {
    const cache = await caches.open(CACHE);
    await Promise.all([cache.addAll(FILES), fetchPages(cache)]);
    await self.skipWaiting();
  };
  event.waitUntil(work());
});

self.addEventListener("activate", (event) => {
  const work = async () => {
    const names = await caches.keys();
    const old = names.filter((name) => name.startsWith("tien-phong-") && name !== CACHE);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(work());
});

async function cachedPage(name) {
  const cache = await caches.open(CACHE);
  const page = await cache.match(pageOf(name, await language()));
  // Chosen elsewhere or while the network was away: fetched now, for the next time.
  if (!page) fetchPages(cache).catch(() => {});
  return page;
}

// Without a network a page in another language is better than none.
async function anyPage(name) {
  const cache = await caches.open(CACHE);
  const found = await Promise.all(LANGUAGES.map((one) => cache.match(pageOf(name, one))));
  return found.find(Boolean) ?? Response.error();
}

async function away() {
  return (await cachedPage("away")) ?? anyPage("away");
}

// What somebody took along to be read where there is no network.
const taken = async (request) => (await caches.match(request, { cacheName: "taken", ignoreSearch: true })) ?? away();

async function snapshotFor(asked) {
  try {
    const snapshot = await readSnapshot(asked.get("campaign"));
    return targetIn(snapshot, asked) ? snapshot : undefined;
  } catch {
    return undefined;
  }
}

// Answered from the phone if its snapshot can be read and knows the branch and the day; else by the
// server.
async function report(request, address) {
  const asked = askedBy(address);
  const snapshot = await snapshotFor(asked);
  if (!snapshot) return fetch(request).catch(away);
  if (isShort(address.pathname)) return leadOn(request, snapshot, asked);
  const page = await cachedPage("report").catch(() => undefined);
  return page ?? fetch(request).catch(() => anyPage("report"));
}

// The short address leads on to the snapshot's campaign; where several run, the server asks which, and
// without a network the phone's own page.
function leadOn(request, snapshot, asked) {
  const isNamed = asked.has("campaign");
  asked.delete("campaign");
  const there = () => Response.redirect(reportPage(snapshot.campaign.slug, Object.fromEntries(asked)));
  return isNamed || !choices(snapshot).length ? there() : fetch(request).catch(away);
}

// Signing out takes along what the phone knows, once the server says that nobody is signed in; the
// queue waits for its owner. Without a network one is still signed in, and works on.
async function signOut(request) {
  const answer = await fetch(request).catch(away);
  if (await isSignedOut()) await deleteSnapshot();
  return answer;
}

// What cannot be sent leaves the page as it is, with everything typed; the page says so, and where
// none does, one of the phone's own.
async function send(request) {
  try {
    return await fetch(request);
  } catch {
    const pages = await self.clients.matchAll({ type: "window" });
    const shown = await Promise.all(pages.map((page) => isShown(page, request.url)));
    if (shown.some(Boolean)) return new Response(null, { status: 204 });
    const page = await away();
    const text = (await page.text()).replace(" hidden data-unsent", "");
    return new Response(text, { headers: page.headers });
  }
}

function isShown(page, address) {
  return new Promise((answer) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => answer(data);
    page.postMessage({ unsent: address }, [port2]);
    setTimeout(answer, 1000, false);
  });
}

async function keepLanguage(request) {
  const chosen = (await request.formData()).get("language");
  if (!LANGUAGES.includes(chosen)) return;
  await saveValue("language", chosen);
  await fetchPages(await caches.open(CACHE));
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  const { origin, pathname } = address;
  if (origin !== self.location.origin) return;
  if (request.method === "POST" && pathname === "/sign-out/") {
    event.respondWith(signOut(request));
  } else if (request.method === "POST" && request.mode === "navigate") {
    if (pathname === "/language/") event.waitUntil(keepLanguage(request.clone()).catch(() => {}));
    event.respondWith(send(request));
  } else if (request.method !== "GET") {
    return;
  } else if (request.mode === "navigate") {
    event.respondWith(
      isReport(pathname) ? report(request, address) : fetch(request).catch(() => taken(request)),
    );
  } else if (FILES.includes(pathname)) {
    event.respondWith(caches.match(request).then((found) => found ?? fetch(request)));
  }
});

self.addEventListener("sync", (event) => {
  const work = async () => {
    // Said to have failed, it is tried again by the phone.
    if (!(await flush({ isForced: true }))) throw new Error("The queue is not empty yet.");
  };
  if (event.tag === "queue") event.waitUntil(work());
});
