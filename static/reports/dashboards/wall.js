// Stands for days: asks every two seconds for what is new, shows one view after the other, and says
// so while nobody answers. Nothing is left behind by a round, so that a night is as long as a minute.
const [EVERY, EACH, PATIENCE] = [2000, 15000, 10000];
const root = document.documentElement;
const wall = document.getElementById("wall");
const [full, pause] = [document.querySelector("[name=full]"), document.querySelector("[name=pause]")];

let tag = wall.dataset.etag;
let at = 0;

const views = () => [...wall.querySelectorAll(".view")];

function show() {
  const all = views();
  at = ((at % all.length) + all.length) % all.length;
  all.forEach((view, number) => view.classList.toggle("on", number === at));
}

function step(by) {
  at += by;
  show();
}

// What came since is marked for as long as it is the newest.
function replace(part) {
  const known = new Set([...wall.querySelectorAll("[data-report]")].map((row) => row.dataset.report));
  wall.innerHTML = part;
  for (const row of wall.querySelectorAll("[data-report]")) {
    row.classList.toggle("new", !known.has(row.dataset.report));
  }
  show();
}

async function look() {
  const stop = AbortSignal.timeout(PATIENCE);
  const headers = { "HX-Request": "true", "If-None-Match": tag };
  const answer = await fetch(location.href, { headers, cache: "no-store", signal: stop });
  const isSame = answer.status === 304;
  // Led to the sign-in page: what is shown stays, with words.
  const isOver = answer.redirected || answer.status === 401 || answer.status === 403;
  root.classList.toggle("over", isOver);
  if (isOver) return;
  if (!isSame && answer.status !== 200) throw new Error(answer.status);
  if (!isSame) {
    const part = await answer.text();
    tag = answer.headers.get("ETag") ?? "";
    replace(part);
  }
  root.classList.remove("stale");
  // The portal was upgraded, and is there again: its new looks are fetched.
  const style = wall.querySelector("[data-style]")?.dataset.style;
  if (style && style !== wall.dataset.style) location.reload();
}

async function watch() {
  for (;;) {
    await look().catch(() => root.classList.add("stale"));
    await new Promise((go) => setTimeout(go, EVERY));
  }
}

// A screen that sleeps shows nothing; where it may not be held awake, its own settings have to.
const stayAwake = () => navigator.wakeLock?.request("screen").catch(() => {});

let resting;
function rest() {
  root.classList.remove("idle");
  clearTimeout(resting);
  resting = setTimeout(() => root.classList.add("idle"), 3000);
}

root.classList.add("rotating");
full.hidden = !document.fullscreenEnabled;
pause.hidden = false;
full.addEventListener("click", () => {
  if (document.fullscreenElement) document.exitFullscreen();
  else root.requestFullscreen();
});
const isPaused = () => pause.getAttribute("aria-pressed") === "true";
pause.addEventListener("click", () => pause.setAttribute("aria-pressed", String(!isPaused())));
addEventListener("keydown", ({ key, target }) => {
  if (target.closest("button, a")) return;
  if (key === "ArrowRight") step(1);
  else if (key === "ArrowLeft") step(-1);
  else if (key === " ") pause.click();
});
addEventListener("pointermove", rest);
document.addEventListener("visibilitychange", () => document.hidden || stayAwake());
setInterval(() => isPaused() || step(1), EACH);
show();
rest();
stayAwake();
watch();
