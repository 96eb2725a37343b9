"""``python -m bench.anchor.prepare``: makes the tables and somebody; prints token and session."""

import json
import os

import django


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.anchor.settings"
    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.test import Client
    from rest_framework.authtoken.models import Token

    call_command("migrate", run_syncdb=True, verbosity=0)
    user, _is_new = User.objects.get_or_create(username="somebody")
    token, _is_new = Token.objects.get_or_create(user=user)
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    print(json.dumps({"token": token.key, "session": client.cookies["sessionid"].value}))


if __name__ == "__main__":
    main()
