// What the server would ask about, asked without it: the same questions, in the same words.
// The server has the last word.

// Whole numbers as people type them, by the same rules as campaign/numbers.py: what could be
// read in two ways is asked about, and blank is not zero.

const INVISIBLE = /[\s\u00a0\u200b-\u200f\u2060\ufeff]/g;
const MOST = 1000000;

// Returns {count} with null for blank, or {word, ...values} that says what to type.
export function readCount(text) {
  const typed = text.replace(INVISIBLE, " ").trim();
  if (!typed) return { count: null };
  const digits = typed.replace(/[ .,]/g, "");
  if (/^[0-9]+$/.test(typed)) {
    const count = Number(digits);
    return count > MOST ? { word: "most" } : { count };
  }
  if (/^[0-9]{1,3}([ .,][0-9]{3})+$/.test(typed) && Number(digits) <= MOST) {
    return { word: "unclear", typed: typed.slice(0, 20), digits };
  }
  if (/^[-−–]\s*[0-9]+$/.test(typed)) return { word: "negative" };
  if (/^[0-9]+[.,][0-9]*$/.test(typed)) return { word: "fraction" };
  return { word: "unread", typed: typed.replace(/\p{C}/gu, "").slice(0, 20) };
}

// Returns [{code, word, …values}]: what has to be put right before anything can be kept.
export function errorsIn({ indicators, derived }, counts, least) {
  const found = [];
  for (const { code, required, people, state } of indicators) {
    const count = counts[code];
    // Who took part was counted from the lists: a report need not say it again.
    const isUntold = people && count === undefined;
    if (count === undefined && required) found.push({ code, word: state ? "required-state" : "required" });
    else if (least?.[code] > (count ?? 0) && !isUntold) {
      found.push({ code, word: "least", least: least[code] });
    }
  }
  for (const { name, terms } of derived) {
    const codes = Object.keys(terms);
    const value = codes.reduce((sum, code) => sum + terms[code] * (counts[code] ?? 0), 0);
    // What is wrong already may be why.
    if (value >= 0 || found.some(({ code }) => code in terms)) continue;
    for (const code of codes.filter((one) => terms[one] < 0 && counts[one])) {
      found.push({ code, word: "below-zero", name, value: `−${-value}` });
    }
  }
  return found;
}

const LINK = /^https?:\/\/[^\s/]+\.\S+$/i;

// The same of the fields for words; `asks` says which have to be filled in.
export function textErrorsIn(asks = {}, fields) {
  const found = [];
  for (const { name: code, value, inputMode } of fields) {
    const text = value.trim();
    if (asks[code] === "required" && !text) found.push({ code, word: "missing", isText: true });
    else if (inputMode === "url" && text && !LINK.test(text)) found.push({ code, word: "link", isText: true });
  }
  return found;
}

// "tenfold": so many times yesterday's, from so much on; "copied": less comes twice by chance.
const [TIMES, TENFOLD_FROM, COPIED_FROM] = [10, 30, 10];

// Returns [{kind, code, value, usual}]: what is unusual and stands once it is confirmed with a
// word, by the rules in reports/selectors/unusual.py. `atMost` names the whole of each part,
// `states` are the codes of which the last value stands.
export function questionsAbout(counts, { yesterday = {}, limits = {}, atMost = {}, states = [] }) {
  if (!Object.values(counts).some((count) => count > 0)) return [];
  const found = [];
  for (const [code, value] of Object.entries(counts)) {
    const whole = code in atMost ? (counts[atMost[code]] ?? 0) : value;
    const last = yesterday[code] ?? 0;
    if (value > whole) {
      found.push({ kind: "part", code, value, usual: whole });
    } else if (states.includes(code)) {
      continue;
    } else if (last > 0 && value >= Math.max(TIMES * last, TENFOLD_FROM)) {
      found.push({ kind: "tenfold", code, value, usual: last });
    } else if (value > limits[code]) {
      found.push({ kind: "far", code, value, usual: limits[code] });
    }
  }
  const brought = (all) => Object.fromEntries(Object.entries(all).filter(([code]) => !states.includes(code)));
  if (isCopied(brought(counts), brought(yesterday))) found.push({ kind: "copied", code: "", value: 0, usual: 0 });
  return found;
}

function isCopied(counts, yesterday) {
  const codes = Object.keys(counts);
  const positive = Object.values(counts).filter((count) => count > 0);
  const sum = positive.reduce((total, count) => total + count, 0);
  return (
    positive.length > 1 &&
    sum >= COPIED_FROM &&
    codes.length === Object.keys(yesterday).length &&
    codes.every((code) => counts[code] === yesterday[code])
  );
}
