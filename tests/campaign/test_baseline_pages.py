"""Baselines and their figures, on pages of the portal: given, asked why, written, taken back."""

import datetime as dt
from collections.abc import Callable

from django.test import Client

from accounts.models import User
from campaign.models import Baseline, BaselineFigure
from tests.campaign.test_settings_pages import answered, sent, text_of, words_on
from tests.conftest import TODAY, World

Browse = Callable[[User], Client]
BASELINES = "/setup/baselines/"
DAY = dt.timedelta(days=1)


def test_baseline_and_its_figures_are_given_changed_from_a_day_and_taken_back(
    world: World, browse: Browse
) -> None:
    client = browse(world.staff)
    given = {
        "name": "Dân số thường trú",
        "as_of": "2023-04-01",
        "source": "Cục Thống kê",
        "slug": "dan-so",
    }
    data = sent(client.get(f"{BASELINES}new/"), **given)
    wrong = client.post(f"{BASELINES}new/", {**data, "source": ""})
    assert "Chưa nhập ô này" in text_of(wrong)
    asked = client.post(f"{BASELINES}new/", data)
    if asked.status_code == 200:
        client.post(f"{BASELINES}new/", answered(asked, data))
    of = Baseline.objects.get(slug="dan-so")
    assert not of.is_verified
    assert "chưa kiểm chứng" in text_of(client.get(BASELINES))

    figures = f"{BASELINES}{of.pk}/figures/"
    assert "Chưa ghi số của địa bàn nào" in text_of(client.get(figures))
    new = f"{figures}new/"
    data = sent(client.get(new), of_unit="khong co", value="9200")
    assert "Không có địa bàn" in text_of(client.post(new, data))
    data["of_unit"] = world.commune.code
    asked = client.post(new, data)
    assert client.post(new, answered(asked, data)).status_code == 302
    made = BaselineFigure.objects.get(baseline=of)
    assert (made.unit, made.value, made.value_on(TODAY - DAY)) == (world.commune, 9200, None)
    assert "đã có giá trị" in text_of(client.post(new, data))
    assert "9.200" in text_of(client.get(f"{figures}?q=giao tien"))
    assert "9.200" not in text_of(client.get(f"{figures}?q=truc hung"))

    page = f"{figures}{made.pk}/"
    data = sent(client.get(page), value="9500")
    asked = client.post(page, data)
    assert "9.200 → 9.500" in text_of(asked)
    later = {**answered(asked, data), "since": f"{TODAY + DAY}", "shown": f"{TODAY + DAY}"}
    assert client.post(page, later).status_code == 302
    made.refresh_from_db()
    assert (made.value_on(TODAY), made.value_on(TODAY + DAY)) == (9200, 9500)
    change = client.get(page).context["history"][0].change
    back = client.post(f"/setup/changes/{change.pk}/take-back/", {"back": page}, follow=True)
    assert words_on(back) == "Đã lấy lại như trước."
    made.refresh_from_db()
    assert (made.value, made.value_on(TODAY + DAY)) == (9200, 9200)

    # Its name is asked about as other settings are; with figures it stays.
    page = f"{BASELINES}{of.pk}/"
    data = sent(client.get(page), name="Dân số 2023")
    asked = client.post(page, data)
    assert "Dân số thường trú → Dân số 2023" in text_of(asked)
    client.post(page, answered(asked, data))
    assert Baseline.objects.get(pk=of.pk).name == "Dân số 2023"
    client.post(page, {"remove": "1", "reason": "Nhập nhầm"})
    assert BaselineFigure.objects.filter(pk=made.pk).exists()
    other = Baseline.objects.create(slug="khac", name="Khác", as_of=TODAY, source="?")
    assert client.get(f"{BASELINES}{other.pk}/figures/{made.pk}/").status_code == 404
    client.post(f"{BASELINES}{other.pk}/", {"remove": "1"})
    assert not Baseline.objects.filter(slug="khac").exists()
    assert browse(world.lead).get(figures).status_code == 403
