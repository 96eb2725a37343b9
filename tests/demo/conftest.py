"""The demo, seeded once for the folder."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from campaign.models import Campaign
from campaign.selectors import IndicatorSet, indicators_of
from campaign.services.import_units import load_units
from demo.seed import seed_demo
from demo.territory import DATA
from tests.emptying import empty_tables

TODAY = dt.date(2023, 6, 20)
# Those of conftest: the accounts sign in within the tests.
HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="package")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Campaign]:
    """Seed once, committed: `verify` wants a transaction of its own. Empty again at the end."""
    with django_db_blocker.unblock():
        try:
            load_units(path=DATA / "units_2023.csv", valid_from=dt.date(2004, 1, 1))
            with override_settings(DEBUG=True, PORTAL_TODAY=TODAY, PASSWORD_HASHERS=HASHERS):
                seed_demo()
            # The planner knows nothing of rows that have just come.
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
            yield Campaign.objects.get(slug="de-an-06-2023")
        finally:
            empty_tables()


@pytest.fixture
def indicators(demo: Campaign) -> IndicatorSet:
    return indicators_of(demo)
