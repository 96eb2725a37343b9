"""The campaign of the demo and what its results are measured against."""

import csv
import datetime as dt
from dataclasses import dataclass

from accounts.models import User
from campaign.models import (
    Baseline,
    BaselineFigure,
    Campaign,
    FormulaTerm,
    Indicator,
    Phase,
    Target,
    Unit,
)
from campaign.services.targets import distribute, save_shares
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


@dataclass(frozen=True)
class PlannedIndicator:
    """An indicator as it is written down; ``terms`` make it a derived one."""

    code: str
    label: str
    label_en: str
    measure: str
    short_label: str = ""
    at_most: str = ""
    terms: tuple[tuple[str, int], ...] = ()
    in_police_csv: bool = True
    counts_people: bool = False
    aliases: str = ""


# Their order here is their order everywhere.
INDICATORS = (
    PlannedIndicator(
        "assisted",
        "Người dân được hướng dẫn",
        "Residents guided",
        "người",
        "Hướng dẫn",
        aliases="hỗ trợ, ht, hướng dẫn, hd, tiếp, tư vấn",
    ),
    PlannedIndicator(
        "installed",
        "Cài ứng dụng VNeID",
        "VNeID apps installed",
        "người",
        "Cài đặt",
        aliases="cài đặt, cài, cđ, cài app, cài vneid, tải app, vneid",
    ),
    PlannedIndicator(
        "level1",
        "Kích hoạt mức độ 1",
        "Level 1 activated",
        "tài khoản",
        "Mức 1",
        aliases="mức 1, mức độ 1, mđ1, m1, định danh mức 1, kích hoạt mức 1, kh m1, "
        "khm1, kh1, cấp 1",
    ),
    PlannedIndicator(
        "level2",
        "Kích hoạt mức độ 2",
        "Level 2 activated",
        "tài khoản",
        "Mức 2",
        aliases="mức 2, mức độ 2, mđ2, m2, định danh mức 2, kích hoạt mức 2, kh m2, "
        "khm2, kh2, cấp 2",
    ),
    PlannedIndicator(
        "upgraded",
        "trong đó nâng từ mức độ 1",
        "of these upgraded from level 1",
        "tài khoản",
        "Nâng mức",
        at_most="level2",
        aliases="nâng mức, nâng cấp, nâng, nâng từ mức 1, nâng từ m1, lên mức 2, nâng m2, "
        "nâng từ mức 1 lên mức 2, nâng từ m1 lên m2, nâng m1 lên m2, từ mức 1 lên mức 2",
    ),
    PlannedIndicator(
        "portal_login",
        "Đăng nhập Cổng Dịch vụ công quốc gia",
        "Sign-ins to the National Public Service Portal",
        "tài khoản",
        "Dịch vụ công",
        in_police_csv=False,
        aliases="dịch vụ công, dvc, dvcqg, đăng nhập dvc, cổng dvc, đăng nhập cổng dvc, "
        "đăng nhập dvcqg, cổng dvcqg, cổng dịch vụ công, đăng nhập cổng dịch vụ công, "
        "đăng nhập dịch vụ công",
    ),
    PlannedIndicator(
        "participations",
        "Lượt ĐVTN tham gia",
        "Volunteer participations",
        "lượt",
        "Lượt ĐVTN",
        in_police_csv=False,
        counts_people=True,
        aliases="lượt đvtn, lượt tham gia, đvtn, đoàn viên, lượt đoàn viên, tnv, tình nguyện viên",
    ),
    PlannedIndicator(
        "activated",
        "Tài khoản đã kích hoạt",
        "Accounts activated",
        "tài khoản",
        "Kích hoạt",
        terms=(("level1", 1), ("level2", 1), ("upgraded", -1)),
        aliases="kích hoạt, kh, tài khoản kích hoạt, kích hoạt tài khoản",
    ),
)


# What messages say of the campaign that is no count of anything.
MESSAGE_WORDS = (
    *("đề án 06", "đề án 6", "đa 06", "đa 6", "đề án 06 cp", "đề án số 06"),
    *("tổ đề án 06", "tổ công tác đề án 06", "vneid"),
)


def add_campaign() -> Campaign:
    campaign, is_new = Campaign.objects.get_or_create(
        slug=SLUG,
        defaults={
            "name": "Hỗ trợ cài đặt VNeID, kích hoạt tài khoản định danh điện tử (Đề án 06)",
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
            "structure_date": STRUCTURE_DATE,
            "editable_days": 91,
            "message_words": ", ".join(MESSAGE_WORDS),
            "public_lead": (
                "Xem điểm hỗ trợ cài VNeID gần nhà, hoặc nhờ Đoàn thanh niên đến tận nhà. "
                "Không mất tiền."
            ),
            "public_hint": (
                "Mang theo căn cước công dân và điện thoại. Tài khoản mức 2 do Công an cấp."
            ),
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
        add_indicators(campaign)
    return campaign


def add_indicators(campaign: Campaign) -> None:
    made: dict[str, Indicator] = {}
    for order, row in enumerate(INDICATORS, start=1):
        values = vars(row) | {"at_most": made.get(row.at_most), "order": order}
        terms = values.pop("terms")
        made[row.code] = Indicator.objects.create(
            campaign=campaign, is_derived=bool(terms), is_headline=bool(terms), **values
        )
        for code, factor in terms:
            FormulaTerm.objects.create(indicator=made[row.code], source=made[code], factor=factor)


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
