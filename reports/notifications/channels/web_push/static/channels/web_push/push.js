// Turns notices on this phone on and off. The browser is asked only after a tap.
const box = document.getElementById("phone");
const button = box.querySelector("button");
const status = box.querySelector("[role=status]");
const { key, on: addUrl, off: removeUrl } = box.dataset;
const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
let isOn = false;

const isAble = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

if (!isAble) say("unsupported");
else if (Notification.permission === "denied") say("blocked");
else await look().catch(() => say("failed"));

function say(name, detail = "") {
  status.textContent = detail || box.dataset[name] || "";
}

async function subscription() {
  const worker = await navigator.serviceWorker.ready;
  return worker.pushManager.getSubscription();
}

function bytesOf(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

// The server knows better than the browser whose phone this is.
async function look() {
  const found = box.dataset.known ? await subscription() : null;
  show(Boolean(found));
  button.hidden = false;
  button.addEventListener("click", toggle);
}

function show(value) {
  isOn = value;
  button.textContent = isOn ? box.dataset.stop : box.dataset.start;
  say(isOn ? "ison" : "isoff");
}

async function toggle() {
  button.disabled = true;
  say("working");
  try {
    await (isOn ? stop() : start());
  } catch {
    say(navigator.onLine ? "failed" : "offline");
  }
  button.disabled = false;
}

async function start() {
  if ((await Notification.requestPermission()) !== "granted") {
    say(Notification.permission === "denied" ? "blocked" : "isoff");
    return;
  }
  const worker = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: bytesOf(key) };
  let made;
  try {
    made = await worker.pushManager.subscribe(options);
  } catch (error) {
    // Subscribed under an older key of the portal.
    if (error.name !== "InvalidStateError") throw error;
    await (await subscription())?.unsubscribe();
    made = await worker.pushManager.subscribe(options);
  }
  const answer = await send(addUrl, made);
  if (answer.ok) show(true);
  else say("failed", (await answer.json().catch(() => ({}))).detail);
}

async function stop() {
  const made = await subscription();
  if (made) {
    await send(removeUrl, made);
    await made.unsubscribe();
  }
  show(false);
}

function send(url, what) {
  return fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify(what),
  });
}
