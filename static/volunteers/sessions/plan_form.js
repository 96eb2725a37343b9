// Once the kind of place is chosen, place and hours of the last time are put in. What was typed stays.
const form = document.getElementById("id_place_kind").form;
const { place_kind: kind, unit, place: venue, begins_at: begins, ends_at: ends } = form.elements;
const last = [...document.querySelectorAll("#places option")];
const suggested = new Map();

function suggest(input, value) {
  const isOurs = suggested.get(input) === input.value;
  if (!value || (input.value && !isOurs)) return;
  input.value = value;
  suggested.set(input, value);
}

function suggestHours({ dataset }) {
  // Hours go together: with one of them typed the other is the typist's too.
  const isTyped = [begins, ends].some((one) => one.value && suggested.get(one) !== one.value);
  if (isTyped) return;
  suggest(begins, dataset.begins);
  suggest(ends, dataset.ends);
}

function fromKind() {
  const ofKind = last.filter(({ dataset }) => dataset.kind === kind.value);
  const found = ofKind.find(({ dataset }) => !unit?.value || dataset.unit === unit.value);
  if (!found) return;
  suggest(venue, found.value);
  suggestHours(found);
}

function fromVenue() {
  const found = last.find(({ value }) => value === venue.value);
  if (!found) return;
  suggest(kind, found.dataset.kind);
  suggestHours(found);
}

kind.addEventListener("change", fromKind);
unit?.addEventListener("change", fromKind);
venue.addEventListener("change", fromVenue);
