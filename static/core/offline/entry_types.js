// What the queue can send: what each kind of entry says to the server, and takes from its answer.

const report = {
  url: () => "/api/v1/daily-reports/",
  begin: (entry) => ({ ...entry.next, id: entry.id, base_version: entry.version }),
  body({ campaign, branch, unit, date, sent }) {
    const { op, sessions, ...content } = sent;
    // A correction includes the sessions that the report includes.
    if (!sent.base_version) content.sessions = sessions;
    const fields = Object.entries({ campaign, branch, unit, date, ...content });
    return Object.fromEntries(fields.filter(([, value]) => value !== ""));
  },
  isReceipt: (_entry, answer) => Number.isInteger(answer?.version),
  take(entry, answer) {
    entry.id = answer.id;
    entry.version = answer.version;
    entry.receipt = { ...answer, op: entry.sent.op, no_activity: entry.sent.no_activity };
    entry.taken = entry.sent;
  },
};

// Somebody is there, at a session: two numbers, and an id that makes it one check-in. Of a newcomer
// number and name, until the server says who it is.
const checkin = {
  url: ({ session }) => `/api/v1/sessions/${session}/checkins/`,
  begin: (entry) => ({ ...entry.next, id: entry.id }),
  body: ({ volunteer, newcomer, sent }) => ({ id: sent.id, volunteer, ...newcomer }),
  isReceipt: ({ volunteer, newcomer }, answer) =>
    newcomer ? Number.isInteger(answer?.volunteer) : answer?.volunteer === volunteer,
  take(entry, answer) {
    entry.volunteer = answer.volunteer;
    delete entry.newcomer;
    entry.receipt = { checked_in_at: answer.checked_in_at };
    entry.received_at = Date.now();
  },
};

export const isCheckin = (entry) => entry.kind === "checkin";
export const kindOf = (entry) => (isCheckin(entry) ? checkin : report);
