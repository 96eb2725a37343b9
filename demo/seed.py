"""Makes the demo, or what is missing of it."""

from django.conf import settings
from django.db import transaction

from accounts.models import User
from campaign.models import Branch
from demo.anomalies import add_questions
from demo.branches import add_branches
from demo.bulk_insert import insert_reports, record_history
from demo.checks import add_checks
from demo.daily import add_reasons, make_reports
from demo.help_requests import add_help
from demo.official import add_official
from demo.people import STAFF, add_people
from demo.plan import add_baselines, add_campaign, add_targets
from demo.sessions import add_sessions
from demo.teams import add_teams
from demo.territory import DemoRefused, Field, add_boundaries, find_territory
from reports.daily.models import DailyReport
from reports.rollup.services.rebuild import rebuild


@transaction.atomic
def seed_demo() -> dict[str, int]:
    """Add what is missing of the demo, all or nothing; return what was added, by name.

    A part that is there is left as it is, so that a second run changes nothing, not even
    what somebody has entered since. Raises ``DemoRefused`` while DEBUG is off (its password
    is published) and where the units of 2023 are not loaded.
    """
    refuse_outside_demo()
    territory = find_territory()
    added = {
        "ranh giới": add_boundaries(),
        "cơ sở Đoàn": add_branches(territory),
        "tài khoản": add_people(territory),
        "tổ": add_teams(territory),
        "mẫu số": add_baselines(territory),
    }
    campaign = add_campaign()
    actor = User.objects.get(username=STAFF)
    added["chỉ tiêu"] = add_targets(actor, campaign, territory)
    added["báo cáo"] = 0
    if not DailyReport.objects.filter(campaign=campaign).exists():
        branches = {branch.code: branch for branch in Branch.objects.all()}
        reports = make_reports(Field(campaign, territory, branches))
        add_questions(campaign, reports)
        add_reasons(reports)
        added["báo cáo"] = insert_reports(reports)
    added["buổi hỗ trợ"] = add_sessions(campaign, territory)
    if added["báo cáo"]:
        record_history(campaign)
    if added["báo cáo"] or added["buổi hỗ trợ"]:
        rebuild()
    added["yêu cầu hỗ trợ"] = add_help(campaign, territory)
    added["kết quả kiểm tra chọn mẫu"] = add_checks(actor, campaign)
    added["số của Công an (minh họa)"] = add_official(campaign, territory)
    return added


def refuse_outside_demo() -> None:
    """Raise ``DemoRefused`` unless this is a developer's or a demo's machine."""
    if not settings.DEBUG:
        raise DemoRefused(
            "Số liệu minh họa chỉ nạp khi DEBUG bật: các tài khoản mẫu dùng mật khẩu công khai."
        )
