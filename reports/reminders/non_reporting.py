"""Who has not reported, who is to be reminded of it, and who is to know."""

import datetime as dt

from accounts.models import User
from campaign.models import Appointment, Branch, Campaign
from campaign.permissions import Permission, roles_with
from campaign.scopes import scope_of
from reports.daily.models import DailyReport
from reports.rollup.expected import expected_reports


def expected_branches(campaign: Campaign, day: dt.date) -> list[Branch]:
    """Return the branches from which a report of ``day`` is expected, each once."""
    expected = expected_reports(campaign, day, day)
    found = {b.pk: b for path in expected.by_path for b in expected.branches(path, day)}
    return sorted(found.values(), key=lambda b: (b.sort_key, b.pk))


def non_reporting_branches(campaign: Campaign, day: dt.date) -> list[Branch]:
    """Return the branches that were expected to report on ``day`` and have not."""
    branches = expected_branches(campaign, day)
    received = set(
        DailyReport.objects.filter(campaign=campaign, date=day).values_list("branch_id", flat=True)
    )
    return [branch for branch in branches if branch.pk not in received]


def superiors(day: dt.date) -> list[User]:
    """Return the district leads and the province's staff appointed on ``day``."""
    users = User.objects.filter(
        pk__in=Appointment.objects.on(day)
        .filter(role__in=roles_with(Permission.LEAD))
        .values("user_id")
    ).order_by("pk")
    return [user for user in users if user.may_sign_in]


def led_by(user: User, branches: list[Branch]) -> list[Branch]:
    scope = scope_of(user)
    return [b for b in branches if scope.may(Permission.LEAD, unit=b.home_unit)]
