// Search is a key away on every page.
document.querySelector(".seek")?.setAttribute("aria-keyshortcuts", "/");
document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || isTyping || event.altKey || event.ctrlKey || event.metaKey) return;
  const field = document.getElementById("q");
  event.preventDefault();
  if (field) field.focus();
  else document.querySelector(".seek")?.click();
});
