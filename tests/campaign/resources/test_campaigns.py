"""A whole campaign that comes in by files: indicators, targets, baselines, appointments."""

import datetime as dt

from django.test import Client

from campaign.models import (
    Appointment,
    Baseline,
    BaselineFigure,
    Campaign,
    FormulaTerm,
    Indicator,
    Phase,
    Target,
)
from campaign.permissions import Role
from tests.conftest import World
from tests.importing import (
    as_csv,
    as_xlsx,
    problems,
    take_in,
    totals,
    upload,
)


def test_whole_campaign_comes_in_by_files(client: Client, world: World) -> None:
    take_in(
        client,
        Campaign,
        as_csv(
            ["slug", "name", "starts_on", "ends_on", "due_at", "editable_days"],
            ["44-ngay", "44 ngày đêm", "01/07/2023", "13/08/2023", "18:30", "3"],
        ),
    )
    campaign = Campaign.objects.get(slug="44-ngay")
    assert (campaign.due_at, campaign.editable_days) == (dt.time(18, 30), 3)
    indicators = as_csv(
        ["campaign", "code", "label", "order", "required", "part_of", "terms", "is_headline"],
        ["44-ngay", "total", "Tổng", "9", "", "", "qr + 2*web − closed", "có"],
        ["44-ngay", "closed", "Đã đóng", "3", "không", "web", "", ""],
        ["44-ngay", "web", "Trang web", "2", "có", "", "", ""],
        ["44-ngay", "qr", "Hộ dùng QR", "1", "có", "", "", ""],
    )
    take_in(client, Indicator, indicators)
    total = campaign.indicators.get(code="total")
    assert {t.source.code: t.factor for t in total.terms.all()} == {"qr": 1, "web": 2, "closed": -1}
    assert (total.is_derived, total.is_headline) == (True, True)
    assert campaign.indicators.get(code="closed").at_most == campaign.indicators.get(code="web")
    assert totals(upload(client, Indicator, indicators)) == (0, 0, 4)
    phases = as_csv(
        ["campaign", "name", "starts_on", "ends_on", "is_peak", "weekdays"],
        ["44-ngay", "Cao điểm", "2023-07-10", "2023-07-16", "x", "67"],
    )
    take_in(client, Phase, phases)
    assert campaign.phases.get().weekdays == "67"
    assert totals(upload(client, Phase, phases)) == (0, 0, 1)
    targets = as_csv(
        ["campaign", "unit", "indicator", "value"],
        ["44-ngay", "36", "total", "10000"],
        ["44-ngay", "14173", "total", "500"],
    )
    take_in(client, Target, targets)
    target = Target.objects.get(campaign=campaign, unit=world.commune)
    assert (target.value, target.due_on) == (500, campaign.ends_on)
    assert totals(upload(client, Target, targets)) == (0, 0, 2)


def test_indicators_are_checked_against_each_other(client: Client) -> None:
    slug = "de-an-06-2023"
    data = as_csv(
        ["campaign", "code", "label", "required", "part_of", "terms", "is_headline"],
        [slug, "a", "A", "", "b", "", ""],
        [slug, "b", "B", "", "a", "", ""],
        [slug, "c", "C", "", "", "activated + a", ""],
        [slug, "d", "D", "", "", "nowhere", ""],
        [slug, "e", "E", "", "activated", "", ""],
        [slug, "f", "F", "có", "", "a", ""],
        [slug, "g", "G", "", "", "", "có"],
        [slug, "h", "H", "", "", "a plus b", ""],
        [slug, "Mã", "K", "", "", "", ""],
    )
    found = problems(upload(client, Indicator, data))
    assert [(row, column) for row, column, _text in found if row != 10] == [
        (2, "part_of"),
        (3, "part_of"),
        (4, "terms"),
        (5, "terms"),
        (6, "part_of"),
        (7, "required"),
        (8, "is_headline"),
        (9, "terms"),
    ]


def test_headline_moves_in_any_order_of_rows(client: Client, world: World) -> None:
    slug = "de-an-06-2023"
    rows = [[slug, "installed", "Cài VNeID", "có"], [slug, "activated", "Kích hoạt", "không"]]
    take_in(client, Indicator, as_csv(["campaign", "code", "label", "is_headline"], *rows))
    assert world.campaign.indicators.get(is_headline=True).code == "installed"
    assert FormulaTerm.objects.filter(indicator__code="activated").count() == 3


def test_missing_column_keeps_what_is_there_and_blank_clears(client: Client, world: World) -> None:
    slug = "de-an-06-2023"
    take_in(client, Indicator, as_csv(["campaign", "code", "label"], [slug, "activated", "Mới"]))
    assert FormulaTerm.objects.filter(indicator__code="activated").count() == 3
    header = ["campaign", "code", "label", "part_of", "measure", "order"]
    take_in(client, Indicator, as_csv(header, [slug, "upgraded", "Nâng mức", "", "", ""]))
    upgraded = world.campaign.indicators.get(code="upgraded")
    assert (upgraded.at_most, upgraded.measure, upgraded.order) == (None, "", 3)


def test_target_value_that_could_be_read_twice_is_asked_about(client: Client) -> None:
    header = ["campaign", "unit", "indicator", "value", "due_on"]
    slug = "de-an-06-2023"
    typed = ["1.000", "1,000", "12,5", "-1", "１２", "1e3", "", "9" * 40, 35.5]
    data = as_xlsx(header, *([slug, "14158", "level1", value, "2023-06-30"] for value in typed))
    found = problems(upload(client, Target, data, "tep.xlsx"))
    assert [(row, column) for row, column, _text in found] == [
        (n, "value") for n in range(2, 2 + len(typed))
    ]
    assert found[0][2] == "Chưa rõ “1.000” là bao nhiêu. Gõ liền các chữ số, ví dụ 1000."
    assert not Target.objects.filter(unit__code="14158").exists()


def test_target_value_of_excel_is_a_whole_number(client: Client) -> None:
    header = ["campaign", "unit", "indicator", "value"]
    data = as_xlsx(header, ["de-an-06-2023", 14158, "level1", 35.0])
    take_in(client, Target, data, "tep.xlsx")
    assert Target.objects.get(unit__code="14158").value == 35


def test_target_of_an_unknown_unit_is_named(client: Client) -> None:
    header = ["campaign", "unit", "indicator", "value"]
    found = problems(
        upload(client, Target, as_csv(header, ["de-an-06-2023", "99999", "level1", "5"]))
    )
    assert found == [(2, "unit", "Không có địa bàn mang mã “99999” trong phạm vi của bạn.")]


def test_baseline_figures_find_their_units_by_day(client: Client, world: World) -> None:
    take_in(
        client,
        Baseline,
        as_csv(
            ["slug", "name", "as_of", "source", "is_verified"],
            ["dan-so-2019", "Dân số", "2019-04-01", "Tổng điều tra", "không"],
        ),
    )
    header = ["baseline", "unit", "unit_on", "value"]
    page = upload(client, BaselineFigure, as_csv(header, ["dan-so-2019", "365", "", "166000"]))
    assert problems(page) == [
        (2, "unit", "Mã 365 không có hiệu lực ngày 01/04/2019; có từ 01/01/2023.")
    ]
    data = as_csv(header, ["dan-so-2019", "365", "2023-06-20", "166000"])
    take_in(client, BaselineFigure, data)
    assert BaselineFigure.objects.get(unit=world.district).value == 166000
    assert totals(upload(client, BaselineFigure, data)) == (0, 0, 1)


def test_appointments_come_in_once(client: Client, world: World) -> None:
    header = ["user", "role", "branch", "unit", "starts_on", "ends_on"]
    data = as_csv(
        header,
        ["stranger", "Bí thư", "XD-14173", "", "2023-04-01", ""],
        ["stranger", "partner", "", "36", "2023-04-01", "2023-06-30"],
    )
    take_in(client, Appointment, data)
    owned = Appointment.objects.filter(user=world.stranger)
    assert {(a.role, a.branch, a.unit) for a in owned} == {
        (Role.SECRETARY, world.branch, None),
        (Role.PARTNER, None, world.province),
    }
    assert totals(upload(client, Appointment, data)) == (0, 0, 2)


def test_appointment_that_cannot_be_is_refused(client: Client) -> None:
    header = ["user", "role", "branch", "unit", "starts_on"]
    data = as_csv(
        header,
        ["stranger", "secretary", "", "36", "2023-04-01"],
        ["stranger", "partner", "XD-14173", "36", "2023-04-01"],
        ["nobody", "partner", "", "36", "2023-04-01"],
        ["owner", "secretary", "XD-14173", "", "2023-05-01"],
        ["stranger", "king", "", "36", "2023-04-01"],
    )
    found = problems(upload(client, Appointment, data))
    assert [(row, column) for row, column, _text in found] == [
        (2, "branch"),
        (3, "branch"),
        (4, "user"),
        (5, "starts_on"),
        (6, "role"),
    ]
