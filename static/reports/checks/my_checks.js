// Takes along the pages of what one has to recount, to be opened where there is no network; the
// worker finds them, and signing out forgets them.
const links = document.querySelectorAll("[data-take] a");
const pages = [location.href, ...Array.from(links, ({ href }) => href)];
const cache = await caches.open("taken");
for (const request of await cache.keys()) if (!pages.includes(request.url)) await cache.delete(request);
await Promise.allSettled(pages.map((page) => cache.add(page)));
document.documentElement.dataset.taken = pages.length;
