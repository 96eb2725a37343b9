"""Units, branches, campaigns and indicators, read only."""

import datetime as dt
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView

from campaign.models import Branch, Campaign, Indicator, Level, Unit, branch_kinds
from campaign.models.campaigns import ASKS
from campaign.takes_part import rule_in_codes
from core import clock
from core.endpoints import Endpoint
from core.querysets import ScopedQuerySet


class ScopedListView(Endpoint, ListAPIView[Any]):
    """A list of what the user may see, and of nothing else.

    The base refuses a queryset that cannot tell: a new endpoint is closed until it can.
    """

    def get_queryset(self) -> QuerySet[Any]:
        queryset = super().get_queryset()
        if not isinstance(queryset, ScopedQuerySet):
            raise TypeError(f"{type(self).__name__}: the queryset has no visible_to().")
        return queryset.visible_to(self.request.user)


class UnitSerializer(serializers.ModelSerializer[Unit]):
    parent_code = serializers.CharField(source="parent.code", default=None, allow_null=True)

    class Meta:
        model = Unit
        fields = ("code", "name", "kind", "level", "parent_code", "valid_from", "valid_to")


class DayFilter(django_filters.DateFilter):  # type: ignore[misc]
    """A day as ``2023-05-12``, as everywhere in the API."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, input_formats=["%Y-%m-%d"], **kwargs)


class NodeFilter(django_filters.FilterSet):  # type: ignore[misc]
    """What lists of both trees can be asked."""

    q = django_filters.CharFilter(method="search", label=_("Tên hoặc mã, có dấu hay không"))
    within = django_filters.CharFilter(method="below", label=_("Mã của cấp trên"))

    def search(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.search(value)

    def below(self, queryset: Any, name: str, value: str) -> Any:
        """Keep what lies below the units that bear this code, themselves left out."""
        tops = queryset.model.objects.filter(code=value)
        paths = [top.path for top in tops]
        stored = queryset.none()
        for path in paths:
            stored = stored | queryset.filter(path__startswith=path).exclude(path=path)
        return stored


class UnitFilter(NodeFilter):
    """``level``, ``within``, ``on`` (default today) and ``q``."""

    level = django_filters.ChoiceFilter(choices=Level.choices)
    on = DayFilter(method="valid", label=_("Địa bàn của ngày này"))

    class Meta:
        model = Unit
        fields = ("level",)

    def valid(self, queryset: Any, name: str, value: dt.date) -> Any:
        return queryset.on(value)

    def filter_queryset(self, queryset: Any) -> Any:
        """Without ``on`` the units of today are meant."""
        if not self.form.cleaned_data.get("on"):
            queryset = queryset.on(clock.today())
        return super().filter_queryset(queryset)


@extend_schema(summary="Địa bàn", tags=["Địa bàn"])
class UnitList(ScopedListView):
    """Administrative units in one's scope, in Vietnamese order of names."""

    queryset = Unit.objects.select_related("parent").order_by("sort_key", "code", "valid_from")
    serializer_class = UnitSerializer
    filterset_class = UnitFilter


class BranchSerializer(serializers.ModelSerializer[Branch]):
    """A branch with the codes of the one above it and of its home unit."""

    parent_code = serializers.CharField(source="parent.code", default=None, allow_null=True)
    home_unit = serializers.CharField(source="home_unit.code")

    class Meta:
        model = Branch
        fields = ("code", "name", "kind", "parent_code", "home_unit", "reports_daily")

    def to_representation(self, instance: Branch) -> Any:
        return super().to_representation(instance.on(clock.today()))


class BranchFilter(NodeFilter):
    """``kind``, ``within`` and ``q``."""

    # A function alone would leave the codes out of the schema.
    kind = django_filters.ChoiceFilter(choices=CallableChoiceIterator(branch_kinds))

    class Meta:
        model = Branch
        fields = ("kind",)


@extend_schema(summary="Cơ sở Đoàn báo cáo", tags=["Địa bàn"])
class BranchList(ScopedListView):
    """Branches in one's scope, in Vietnamese order of names."""

    queryset = Branch.objects.select_related("parent", "home_unit").order_by("sort_key", "code")
    serializer_class = BranchSerializer
    filterset_class = BranchFilter


class CampaignSerializer(serializers.ModelSerializer[Campaign]):
    takes_part = serializers.SerializerMethodField()

    class Meta:
        model = Campaign
        fields = (
            "slug",
            "name",
            "state",
            "takes_part",
            "plan_reference",
            "notice",
            "starts_on",
            "ends_on",
            "archived_at",
            "weekdays",
            "opens_at",
            "due_at",
            "closes_at",
            "editable_days",
            *ASKS,
        )

    def get_takes_part(self, campaign: Campaign) -> dict[str, list[str]]:
        """Return kinds, and codes of branches; blank where all take part that report daily."""
        return rule_in_codes(campaign.takes_part)

    def to_representation(self, instance: Campaign) -> Any:
        """Give the rules of today: a row may hold those of a day to come."""
        return super().to_representation(instance.on(clock.today()))


@extend_schema(summary="Chiến dịch", tags=["Chiến dịch"])
class CampaignList(ScopedListView):
    """Campaigns, the running one first."""

    queryset = Campaign.objects.all()
    serializer_class = CampaignSerializer

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().current_first()  # type: ignore[no-any-return, attr-defined]


class IndicatorSerializer(serializers.ModelSerializer[Indicator]):
    """An indicator; ``terms`` of a derived one map the code of a source to its factor.

    With a ``next_step`` it is a reason why people were not reached, and no result.
    """

    campaign = serializers.CharField(source="campaign.slug")
    at_most = serializers.CharField(source="at_most.code", default=None, allow_null=True)
    terms = serializers.SerializerMethodField()

    class Meta:
        model = Indicator
        fields = (
            "campaign",
            "code",
            "label",
            "label_en",
            "measure",
            "aggregation",
            "order",
            "required",
            "at_most",
            "is_derived",
            "is_headline",
            "counts_people",
            "next_step",
            "terms",
        )

    def get_terms(self, indicator: Indicator) -> dict[str, int]:
        return {term.source.code: term.factor for term in indicator.terms.all()}


class IndicatorFilter(django_filters.FilterSet):  # type: ignore[misc]
    """``campaign``."""

    campaign = django_filters.CharFilter(field_name="campaign__slug")

    class Meta:
        model = Indicator
        fields = ("campaign",)


@extend_schema(summary="Chỉ số", tags=["Chiến dịch"])
class IndicatorList(ScopedListView):
    """Indicators of the campaigns, in their order."""

    queryset = (
        Indicator.objects.select_related("campaign", "at_most")
        .prefetch_related("terms__source")
        .order_by("-campaign__starts_on", "order", "code")
    )
    serializer_class = IndicatorSerializer
    filterset_class = IndicatorFilter
