"""What a campaign asks reports to say in words: not at all, if they like, or always (C30)."""

import datetime as dt
from typing import Any

import pytest

from campaign.models import Campaign, SettingsChange
from reports.daily.models import DailyReport
from reports.daily.services.report_input import InvalidReport
from reports.daily.texts import asking_on
from tests.campaign.test_settings_pages import answered
from tests.campaign.test_settings_pages import sent as form_of
from tests.conftest import TODAY, World
from tests.pages import read
from tests.reports.daily.test_bad_inputs.sending import URL, Api, Browse, body, post
from tests.reports.reporting import report

LINK = "https://tinhdoannamdinh.vn/bai-1"
OWED = (
    "Chiến dịch này cần “Đường link ảnh, bài đăng”. Điền mục này ở trang báo cáo rồi gửi; ngày "
    "không phát sinh thì không cần."
)
PAGE = "/c/de-an-06-2023/report/"
BATCH = f"{URL}batch/"


@pytest.fixture
def strict(world: World) -> World:
    """The world whose campaign wants a link with every report, and does not ask for proposals."""
    Campaign.objects.update(asks_evidence_url="required", asks_proposals="no")
    return world


def test_what_is_required_is_refused_where_it_lacks_and_not_of_a_quiet_day(strict: World) -> None:
    def of(counts: dict[str, int], **given: Any) -> DailyReport:
        return report(strict.owner, "XD-14173", counts, **given)

    with pytest.raises(InvalidReport) as refusal:
        of({"installed": 3}, difficulties="Mưa")
    assert refusal.value.errors == {"evidence_url": [OWED]}
    assert not DailyReport.objects.exists()
    quiet = of({"installed": 0})
    assert of({}, no_activity=True, report_id=quiet.pk, base_version=1).version == 2
    # A day that was quiet and is so no more needs it; said once, it stands.
    with pytest.raises(InvalidReport):
        of({"installed": 3}, report_id=quiet.pk, base_version=2)
    of({"installed": 3}, report_id=quiet.pk, base_version=2, evidence_url=LINK)
    again = of({"installed": 4}, report_id=quiet.pk, base_version=3, evidence_url=None)
    assert (again.version, again.evidence_url) == (4, LINK)


def test_a_report_that_was_taken_is_taken_again_whatever_is_asked_since(world: World) -> None:
    first = report(world.owner, "XD-14173", {"installed": 3})
    Campaign.objects.update(asks_evidence_url="required")
    assert report(world.owner, "XD-14173", {"installed": 3}, report_id=first.pk).version == 1


def test_it_is_set_from_a_day_on_and_every_reader_of_settings_knows(
    world: World, browse: Browse, api: Api
) -> None:
    client, settings = browse(world.staff), "/c/de-an-06-2023/settings/"
    data = form_of(client.get(settings), asks_evidence_url="required")
    asked = client.post(settings, data)
    assert "có hỏi, không bắt buộc → bắt buộc" in asked.content.decode()
    client.post(settings, answered(asked, data))
    assert SettingsChange.objects.count() == 1
    campaign = Campaign.objects.get()
    ago = TODAY - dt.timedelta(days=1)
    assert [asking_on(campaign, day)["evidence_url"] for day in (ago, TODAY)] == [
        "asked",
        "required",
    ]
    [row] = api(world.partner).get("/api/v1/campaigns/").json()["results"]
    assert (row["asks_evidence_url"], row["asks_proposals"]) == ("required", "asked")
    days = api(world.owner).get("/api/v1/report-book/").json()["branches"][0]["days"]
    assert days[f"{TODAY}"]["asks"] == {"evidence_url": "required"}
    assert "asks" not in days[f"{ago}"]
    report(world.owner, "XD-14173", {"installed": 3}, date=ago)


def test_page_shows_what_is_asked_and_keeps_what_was_typed(strict: World, browse: Browse) -> None:
    client = browse(strict.owner)
    blank = client.get(PAGE).content.decode()
    assert 'aria-required="true"' in blank
    assert "Ngày không phát sinh thì không cần." in blank
    assert '<details class="more" open>' in blank
    assert 'name="proposals"' not in blank
    page = post(client, count_installed="35", difficulties="Mạng yếu").content.decode()
    assert page.count(OWED) == 2  # at the head, and at its field
    form = read(post(client, count_installed="35", difficulties="Mạng yếu"))
    assert (form.fields["count-installed"], form.fields["difficulties"]) == ("35", "Mạng yếu")
    post(client, count_installed="35", evidence_url=LINK, difficulties="Mạng yếu", confirm="1")
    assert DailyReport.objects.get().evidence_url == LINK


def test_what_waited_on_a_phone_is_asked_for_words_and_brings_them(
    strict: World, api: Api, browse: Browse
) -> None:
    """An older page sends counts only; the page that a phone keeps shows every text."""
    queued: dict[str, Any] = {"HTTP_X_QUEUE_OWNER": str(strict.owner.pk)}
    client, counts = api(strict.owner), body(date=f"{TODAY}")
    refused = client.post(URL, counts, **queued)
    assert (refused.status_code, refused.json()) == (400, {"evidence_url": [OWED]})
    assert client.post(URL, {**counts, "evidence_url": LINK}, **queued).status_code == 201
    # What stands is not asked for again.
    mended = {**counts, "counts": {"installed": 36}, "base_version": 1}
    assert client.post(URL, mended, **queued).status_code == 200
    stored = DailyReport.objects.get()
    given = {"report_id": str(stored.pk), "base_version": "2", "confirm": "1"}
    words = {"evidence_url": LINK, "proposals": "Thêm máy"}
    post(browse(strict.owner), count_installed="35", **given, **words)
    stored.refresh_from_db()
    assert (stored.evidence_url, stored.proposals) == (LINK, "Thêm máy")


def test_what_is_not_asked_any_more_stands_after_a_correction(world: World, browse: Browse) -> None:
    stored = report(world.owner, "XD-14173", {"installed": 3}, proposals="Thêm máy")
    Campaign.objects.update(asks_proposals="no")
    given = {"report_id": str(stored.pk), "base_version": "1", "confirm": "1"}
    post(browse(world.owner), count_installed="4", **given)
    stored.refresh_from_db()
    assert (stored.version, stored.proposals) == (2, "Thêm máy")


def test_api_says_of_which_report_of_a_batch_it_lacks(strict: World, api: Api) -> None:
    client = api(strict.owner)
    assert client.post(URL, body()).json() == {"evidence_url": [OWED]}
    lacking = {name: value for name, value in body().items() if name != "campaign"}
    whole = {**lacking, "id": body()["id"], "date": "2023-05-13", "evidence_url": LINK}
    sent = {"campaign": "de-an-06-2023", "reports": [whole, lacking]}
    refused = client.post(BATCH, sent)
    assert (refused.status_code, OWED in refused.content.decode()) == (400, True)
    assert not DailyReport.objects.exists()
