"""An import is previewed, confirmed by who has seen it, logged, and of the staff alone."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.utils import timezone

from campaign.models import (
    FormulaTerm,
    Target,
    Unit,
)
from core.models import PendingUpload
from core.sealing import unseal
from core.tasks import forget_uploads
from tests.campaign.resources.files import GOOD, UNIT
from tests.conftest import World
from tests.factories import make_user
from tests.importing import (
    address,
    as_csv,
    confirm,
    problems,
    take_in,
    totals,
    upload,
)

Browse = Callable[[Any], Client]


def test_confirming_needs_the_own_preview(client: Client, world: World, browse: Browse) -> None:
    preview = upload(client, Unit, GOOD.encode())
    colleague = make_user(is_staff=True, is_superuser=True)
    response = confirm(browse(colleague), Unit, preview)
    assert response.status_code == 302
    assert response["Location"] == address(Unit, "import")
    assert not Unit.objects.filter(code="14199").exists()


@pytest.mark.parametrize("name", ["../../etc/passwd", "x", ""])
def test_confirming_a_forged_file_name_starts_again(client: Client, name: str) -> None:
    response = client.post(address(Unit, "process_import"), {"token": name})
    assert (response.status_code, response["Location"]) == (302, address(Unit, "import"))


def test_confirming_twice_imports_once(client: Client) -> None:
    preview = upload(client, Unit, GOOD.encode())
    assert confirm(client, Unit, preview)["Location"] == address(Unit, "changelist")
    assert confirm(client, Unit, preview)["Location"] == address(Unit, "import")
    assert Unit.objects.filter(code="14199").count() == 1
    assert not PendingUpload.objects.exists()


def test_a_waiting_file_is_sealed_and_gone_within_the_hour(client: Client) -> None:
    preview = upload(client, Unit, GOOD.encode())
    stored = bytes(PendingUpload.objects.get().data)
    assert "Xã Giao An".encode() not in stored
    PendingUpload.objects.update(made_at=timezone.now() - dt.timedelta(minutes=56))
    assert confirm(client, Unit, preview)["Location"] == address(Unit, "import")
    assert not Unit.objects.filter(code="14199").exists()
    fresh = upload(client, Unit, GOOD.encode())
    forget_uploads()
    assert PendingUpload.objects.count() == 1
    assert unseal(stored) == GOOD.encode()
    with override_settings(SECRET_KEY="another" * 9), pytest.raises(ValueError, match="key"):
        unseal(stored)
    assert confirm(client, Unit, fresh)["Location"] == address(Unit, "changelist")


def test_what_went_wrong_since_the_preview_takes_nothing(client: Client, world: World) -> None:
    data = as_csv(
        ["campaign", "unit", "indicator", "value"],
        ["de-an-06-2023", "14158", "level1", "5"],
        ["de-an-06-2023", "14158", "level2", "6"],
    )
    preview = upload(client, Target, data)
    FormulaTerm.objects.all().delete()
    world.indicators["upgraded"].delete()
    world.indicators["level2"].delete()
    page = confirm(client, Target, preview)
    assert page.status_code == 200
    assert [(row, column) for row, column, _text in problems(page)] == [(3, "indicator")]
    assert not Target.objects.filter(unit=world.sibling).exists()


def test_import_is_logged_with_its_author(client: Client, world: World) -> None:
    take_in(client, Unit, GOOD.encode())
    entry = LogEntry.objects.latest("pk")
    assert (entry.user, entry.change_message) == (world.staff, "Nhập từ tệp")


@pytest.mark.parametrize("who", ["lead", "owner", "liaison", "partner", "stranger"])
def test_nobody_but_staff_imports_or_exports(world: World, browse: Browse, who: str) -> None:
    client = browse(getattr(world, who))
    file = SimpleUploadedFile("tep.csv", GOOD.encode())
    for response in (
        client.get(address(Unit, "import"), follow=True),
        client.post(address(Unit, "import"), {"import_file": file}, follow=True),
        client.post(address(Unit, "process_import"), {}, follow=True),
        client.get(address(Unit, "export"), follow=True),
        client.post(address(Unit, "export"), {"format": "1"}, follow=True),
    ):
        assert response.status_code == 403
    assert Unit.objects.count() == 6


def test_staff_whose_appointment_has_ended_imports_nothing(world: World, browse: Browse) -> None:
    world.staff.appointments.update(ends_on=dt.date(2023, 6, 19))
    client = browse(world.staff)
    assert client.get(address(Unit, "import"), follow=True).status_code == 403
    assert client.get(address(Unit, "changelist"), follow=True).status_code == 403


def test_import_of_many_rows_takes_few_queries(
    client: Client, world: World, django_assert_max_num_queries: Any
) -> None:
    rows = [[f"2{n:04}", f"Xóm {n}", "xóm", "14173", "2023-01-01"] for n in range(300)]
    with django_assert_max_num_queries(60):
        preview = upload(client, Unit, as_csv(UNIT, *rows))
    assert totals(preview) == (300, 0, 0)
    assert len(preview.context["changes"]) == 200
    assert "Còn 100 mục nữa" in preview.content.decode()
