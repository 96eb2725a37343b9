"""The daily reports of the demo, made from its figures."""

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import cache
from uuid import UUID, uuid5

from campaign.models import Branch, Campaign, Target, Unit
from campaign.reporting_window import Rules, rules_on
from demo import police
from demo.attendance import OUTLIERS, Attendance, attend, receipt, status_of
from demo.branches import POLICE, commune_branch
from demo.figures import Result, by_commune, by_day, counts_of, district_result, reasons_of
from demo.seeded_random import SeededRandom
from demo.territory import Field
from reports.daily.models import DailyReport, Status
from reports.daily.services.submit import lateness_of

IDS = UUID("0b0a4c9e-5b0f-5d0e-9a06-202304010620")
NOTE = "Số liệu minh họa"
OUTLIER_PARTICIPATIONS = 9
DIFFICULTIES = (
    "Nhiều người lớn tuổi chưa có điện thoại thông minh.",
    "Mạng yếu vào giờ cao điểm, mã OTP đến chậm.",
    "Một số người dân đi làm ăn xa, chưa hướng dẫn trực tiếp được.",
    "Một số thuê bao chưa chính chủ nên chưa kích hoạt được.",
)
# Why the district gave a report back.
REASONS = (
    "Số cài đặt thấp hơn sổ theo dõi của tổ, đồng chí xem lại.",
    "Mức 1 và mức 2 có vẻ ghi đổi chỗ cho nhau, đồng chí xem lại.",
    "Số người được hướng dẫn chưa gồm buổi tối ở nhà văn hóa, đồng chí bổ sung.",
)


class ReportFactory:
    """Writes reports of one campaign, with the same id for the same place and day."""

    def __init__(self, campaign: Campaign) -> None:
        self.campaign = campaign

        @cache
        def rules(day: dt.date) -> Rules:
            return rules_on(campaign, day)

        self._rules = rules

    def write(
        self,
        branch: Branch,
        unit: Unit,
        day: dt.date,
        counts: dict[str, int],
        moments: tuple[dt.datetime, dt.datetime],
        status: Status,
        difficulties: str = "",
    ) -> DailyReport:
        """Return a report, not saved; without counts it says “không phát sinh”."""
        received, captured = moments
        is_returned = status == Status.RETURNED
        name = f"{self.campaign.slug}/{branch.code}/{unit.code}/{day.isoformat()}"
        return DailyReport(
            id=uuid5(IDS, name),
            campaign=self.campaign,
            branch=branch,
            unit=unit,
            date=day,
            counts=counts,
            no_activity=not counts,
            note=NOTE,
            difficulties=difficulties,
            status=status,
            version=3 if is_returned else 1,
            return_reason=reason_of(branch, day) if is_returned else "",
            fallback_counts=counts if is_returned else None,
            lateness=lateness_of(self._rules(day), received, captured),
            captured_at=captured,
            received_at=received,
        )


def reason_of(branch: Branch, day: dt.date) -> str:
    return REASONS[SeededRandom("reason", branch.code, day).between(0, len(REASONS) - 1)]


def make_reports(field: Field) -> list[DailyReport]:
    """Return all reports of the demo, not saved, in one order on every machine."""
    scribe = ReportFactory(field.campaign)
    tour = police.sessions(field.territory)
    attendance = attend(field.territory.communes.values())
    reports = [
        report
        for code, result in _commune_results(field, tour).items()
        for report in _of_commune(scribe, field, code, result, attendance[code])
    ]
    return reports + [_of_session(scribe, field, session) for session in tour]


def _commune_results(field: Field, tour: list[police.PoliceSession]) -> dict[str, Result]:
    """Return what each commune's own branch has reached: the district's without the police."""
    targets = dict(Target.objects.filter(campaign=field.campaign).values_list("unit_id", "value"))
    results: dict[str, Result] = {}
    for code, district in field.territory.districts.items():
        whole = district_result(code, targets[district.pk])
        for session in tour:
            if session.district == code:
                whole -= session.result
        communes = field.territory.communes_of[code]
        results |= by_commune(whole, {c.code: targets[c.pk] for c in communes})
    return results


def add_reasons(reports: Iterable[DailyReport]) -> None:
    """Let some reports say why people were not reached, too; nothing else follows from it."""
    for report in reports:
        if report.counts:
            report.counts.update(reasons_of(report.unit.code, report.date))


def _of_commune(
    scribe: ReportFactory, field: Field, code: str, result: Result, attendance: Attendance
) -> Iterator[DailyReport]:
    unit, branch = field.territory.communes[code], field.branches[commune_branch(code)]
    rng = SeededRandom("report", code)
    for day, part in by_day(code, result, attendance).items():
        odd = OUTLIER_PARTICIPATIONS if (code, day) in OUTLIERS else None
        counts = counts_of(rng, part, odd)
        trouble = DIFFICULTIES[rng.between(0, 3)] if rng.happens(4) else ""
        moments = receipt(rng, day)
        yield scribe.write(branch, unit, day, counts, moments, status_of(code, day), trouble)
    for day in sorted(attendance.idle):
        yield scribe.write(branch, unit, day, {}, receipt(rng, day), status_of(code, day))


def _of_session(scribe: ReportFactory, field: Field, session: police.PoliceSession) -> DailyReport:
    counts = counts_of(SeededRandom("session", session.day), session.result, session.participations)
    moments = session.received, session.received - dt.timedelta(minutes=3)
    return scribe.write(
        field.branches[POLICE],
        field.territory.communes[session.commune],
        session.day,
        counts,
        moments,
        status_of(POLICE, session.day),
    )
