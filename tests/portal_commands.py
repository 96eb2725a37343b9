"""Does for a portal what `manage.py` would, one command after another, in one process.

To start Django takes longer than most commands. Each line that comes in is the words of a
command in JSON; what goes out is its exit code and what it printed.
"""

import json
import sys
import traceback
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO

import django
from django.core.management import call_command
from django.db import connections


def main() -> None:
    django.setup()
    for line in sys.stdin:
        words, printed, code = json.loads(line), StringIO(), 0
        try:
            with redirect_stdout(printed), redirect_stderr(printed):
                if words[0] == "shell":
                    exec(words[-1], {})  # noqa: S102 - as the command does; a test wrote it
                else:
                    call_command(*words)
        except (Exception, SystemExit):
            printed.write(traceback.format_exc())
            code = 1
        connections.close_all()
        sys.stdout.write(json.dumps([code, printed.getvalue()]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
