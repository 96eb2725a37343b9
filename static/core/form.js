// Niceties only: every form works without this file.

// No answer takes longer: the server gives up before.
const PATIENCE = 60000;

// The button that was pressed in a form that is being sent, with what stood on it.
const pressed = new Map();

// A second tap on a slow network is not a second sending; the server would refuse it anyway.
document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (event.defaultPrevented || form.method !== "post") return;
  // A file that is fetched leaves the page as it is; a kept page asks for its token first (pwa.js).
  if ("download" in (submitter ?? form).dataset || form.elements.csrfmiddlewaretoken?.value === "") return;
  if (pressed.has(form)) {
    event.preventDefault();
    return;
  }
  pressed.set(form, [submitter, ...(submitter?.childNodes ?? [])]);
  submitter?.replaceChildren(document.body.dataset.sending);
  // Who stopped a sending that hung may try again.
  setTimeout(release, PATIENCE, form);
});

function release(form) {
  const [button, ...words] = pressed.get(form) ?? [];
  pressed.delete(form);
  button?.replaceChildren(...words);
}

// Coming back with the browser's button brings the page as it was left: sent, and locked.
addEventListener("pageshow", () => [...pressed.keys()].forEach(release));
// Nor has what could not be sent (draft.js) left the page.
document.addEventListener("unsent", () => [...pressed.keys()].forEach(release));

// A password that can be looked at is typed right the first time.
for (const field of document.querySelectorAll("[data-reveal]")) {
  const input = field.querySelector("input[type=password]");
  if (!input) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link";
  button.textContent = field.dataset.show;
  button.setAttribute("aria-controls", input.id);
  button.addEventListener("click", () => {
    const hidden = input.type === "password";
    input.type = hidden ? "text" : "password";
    button.textContent = hidden ? field.dataset.hide : field.dataset.show;
    input.focus();
  });
  field.append(button);
}

// What is there to be copied is marked with one tap.
for (const input of document.querySelectorAll("input[data-select]")) {
  input.addEventListener("focus", () => input.select());
}
