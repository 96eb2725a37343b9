"""``python -m tests.upgrade.release NAME`` keeps the demo of a release for the test of upgrades.

Run it on the last commit of a release, beside a portal that `make run` has just made:
``PORTAL_VAR=var python -m tests.upgrade.release 0.4``. What it writes is data, not schema: the
test brings the schema to the release's migrations, loads the rows, and migrates on.
"""

import io
import json
import lzma
import os
import sys
import tarfile
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader

FOLDER = Path(__file__).parent
OURS = ("core", "accounts", "campaign", "volunteers", "reports", "web_push", "zalo")


def tables() -> list[str]:
    """Return the tables of our models, those between two models too."""
    models = (m for label in OURS for m in apps.get_app_config(label).get_models(True))
    return sorted({model._meta.db_table for model in models})


def columns_of(cursor: Any, table: str) -> list[str]:
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public'"
        " AND table_name = %s ORDER BY ordinal_position",
        [table],
    )
    return [name for (name,) in cursor.fetchall()]


def dump(name: str) -> Path:
    """Write the rows of all tables, and to which migrations they belong."""
    leaves = MigrationLoader(connection).graph.leaf_nodes()
    target = FOLDER / f"release-{name}.tar.xz"
    with lzma.open(target, "wb", preset=9) as packed, tarfile.open(fileobj=packed, mode="w") as tar:
        known: dict[str, Any] = {"migrations": [n for n in leaves if n[0] in OURS], "tables": {}}
        for table in tables():
            with connection.cursor() as cursor:
                known["tables"][table] = columns_of(cursor, table)
                rows = io.BytesIO()
                with cursor.copy(f'COPY "{table}" TO STDOUT') as source:
                    for block in source:
                        rows.write(block)
            _add(tar, table, rows.getvalue())
        _add(tar, "release.json", json.dumps(known).encode())
    return target


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    tar.addfile(entry, io.BytesIO(content))


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    path = dump(sys.argv[1])
    sys.stdout.write(f"{path.name}: {path.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
