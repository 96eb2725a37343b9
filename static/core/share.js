// One tap to copy a text, one to share it. Without this file the text can be selected.

const status = document.getElementById("copied");

for (const button of document.querySelectorAll("[data-copy]")) {
  const box = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(box.value);
      status.textContent = button.dataset.done;
    } catch {
      // Not every phone lets a page copy; then the text is at least selected.
      box.focus();
      box.select();
      status.textContent = button.dataset.failed;
    }
  });
}

// Who closes the phone's list of applications has changed his mind; nothing is wrong.
export const share = (what) => navigator.share(what).catch(() => {});

if (navigator.share) {
  for (const button of document.querySelectorAll("[data-share]")) {
    const box = document.getElementById(button.dataset.share);
    button.hidden = false;
    button.addEventListener("click", () => share({ text: box.value }));
  }
}
