"""A property of an indicator: what repeats the model's list is made from it, or named here.

A new one is a field, its migration, a column of the file, a field of the API, and its use.
"""

from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets

from campaign.admin.indicators import IndicatorAdmin
from campaign.api import IndicatorSerializer
from campaign.models import FormulaTerm, Indicator
from campaign.resources import IndicatorResource
from campaign.services.copy_campaign import copy_campaign
from tests.conftest import World

PROPERTIES = {field.name for field in Indicator._meta.fields if field.editable} - {"id"}
# By code in files: another indicator, and the terms.
BY_CODE = {"part_of": "at_most", "formula": "is_derived"}
# For the pages of this portal only.
NOT_IN_THE_API = {"short_label", "aliases", "in_police_csv"}


def test_every_property_is_on_the_page_of_the_indicator() -> None:
    page = IndicatorAdmin(Indicator, admin.site)
    assert sorted(flatten_fieldsets(page.fieldsets)) == sorted(PROPERTIES)


def test_every_property_is_a_column_of_the_file() -> None:
    columns = {column.attribute.split("__")[0] for column in IndicatorResource().fields.values()}
    assert {BY_CODE.get(name, name) for name in columns} == PROPERTIES


def test_every_property_is_in_the_api() -> None:
    fields = set(IndicatorSerializer.Meta.fields)
    assert fields - {"terms"} == PROPERTIES - NOT_IN_THE_API


def test_every_property_is_copied_with_the_campaign(world: World) -> None:
    changed = world.indicators["upgraded"]
    world.campaign.indicators.filter(pk=changed.pk).update(
        short_label="Nâng",
        label_en="Upgraded",
        measure="tài khoản",
        aliases="nm, nâng",
        order=9,
        required=True,
        in_police_csv=False,
        counts_people=True,
    )
    changed.refresh_from_db()
    copied = copy_campaign(actor=world.staff, campaign=world.campaign).indicators.get(
        code="upgraded"
    )
    plain = PROPERTIES - {"campaign", "at_most"}
    assert {n: getattr(copied, n) for n in plain} == {n: getattr(changed, n) for n in plain}
    assert (copied.at_most or changed).code == "level2"
    assert FormulaTerm.objects.filter(source=copied).count() == 1
