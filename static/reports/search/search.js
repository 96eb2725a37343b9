// Finds as one types, and goes through what was found by the arrows; without it the form is sent.
const form = document.getElementById("search");
const field = form.elements.q;

let [timer, asked] = [0, 0];

field.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(look, 300);
});

async function look() {
  const number = ++asked;
  const address = `?${new URLSearchParams(new FormData(form))}`;
  const answer = await fetch(address).catch(() => null);
  // What was typed since is asked by itself, and an answer that took longer comes too late.
  if (!answer?.ok || number !== asked) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.getElementById("found");
  if (!found || number !== asked) return;
  document.getElementById("found").replaceWith(found);
  history.replaceState(null, "", address);
}

document.addEventListener("keydown", (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by || event.altKey || event.ctrlKey || event.metaKey) return;
  const stops = [field, ...document.querySelectorAll("#found a")];
  const at = stops.indexOf(document.activeElement);
  const next = stops[at + by];
  if (at < 0 || !next) return;
  event.preventDefault();
  next.focus();
});
