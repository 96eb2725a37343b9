"""Why somebody's counts of a branch are not taken any more, and who takes the numbers instead.

Told only to those who report for the branch, or once did; for others the branch does not exist.
"""

from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from campaign.models import Appointment, Branch, Campaign
from campaign.permissions import Permission, roles_with
from campaign.states import locked_words
from core import clock


def hand_over(user: Any, *, campaign: str, branch: str) -> dict[str, Any] | None:
    """Return ``{"code", "detail", "contact"}``; None for who never reported for the branch.

    ``code`` and ``detail`` are blank where nothing has ended that is known here. ``contact`` is the
    nearest who leads there: ``{"role", "area", "name", "phone"}``, None where there is nobody.
    """
    found = Branch.objects.bearing(branch, clock.today()).select_related("home_unit").first()
    owned = _appointments(user, found) if found else []
    if found is None or not owned:
        return None
    code, detail = _why(user, found, owned, campaign)
    return {"code": code, "detail": detail, "contact": _contact(user, found)}


def _appointments(user: Any, branch: Branch) -> list[Appointment]:
    """Return the user's appointments to report for the branch, whenever, the last first."""
    above = [int(pk) for pk in branch.path.split(".") if pk]
    found = Appointment.objects.filter(user=user, branch__in=above, proposed_by=None)
    found = found.filter(role__in=roles_with(Permission.REPORT))
    return list(found.order_by(F("ends_on").desc(nulls_first=True), "-starts_on", "pk"))


def _why(user: Any, branch: Branch, owned: list[Appointment], slug: str) -> tuple[str, str]:
    today, last = clock.today(), owned[0]
    words = {"branch": branch.name}
    if branch.closed_on is not None and branch.closed_on <= today:
        text = _("%(branch)s đã giải thể từ ngày %(day)s, nên cổng không nhận số nữa.")
        return "branch_closed", text % {**words, "day": f"{branch.closed_on:%d/%m/%Y}"}
    if last.ends_on is not None and last.ends_on < today:
        text = _("Phân công của bạn ở %(branch)s đã hết ngày %(day)s, nên cổng không nhận số nữa.")
        ended = text % {**words, "day": f"{last.ends_on:%d/%m/%Y}"}
        return "appointment_ended", " ".join(filter(None, [ended, _moved(user)]))
    if last.starts_on > today:
        text = _("Phân công của bạn ở %(branch)s bắt đầu từ ngày %(day)s, nên cổng chưa nhận số.")
        return "appointment_ahead", text % {**words, "day": f"{last.starts_on:%d/%m/%Y}"}
    run = Campaign.objects.published().filter(slug=slug).first()
    if run is None:
        return "campaign_gone", _("Trên cổng không còn chiến dịch này, nên không nhận số nữa.")
    if locked := locked_words(run.state, run.name):
        return "campaign_over", locked
    if run.ends_on < today:
        text = _("Chiến dịch “%(campaign)s” đã kết thúc ngày %(day)s, và ngày này đã khóa sổ.")
        return "campaign_over", text % {"campaign": run.name, "day": f"{run.ends_on:%d/%m/%Y}"}
    return "", ""


def _moved(user: Any) -> str:
    owned = Appointment.objects.on(clock.today()).filter(
        user=user, role__in=roles_with(Permission.REPORT), branch__isnull=False
    )
    now = owned.select_related("branch").order_by("-starts_on", "pk").first()
    return _("Nay bạn phụ trách %(branch)s.") % {"branch": now.branch} if now else ""


def _contact(user: Any, branch: Branch) -> dict[str, str] | None:
    """Return the nearest lead over where the branch is at home: one person, and no other."""
    units = [int(pk) for pk in branch.home_unit.path.split(".") if pk]
    leads = (
        Appointment.objects.on(clock.today())
        .filter(Q(unit__in=units) | Q(branch__home_unit__in=units))
        .filter(role__in=roles_with(Permission.LEAD), user__is_active=True)
        .exclude(user=user)
        .select_related("user", "unit", "branch")
        .order_by(
            Coalesce("unit__depth", "branch__home_unit__depth").desc(),
            F("user__phone").asc(nulls_last=True),
            "pk",
        )
    )
    found = next((lead for lead in leads if lead.user.may_sign_in), None)
    if found is None:
        return None
    return {
        "role": found.get_role_display(),
        "area": str(found.branch or found.unit),
        "name": found.user.get_full_name(),
        "phone": found.user.phone or "",
    }
