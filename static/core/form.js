// Niceties only: every form works without this file.

// No answer takes longer: the server gives up before.
const PATIENCE = 60000;

// The forms that are being sent; each puts back what stood on the button that was pressed.
const pressed = new Map();

// A second tap on a slow network is not a second sending; the server would refuse it anyway.
document.addEventListener("submit", (event) => {
  const { target: form, submitter: button } = event;
  if (event.defaultPrevented || form.method !== "post") return;
  // A file that is fetched leaves the page as it is; a kept page asks for its token first (pwa.js).
  if ("download" in (button ?? form).dataset || form.elements.csrfmiddlewaretoken?.value === "") return;
  if (pressed.has(form)) {
    event.preventDefault();
    return;
  }
  const words = [...(button?.childNodes ?? [])];
  pressed.set(form, () => button?.replaceChildren(...words));
  button?.replaceChildren(document.body.dataset.sending);
  // Who stopped a sending that hung may try again.
  setTimeout(release, PATIENCE, form);
});

function release(form) {
  pressed.get(form)?.();
  pressed.delete(form);
}

const releaseAll = () => pressed.forEach((_undo, form) => release(form));

// Coming back with the browser's button brings the page as it was left: sent, and locked.
addEventListener("pageshow", releaseAll);
// Nor has what could not be sent (draft.js) left the page.
document.addEventListener("unsent", releaseAll);

if (innerWidth > 900) import("./search_key.js");

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
