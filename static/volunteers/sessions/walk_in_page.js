// Who waits and is confirmed without a network is kept on the phone, and sent by the queue.
import { newcomerIn, saveNewcomer } from "./checkin_queue.js";
import { askForSync } from "../../core/offline/pwa.js";
import * as queue from "../../core/offline/queue.js";
import { hasDatabase } from "../../core/offline/idb.js";

const owner = Number(document.body.dataset.user);
const forms = hasDatabase ? document.querySelectorAll("form[data-session]") : [];
for (const form of forms) form.addEventListener("submit", take);

async function take(event) {
  const { target: form, submitter } = event;
  const newcomer = newcomerIn(form.elements);
  if (submitter?.name !== "confirm" || !newcomer || form.dataset.passes) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  submitter.disabled = true;
  const { owner: asked, status } = await queue.ticketNow({ isAsked: true });
  submitter.disabled = false;
  if (asked || status === 401) {
    // The server is there, and says itself what comes of it.
    form.dataset.passes = "1";
    form.requestSubmit(submitter);
    return;
  }
  await saveNewcomer(owner, Number(form.dataset.session), newcomer);
  askForSync();
  const line = document.createElement("p");
  line.setAttribute("role", "status");
  line.textContent = `${newcomer.full_name}: ${form.dataset.saved}`;
  form.replaceChildren(line);
}
