"""By today's map, a commune takes its figures along where it goes."""

import datetime as dt
from collections.abc import Callable

from rest_framework.test import APIClient

from accounts.models import User
from campaign.models import Succession, Unit
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.factories import make_unit
from tests.reports.reporting import report
from tests.reports.rollup.test_maps import totals

Api = Callable[[User], APIClient]
DAY = dt.timedelta(days=1)


def test_a_commune_that_joins_another_district_takes_its_figures_along(
    world: World, api: Api
) -> None:
    report(world.owner, "XD-14173", {"level1": 3}, date=TODAY - DAY)
    report(world.neighbour, "XD-14158", {"level1": 40}, date=TODAY - DAY)
    drain()
    Unit.objects.filter(pk=world.sibling.pk).update(valid_to=TODAY)
    new = make_unit(code="14158", parent=world.other_district, valid_from=TODAY)
    Succession.objects.create(old=world.sibling, new=new, since=TODAY, kind="whole")
    client = api(world.staff)
    found = {of: totals(client, level="district", map=of) for of in ("then", "now")}
    figures = {
        of: {line["unit"]: line["counts_to_date"].get("level1") for line in lines}
        for of, lines in found.items()
    }
    assert figures == {"then": {"365": 43, "363": None}, "now": {"365": 3, "363": 40}}
