// Elements that htmx polls carry data-refresh. Asked with the tag of what is shown, the server
// answers 304 while nothing has changed, and nothing on the page moves.

const tags = new Map();
const root = document.documentElement;

function polled(event) {
  const element = event.detail.elt;
  return element instanceof Element && element.hasAttribute("data-refresh") ? element : null;
}

document.addEventListener("htmx:configRequest", (event) => {
  const element = polled(event);
  if (!element) return;
  // Nobody looks at a hidden tab; it asks again when it is shown.
  if (document.hidden) {
    event.preventDefault();
    return;
  }
  const tag = tags.get(event.detail.path) ?? element.dataset.etag;
  if (tag) event.detail.headers["If-None-Match"] = tag;
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (!polled(event)) return;
  const { xhr, pathInfo } = event.detail;
  const asked = new URL(pathInfo.requestPath, location.href).pathname;
  // The session is over and we were sent to the sign-in page: go there as a whole page.
  if (xhr.status === 200 && new URL(xhr.responseURL).pathname !== asked) {
    event.detail.shouldSwap = false;
    location.reload();
  } else if (xhr.status !== 200) {
    event.detail.shouldSwap = false;
  }
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (!polled(event)) return;
  const { xhr, pathInfo } = event.detail;
  // The page says so while its figures may be out of date (.only-stale, .not-stale).
  root.classList.toggle("stale", xhr.status !== 200 && xhr.status !== 304);
  const tag = xhr.getResponseHeader("ETag");
  if (xhr.status === 200 && tag) tags.set(pathInfo.requestPath, tag);
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  for (const element of document.querySelectorAll("[data-refresh]")) {
    element.dispatchEvent(new Event("refresh"));
  }
});
