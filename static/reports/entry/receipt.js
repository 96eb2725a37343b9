// After a receipt: the portal can be put on the phone's screen, where the browser offers it.
const section = document.getElementById("install");
const isInstalled = matchMedia("(display-mode: standalone)").matches || navigator.standalone;

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  const button = section.querySelector("button");
  section.hidden = button.hidden = false;
  button.onclick = async () => {
    await event.prompt();
    // It can be asked once only.
    section.hidden = true;
  };
});

// Safari has no such offer; its own menu does it.
if (section && "standalone" in navigator && !isInstalled) {
  section.hidden = section.querySelector("[data-by-menu]").hidden = false;
}
