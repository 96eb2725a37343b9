"""The demo of the last release is taken over: nothing is lost, every sum is what it was."""

import json
import lzma
import tarfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from campaign.models import Campaign
from core import kinds
from core.log.models import Leaf
from core.log.sequencer import sequence
from core.log.verify import check_history
from reports.daily.models import DailyReport, Revision
from reports.rollup.services.verify import verify
from tests.emptying import empty_tables
from tests.upgrade.release import FOLDER

RELEASE = "0.4"


def _content() -> tuple[dict[str, Any], dict[str, bytes]]:
    with (
        lzma.open(FOLDER / f"release-{RELEASE}.tar.xz") as packed,
        tarfile.open(fileobj=packed, mode="r|") as tar,
    ):
        read = {entry.name: file.read() for entry in tar if (file := tar.extractfile(entry))}
    return json.loads(read.pop("release.json")), read


@pytest.fixture
def upgraded(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Campaign]:
    """Bring the schema back to the release, load its rows, and migrate on."""
    release, rows = _content()
    MigrationExecutor(connection).migrate([tuple(leaf) for leaf in release["migrations"]])
    with connection.cursor() as cursor:
        # Rows come as they were: no trigger writes of them anew, no order of tables matters.
        cursor.execute("SET session_replication_role = replica")
        for table, content in rows.items():
            columns = ", ".join(f'"{name}"' for name in release["tables"][table])
            with cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as target:
                target.write(content)
        cursor.execute("SET session_replication_role = DEFAULT")
        # A database that was worked with knows how much it holds; just filled, it may be taken
        # for an empty one, and a statement over all reports then goes through them once for each.
        cursor.execute("ANALYZE")
    # As a technician does: the command looks at the models before there are their tables.
    monkeypatch.setattr(kinds, "_known", None)
    call_command("migrate", skip_checks=False, verbosity=0)
    yield Campaign.objects.get(slug="de-an-06-2023")
    empty_tables()


def test_demo_of_the_last_release_is_taken_over(upgraded: Campaign) -> None:
    assert (DailyReport.objects.count(), Revision.objects.exists()) == (17601, True)
    assert verify() == []
    # What was chained stands in the log, in its order, with the hashes that were noted down.
    sequence()
    old = (
        Leaf.objects.filter(subject="revision").order_by("number").values_list("content", flat=True)
    )
    chain = [json.loads(str(content)) for content in old]
    assert [leaf["seq"] for leaf in chain] == [*range(1, Revision.objects.count() + 1)]
    assert all(len(leaf["hash"]) == 64 for leaf in chain)
    assert check_history() == []
    client = APIClient()
    client.force_authenticate(User.objects.get(username="tinhdoan"))
    query = "from=2023-04-01&to=2023-06-20"
    (district,) = client.get(f"/api/v1/totals/?unit=365&level=district&{query}").json()["results"]
    assert (district["counts"]["installed"], district["counts"]["activated"]) == (107268, 80412)
    police = client.get(f"/api/v1/totals/?branch=CA-36&{query}").json()["results"][0]
    assert police["counts"]["activated"] == 40326
    # Accounts of a demo sign in where DEBUG is on.
    User.objects.filter(username="tinhdoan").update(is_demo=False)
    browser = Client()
    browser.force_login(User.objects.get(username="tinhdoan"))
    page = browser.get("/c/de-an-06-2023/dashboard/")
    assert page.status_code == 200
    assert "691.283" in page.content.decode()
