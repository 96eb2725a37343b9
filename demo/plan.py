"""The campaign of the demo and what its results are measured against."""

import csv
import datetime as dt

from accounts.models import User
from campaign.models import (
    Baseline,
    BaselineFigure,
    Campaign,
    Phase,
    Target,
    Unit,
)
from campaign.services.targets import distribute, save_shares
from campaign.setup.campaign_templates import add_indicators, campaign_templates
from campaign.states import CampaignState
from demo.seeded_random import SeededRandom
from demo.territory import CAMPAIGN_ENDS, DATA, FIRST_DAY, STRUCTURE_DATE, Territory

SLUG = "de-an-06-2023"
PEAK = (dt.date(2023, 4, 29), dt.date(2023, 5, 3))
HOURS = {
    "opens_at": dt.time(0, 0),
    "due_at": dt.time(18, 30),
    "closes_at": dt.time(23, 59, 59),
}
PROVINCE_TARGET = 900_000
ELIGIBLE = "du-dieu-kien-minh-hoa-2023"
CENSUS = "dan-so-2019"
ELIGIBLE_PERCENT = 78
# Synthetic size of a commune beside the others of its district, from and to.
WEIGHTS = {"phường": (90, 170), "thị trấn": (110, 190), "xã": (60, 140)}


# Their order there is their order everywhere.
TEMPLATE = campaign_templates()[0]
INDICATORS = TEMPLATE.indicators


def add_campaign() -> Campaign:
    campaign, is_new = Campaign.objects.get_or_create(
        slug=SLUG,
        defaults={
            "name": TEMPLATE.name,
            "plan_reference": (
                "Chỉ thị 05/CT-TTg ngày 23/2/2023; kế hoạch phối hợp năm 2023 của Ban Thường vụ "
                "Tỉnh Đoàn, Hội Liên hiệp Phụ nữ tỉnh và Công an tỉnh Nam Định"
            ),
            "notice": (
                "Số liệu từng ngày, chỉ tiêu, số công dân đủ điều kiện, các buổi và tên người là "
                "minh họa. Tổng của huyện Giao Thủy và của tổ “Tiên phong chuyển đổi số” Công an "
                "tỉnh theo Báo Nam Định, 2023."
            ),
            "state": CampaignState.RUNNING,
            "starts_on": FIRST_DAY,
            "ends_on": CAMPAIGN_ENDS,
            "editable_days": 91,
            "message_words": TEMPLATE.message_words,
            "public_lead": TEMPLATE.public_lead,
            "public_hint": TEMPLATE.public_hint,
            **HOURS,
        },
    )
    if is_new:
        Phase.objects.create(
            campaign=campaign,
            name="Cao điểm 30/4, 1/5 và Giỗ Tổ Hùng Vương",
            starts_on=PEAK[0],
            ends_on=PEAK[1],
            is_peak=True,
        )
        add_indicators(campaign, INDICATORS)
    return campaign


def add_baselines(territory: Territory) -> int:
    with (DATA / "population_2019.csv").open(encoding="utf-8", newline="") as file:
        census = {row["code"]: int(row["pop_2019"]) for row in csv.DictReader(file)}
    districts = {unit: census[code] for code, unit in territory.districts.items()}
    eligible = {unit: people * ELIGIBLE_PERCENT // 100 for unit, people in districts.items()}
    added = _add_baseline(
        Baseline(
            slug=CENSUS,
            name="Dân số (Tổng điều tra 2019)",
            as_of=dt.date(2019, 4, 1),
            source=(
                "Tổng điều tra dân số và nhà ở 2019, theo huyện; lấy từ rorygibb/dengue_vietnam_ms"
                " (Population_Census_2009_2019.csv); số của tỉnh là tổng các huyện"
            ),
            is_verified=True,
        ),
        districts | {territory.province: sum(districts.values())},
    )
    return added + _add_baseline(
        Baseline(
            slug=ELIGIBLE,
            name="Công dân đủ điều kiện (từ 14 tuổi), ước tính minh họa",
            as_of=STRUCTURE_DATE,
            source=(
                f"Số minh họa, chưa kiểm chứng: {ELIGIBLE_PERCENT}% dân số năm 2019 của huyện, "
                "chia cho các xã theo trọng số giả định (phường, thị trấn lớn hơn)"
            ),
        ),
        eligible
        | {territory.province: sum(eligible.values())}
        | _share_among_communes(territory, eligible),
    )


def _share_among_communes(territory: Territory, eligible: dict[Unit, int]) -> dict[Unit, int]:
    shared: dict[Unit, int] = {}
    for code, communes in territory.communes_of.items():
        weights = {c.code: SeededRandom("size", c.code).between(*WEIGHTS[c.kind]) for c in communes}
        parts = distribute(eligible[territory.districts[code]], weights)
        shared |= {c: parts[c.code] for c in communes}
    return shared


def _add_baseline(baseline: Baseline, figures: dict[Unit, int]) -> int:
    if Baseline.objects.filter(slug=baseline.slug).exists():
        return 0
    baseline.save()
    BaselineFigure.objects.bulk_create(
        BaselineFigure(baseline=baseline, unit=unit, value=value) for unit, value in figures.items()
    )
    return 1


def add_targets(actor: User, campaign: Campaign, territory: Territory) -> int:
    if Target.objects.filter(campaign=campaign).exists():
        return 0
    return save_shares(
        actor=actor,
        campaign=campaign,
        indicator=campaign.indicators.get(code="activated"),
        top=territory.province,
        total=PROVINCE_TARGET,
        baseline=Baseline.objects.get(slug=ELIGIBLE),
        due_on=CAMPAIGN_ENDS,
        # The plan was there when the campaign began: days that are over are judged by it.
        since=FIRST_DAY,
        reason="Số liệu minh họa",
    )
