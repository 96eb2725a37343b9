// One tap to copy a text, one to share it. Without this file the text can be selected.

const status = document.getElementById("copied");
const form = document.getElementById("published");

// A page with such a form keeps what was said: told that it was, whatever becomes of the page.
export const publish = (kind) => {
  if (!form) return;
  const body = new FormData(form);
  body.set("kind", kind);
  fetch(form.action, { method: "POST", body, keepalive: true }).catch(() => {});
};

for (const button of document.querySelectorAll("[data-copy]")) {
  const box = document.getElementById(button.dataset.copy);
  button.hidden = false;
  // Selected and copied by hand.
  box.addEventListener("copy", () => publish("text"));
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(box.value);
      status.textContent = button.dataset.done;
      publish("text");
    } catch {
      // Not every phone lets a page copy; then the text is at least selected.
      box.focus();
      box.select();
      status.textContent = button.dataset.failed;
    }
  });
}

// Who closes the phone's list of applications has changed his mind; nothing is wrong.
export const share = (what, kind) =>
  navigator.share(what).then(() => publish(kind), () => {});

if (navigator.share) {
  for (const button of document.querySelectorAll("[data-share]")) {
    const box = document.getElementById(button.dataset.share);
    button.hidden = false;
    button.addEventListener("click", () => share({ text: box.value }, "text"));
  }
}
