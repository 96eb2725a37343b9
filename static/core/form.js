// Niceties only: every form works without this file.

// A second tap on a slow network is not a second sending; the server would refuse it anyway.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if ("sent" in form.dataset) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "";
  // Who stopped a sending that hung may try again.
  setTimeout(() => delete form.dataset.sent, 8000);
});

// Coming back with the browser's button brings the page as it was left: sent, and locked.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

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
