"""What is looked at before a campaign is published: what stands in the way, what is advised."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign.addresses import path_of
from campaign.models import Branch, Campaign, Unit
from campaign.reporting_window import phases_of, reporting_days
from campaign.selectors import indicators_of, secretaries_of, sums_of_parts
from core import clock
from core.templatetags.formatting import count

MOST_NAMED = 3
COPY_MARK = ("bản sao", "copy")


@dataclass(frozen=True)
class Finding:
    """Something to mend, in words, and the page where it is mended."""

    words: str
    path: str
    is_blocking: bool = False


def findings(campaign: Campaign) -> list[Finding]:
    """Return what is to be mended in a draft, what stands in the way first."""
    found = [
        *_of_indicators(campaign),
        *_of_days(campaign),
        *_of_branches(campaign),
        *_of_targets(campaign),
        *_of_texts(campaign),
    ]
    return sorted(found, key=lambda finding: not finding.is_blocking)


def blocking(campaign: Campaign) -> list[Finding]:
    return [finding for finding in findings(campaign) if finding.is_blocking]


def _setup(campaign: Campaign) -> str:
    return path_of(campaign, "campaign-settings")


def _of_indicators(campaign: Campaign) -> Iterator[Finding]:
    indicators = indicators_of(campaign)
    if not indicators.entered:
        words = _("Chưa có chỉ số nào để nhập. Thêm ít nhất một chỉ số.")
        yield Finding(words, path_of(campaign, "indicators"), is_blocking=True)
    elif not any(i.is_headline for i in indicators.all):
        words = _("Chưa có chỉ số chính. Đánh dấu chỉ số đứng lớn nhất trên trang Tổng quan.")
        yield Finding(words, path_of(campaign, "indicators"), is_blocking=True)
    bare = [i.label for i in indicators.all if not i.measure]
    if bare:
        words = _("Chưa có đơn vị tính: %(names)s. Ghi ví dụ “người”, “hộ”, “buổi”.")
        yield Finding(words % {"names": _named(bare)}, path_of(campaign, "indicators"))


def _of_days(campaign: Campaign) -> Iterator[Finding]:
    today, days = clock.today(), reporting_days(campaign, campaign.starts_on, campaign.ends_on)
    if campaign.ends_on < today:
        words = _("Ngày kết thúc đã qua. Chọn lại ngày bắt đầu và kết thúc.")
        yield Finding(words, _setup(campaign), is_blocking=True)
    elif campaign.starts_on < today and days:
        over = sum(day < today for day in days)
        words = ngettext(
            "Đã bắt đầu từ trước: %(n)s ngày đã qua sẽ tính là chưa báo cáo.",
            "Đã bắt đầu từ trước: %(n)s ngày đã qua sẽ tính là chưa báo cáo.",
            over,
        )
        yield Finding(words % {"n": over}, _setup(campaign))
    if not days:
        words = _("Không có ngày nào phải báo cáo. Xem lại ngày trong tuần và các đợt.")
        yield Finding(words, _setup(campaign), is_blocking=True)
    outside = [
        phase.name
        for phase in phases_of(campaign)
        if phase.starts_on < campaign.starts_on or phase.ends_on > campaign.ends_on
    ]
    if outside:
        words = _("Đợt nằm ngoài những ngày của chiến dịch: %(names)s. Sửa ngày của đợt.")
        path = path_of(campaign, "phases")
        yield Finding(words % {"names": _named(outside)}, path, is_blocking=True)
    if not Unit.objects.on(campaign.shown_day).exists():
        words = _("Không có địa bàn nào có hiệu lực ngày %(day)s. Nạp danh sách địa bàn.")
        day = f"{campaign.shown_day:%d/%m/%Y}"
        yield Finding(words % {"day": day}, _setup(campaign), is_blocking=True)


def _of_branches(campaign: Campaign) -> Iterator[Finding]:
    day = _first_day(campaign)
    expected = [
        branch
        for branch in Branch.objects.on(day).order_by("sort_key", "pk")
        if branch.on(day).reports_daily
    ]
    if not expected:
        words = _("Không có cơ sở Đoàn nào phải báo cáo hằng ngày. Đánh dấu những cơ sở báo cáo.")
        path = reverse("setup-branch-list")
        yield Finding(words, path, is_blocking=True)
    appointed = secretaries_of(expected, day)
    alone = [branch.name for branch in expected if branch.pk not in appointed]
    if alone:
        words = _("%(n)s cơ sở phải báo cáo mà chưa có bí thư dùng cổng: %(names)s. Mời bí thư.")
        path = reverse("setup-people")
        yield Finding(words % {"n": count(len(alone)), "names": _named(alone)}, path)


def _of_targets(campaign: Campaign) -> Iterator[Finding]:
    """Compare each target with what the targets right below it come to."""
    day = _first_day(campaign)
    targets = list(campaign.targets.select_related("unit", "indicator").order_by("unit__depth"))
    listed = path_of(campaign, "target-list")
    if not any(target.indicator.is_headline and target.value_on(day) for target in targets):
        words = _("Chưa giao chỉ tiêu cho chỉ số chính. Chia chỉ tiêu, hoặc để trống nếu không có.")
        yield Finding(words, path_of(campaign, "targets"))
    parts = sums_of_parts(campaign, [target.unit for target in targets], day)
    unequal = [
        _("%(unit)s, %(indicator)s: %(target)s, bên dưới cộng lại %(parts)s")
        % {
            "unit": target.unit.name,
            "indicator": target.indicator.label,
            "target": count(target.value_on(day) or 0),
            "parts": count(below),
        }
        for target in targets
        if (below := parts.get((target.unit_id, target.indicator.code)))
        and below != (target.value_on(day) or 0)
    ]
    if unequal:
        words = _("Chỉ tiêu không cộng khớp: %(names)s. Sửa cho khớp.")
        yield Finding(words % {"names": _named(unequal, "; ")}, listed)
    there = set(
        Unit.objects.during(campaign.starts_on, campaign.ends_on).values_list("pk", flat=True)
    )
    strange = [target.unit.name for target in targets if target.unit_id not in there]
    if strange:
        words = _(
            "Chỉ tiêu của địa bàn không có hiệu lực trong những ngày của chiến dịch: %(names)s."
        )
        yield Finding(words % {"names": _named(strange)}, listed)


def _of_texts(campaign: Campaign) -> Iterator[Finding]:
    if any(mark in campaign.name.lower() for mark in COPY_MARK):
        words = _("Tên còn ghi là bản sao. Đặt tên mới; tên ngắn trong địa chỉ cũng xem lại.")
        yield Finding(words, _setup(campaign))
    if not campaign.public_lead:
        words = _("Chưa có lời mời người dân. Trang công khai sẽ dùng một câu chung.")
        yield Finding(words, _setup(campaign))


def _first_day(campaign: Campaign) -> dt.date:
    return max(campaign.starts_on, clock.today())


def _named(names: Sequence[str], mark: str = ", ") -> str:
    more = len(names) - MOST_NAMED
    shown = mark.join(names[:MOST_NAMED])
    return _("%(names)s và %(n)s mục nữa") % {"names": shown, "n": more} if more > 0 else shown
