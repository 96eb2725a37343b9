// The phone's entries on the report page: what each is waiting for, and what the person can do.
import { choose, drop, entriesOf, flush, isWaiting, needsAttention, save, typedIn } from "../../core/offline/queue.js";
import { choices, ofSeveral, openDays, readSnapshots, reportPage } from "../../core/offline/offline_snapshot.js";
import * as views from "../../core/dom.js";

const stateIn = (entry) => (needsAttention(entry) ? "attention" : entry.state);

function stateOf(entry) {
  if (needsAttention(entry)) return views.say("is-attention");
  if (entry.state === "received") {
    return views.say("is-received", { time: views.clock(entry.receipt.received_at) });
  }
  if (entry.state === "sending") return views.say("is-sending");
  return views.say(entry.hint === "sign_in" ? "is-signed-out" : "is-saved");
}

const TONES = { received: "ok-text", attention: "low-text", sending: "dim", saved: "mid-text" };

const unitOf = (snapshot, entry) => {
  const branch = snapshot.branches.find((one) => one.code === entry.branch);
  return branch?.units?.find(([code]) => code === entry.unit)?.[1] ?? branch?.name ?? entry.called?.branch ?? entry.branch;
};

const addressOf = ({ campaign, branch, date, unit }) => reportPage(campaign, { branch, date, unit });

// Why an entry was not taken, in the server's words.
function reasons({ problem }, snapshot) {
  const { kind, current, code, detail, contact, ...fields } = problem;
  const texts = detail ? [detail] : [];
  for (const [name, problems] of Object.entries(fields)) {
    if (Array.isArray(problems)) texts.push(...problems);
    else {
      for (const [indicator, lines] of Object.entries(problems ?? {})) {
        const label = snapshot.indicators.find((one) => one.code === indicator)?.name ?? name;
        texts.push(`${label}: ${[].concat(lines).join(" ")}`);
      }
    }
  }
  return texts.map((text) => {
    const line = document.createElement("p");
    line.textContent = text;
    return line;
  });
}

// Both versions side by side, for the person to choose.
function conflict(entry, snapshot) {
  const drawn = views.make("versions");
  const body = drawn.querySelector("tbody");
  const rival = entry.rivals?.[0];
  const current = rival ? (typedIn(entry) ?? entry.receipt) : entry.problem.current;
  const mine = rival ?? typedIn(entry);
  for (const { code, name } of snapshot.indicators) {
    if (!(code in mine.counts) && !(code in current.counts)) continue;
    const row = document.createElement("tr");
    const cells = [name, views.count(current.counts[code]), views.count(mine.counts[code])];
    cells.forEach((text, index) => {
      const cell = document.createElement(index ? "td" : "th");
      if (index) cell.className = "n";
      else cell.scope = "row";
      cell.textContent = text;
      row.append(cell);
    });
    body.append(row);
  }
  if (mine.no_activity) drawn.append(views.notice("mid", views.say("no-activity")));
  views.put(drawn, { time: current.received_at ? views.clock(current.received_at) : null });
  drawn.querySelector("[name=theirs]").addEventListener("click", () => choose(entry.key, "theirs"));
  drawn.querySelector("[name=mine]").addEventListener("click", async () => {
    await choose(entry.key, "mine");
    await flush({ isForced: true });
  });
  return drawn;
}

function attention(entry, snapshot) {
  if (entry.rivals || entry.problem.kind === "conflict") return [conflict(entry, snapshot)];
  const drawn = views.make("refused");
  const isOthers = entry.problem.kind === "refused";
  const isUntold = isOthers && !entry.problem.code;
  drawn.prepend(...(isUntold ? [views.say("not-yours")] : reasons(entry, snapshot)));
  if (isOthers) drawn.querySelector("a").remove();
  else drawn.querySelector("a").href = addressOf(entry);
  if (entry.problem.date || entry.problem.kind === "closed") {
    offerDays(drawn.querySelector("[data-slot=days]"), snapshot, entry.branch, entry.date, async (day) => {
      await moveTo(entry, day);
      // There it is sent, and stands beside what may be there already.
      location.assign(addressOf({ ...entry, date: day }));
    });
  }
  drawn.querySelector("[name=drop]").addEventListener("click", () => drop(entry.key));
  return [drawn, views.content(snapshot, typedIn(entry))];
}

// Puts what was refused on another day: the phone's clock was wrong, or the finger. What stands
// there has not been seen, and is asked about.
async function moveTo({ key, owner, campaign, branch, unit, called, refused }, date) {
  const { op, captured_at: captured, sessions, ...content } = refused;
  await save({ owner, campaign, branch, unit, date, called }, content, null, captured);
  await drop(key);
}

// The other days that numbers may be of: on a clock that is ahead, most likely the one before.
export function offerDays(slot, snapshot, code, date, act) {
  const branch = snapshot.branches.find((one) => one.code === code);
  const open = branch ? Object.keys(openDays(snapshot, branch)).sort() : [];
  const far = (one) => Math.abs(Date.parse(one) - Date.parse(date));
  const days = open.filter((one) => one !== date).sort((a, b) => far(a) - far(b)).slice(0, 5);
  slot.replaceChildren(
    ...days.map((day) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "button quiet", onclick: () => act(day) });
      button.textContent = views.tell("move", { day: views.weekdayDay(day) });
      return button;
    }),
  );
}

// What an entry's campaign calls its numbers, where the phone has no snapshot of it (any more).
const bare = ({ campaign: slug, called }) => ({
  campaign: { slug, name: called?.campaign ?? slug },
  branches: [],
  derived: [],
  indicators: Object.entries(called?.counts ?? {}).map(([code, name]) => ({ code, name })),
});

export async function drawEntries(section, snapshot, owner) {
  if (!section) return;
  const entries = await entriesOf(owner);
  const known = [snapshot, ...(await readSnapshots())];
  const isSeveral = choices(snapshot).length || entries.some(({ campaign }) => campaign !== snapshot.campaign.slug);
  section.hidden = !entries.length;
  section.classList.toggle("calm", !entries.some((e) => isWaiting(e) || needsAttention(e)));
  const lines = entries.map((entry) => {
    const line = views.make("entry");
    const own = known.find(({ campaign }) => campaign?.slug === entry.campaign) ?? bare(entry);
    const unit = [unitOf(own, entry), isSeveral && own.campaign.name].filter(Boolean).join(" · ");
    const state = line.querySelector(".state");
    state.classList.add(TONES[stateIn(entry)]);
    views.put(line, { day: views.weekdayDay(entry.date), unit, state: stateOf(entry) });
    line.querySelector("a").href = addressOf(entry);
    if (needsAttention(entry)) line.append(...attention(entry, own));
    else line.append(...early(entry));
    return line;
  });
  section.querySelector("ul").replaceChildren(...lines);
  const button = section.querySelector("[name=send]");
  button.hidden = !entries.some((entry) => isWaiting(entry) && entry.state === "saved");
  button.onclick = () => flush({ isForced: true });
}

// What became of the entry that was just confirmed: it changes as the queue goes on.
export function drawOutcome(view, snapshot, entry) {
  const { receipt, rivals, hint } = entry;
  const state = stateIn(entry);
  const shownState = `${state}${hint ?? ""}${rivals?.length ?? ""}`;
  if (view.dataset.state === shownState) return;
  view.dataset.state = shownState;
  const drawn = views.make("outcome");
  const isReceived = state === "received";
  // What was said in words is the server's now; this page has it from when it was sent.
  const shown = isReceived ? { ...receipt, texts: view.texts } : typedIn(entry);
  view.texts = shown?.texts;
  const number = isReceived && receipt.id.replaceAll("-", "").slice(0, 8).toUpperCase();
  drawn.querySelector("[data-edit]").href = addressOf(entry);
  const share = drawn.querySelector("[data-share]");
  if (isReceived) share.href = `/c/${entry.campaign}/report/${receipt.id}/#to-group`;
  else share.remove();
  views.put(drawn, {
    outcome: views.say(`outcome-${state}`),
    about: [views.weekdayDay(entry.date), unitOf(snapshot, entry), ofSeveral(snapshot)].filter(Boolean).join(" · "),
    number: isReceived ? `${number.slice(0, 4)}-${number.slice(4)}` : null,
    at: isReceived
      ? `${views.clock(receipt.received_at)} · ${views.localDay(receipt.received_at)}`
      : null,
    lateness: isReceived ? views.say(`lateness-${receipt.lateness}`) : null,
    times: isReceived && receipt.version > 1 ? views.count(receipt.version) : null,
    content: rivals ? null : views.content(snapshot, shown),
    state: isReceived || state === "attention" ? null : stateLine(entry),
    problem: state === "attention" ? attention(entry, snapshot) : null,
  });
  for (const line of drawn.querySelectorAll("dl.receipt > div")) {
    if (!line.querySelector("[data-put]")) line.remove();
  }
  drawn.querySelector(".received").classList.toggle("unsent", !isReceived);
  const hadFocus = view.contains(document.activeElement);
  view.replaceChildren(...drawn.childNodes);
  const heading = view.querySelector("h1");
  views.entitle(heading.textContent.trim());
  heading.tabIndex = -1;
  if (hadFocus) heading.focus();
}

// When it goes out that came before its hour.
const early = (entry) =>
  entry.hint === "early" && entry.state === "saved" ? reasons({ problem: { detail: entry.said } }) : [];

function stateLine(entry) {
  if (entry.hint === "sign_in") return views.say("sign-in");
  const lines = early(entry);
  if (lines.length) return lines;
  return views.say(entry.state === "sending" ? "wait" : "goes-by-itself");
}
