"""The examples of the schema, in the campaign of the tests."""

from volunteers.sessions.api import sessions

OWN = {"campaign": "de-an-06-2023"}
PLAN = {**sessions.PLAN, **OWN}
SERIES = {**sessions.SERIES, **OWN}
SESSION = {**sessions.SESSION, **OWN}
