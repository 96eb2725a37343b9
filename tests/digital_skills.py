"""A campaign of another subject: 44 days of digital skills, with eleven indicators of its own."""

import datetime as dt

from campaign.models import Campaign
from tests.conftest import World
from tests.factories import make_campaign, make_indicator, make_target

# Code, label, short label, measure, other ways to write it, target of the province.
INDICATORS = (
    ("contacts", "Lượt người dân được phổ cập kỹ năng số", "Phổ cập", "lượt", "pc", 100_000),
    ("online", "Hồ sơ dịch vụ công trực tuyến", "Hồ sơ", "hồ sơ", "hs", 30_000),
    ("households", "Hộ kinh doanh nhận tiền bằng mã QR", "Mã QR", "hộ", "mã qr, qr", 10_000),
    ("groups", "Đội hình được thành lập", "Đội hình", "đội hình", "", 102),
    ("classes", "Lớp bình dân học vụ số", "Lớp", "lớp", "lớp học", 510),
    ("models", "Mô hình hay", "Mô hình", "mô hình", "mh", 102),
    ("products", "Sản phẩm lên sàn", "Sản phẩm", "sản phẩm", "sp", 204),
    ("trained", "Đoàn viên được tập huấn", "Tập huấn", "đoàn viên", "th", 5_000),
    ("projects", "Công trình thanh niên", "Công trình", "công trình", "ct", 102),
    ("websites", "Trang tin đang hoạt động", "Trang tin", "trang", "web", 102),
    ("accounts", "Tài khoản mức 2", "Mức 2", "tài khoản", "m2", 50_000),
)
SLUG = "44-ngay"


def make_digital_skills(world: World) -> Campaign:
    """Make the campaign with a target for each indicator, of the province and one district."""
    campaign = make_campaign(
        slug=SLUG,
        name="44 ngày đêm phổ cập kỹ năng số",
        starts_on=dt.date(2023, 5, 20),
        ends_on=dt.date(2023, 7, 2),
    )
    for order, (code, label, short, measure, aliases, value) in enumerate(INDICATORS):
        indicator = make_indicator(
            campaign=campaign,
            code=code,
            label=label,
            short_label=short,
            measure=measure,
            aliases=aliases,
            order=order,
            is_headline=not order,
        )
        for unit, part in ((world.province, 1), (world.district, 2), (world.other_district, 4)):
            make_target(campaign=campaign, unit=unit, indicator=indicator, value=value // part)
        make_target(campaign=campaign, unit=world.commune, indicator=indicator, value=value // 10)
    return campaign
