"""``GET teams/``: teams with counts, and no person."""

import datetime as dt
from typing import Any

import django_filters
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers

from campaign.api import DayFilter, ScopedListView
from campaign.models import Unit
from campaign.querysets import below
from core import clock
from volunteers.teams.models import Team, team_kinds
from volunteers.teams.selectors import named, with_counts

TEAM = {
    "id": 42,
    "name": "Tổ công nghệ số cộng đồng xóm 5",
    "kind": "community",
    "unit": "14173",
    "unit_name": "Xã Tân Tiến",
    "branch": "XD-14173",
    "founded_on": "2023-04-01",
    "dissolved_on": None,
    "members": 6,
    "youth_key_members": 1,
}


class TeamSerializer(serializers.ModelSerializer[Team]):
    """A team; ``youth_key_members`` are Youth Union members who lead or are deputies."""

    unit = serializers.CharField(source="unit.code")
    unit_name = serializers.CharField(source="unit.name")
    branch = serializers.CharField(source="branch.code")
    members = serializers.IntegerField()
    youth_key_members = serializers.IntegerField()

    class Meta:
        model = Team
        fields = tuple(TEAM)


class TeamFilter(django_filters.FilterSet):  # type: ignore[misc]
    """``within``, ``kind``, ``q`` and ``on`` (default today)."""

    q = django_filters.CharFilter(method="search", label=_("Tên tổ hoặc địa bàn, có dấu hay không"))
    # A function alone would leave the codes out of the schema.
    kind = django_filters.ChoiceFilter(choices=CallableChoiceIterator(team_kinds))
    within = django_filters.CharFilter(
        method="in_unit", label=_("Mã địa bàn: các tổ ở đó và ở các địa bàn trực thuộc")
    )
    on = DayFilter(method="existing", label=_("Tổ và thành viên của ngày này"))

    class Meta:
        model = Team
        fields = ("kind",)

    def search(self, queryset: Any, name: str, value: str) -> Any:
        return named(queryset, value)

    def in_unit(self, queryset: Any, name: str, value: str) -> Any:
        paths = frozenset(Unit.objects.filter(code=value).values_list("path", flat=True))
        return queryset.filter(below(paths, "unit__path"))

    def existing(self, queryset: Any, name: str, value: dt.date) -> Any:
        """Do nothing: the day is looked at once, below."""
        return queryset

    def filter_queryset(self, queryset: Any) -> Any:
        day = self.form.cleaned_data.get("on") or clock.today()
        return with_counts(super().filter_queryset(queryset).on(day), day)


@extend_schema(
    summary="Tổ và số thành viên",
    tags=["Tổ"],
    examples=[OpenApiExample("Tổ", value=TEAM, response_only=True)],
)
class TeamList(ScopedListView):
    """Teams in one's scope, by unit and name; of their members only how many there are."""

    queryset = Team.objects.select_related("unit", "branch").order_by(
        "unit__sort_key", "sort_key", "pk"
    )
    serializer_class = TeamSerializer
    filterset_class = TeamFilter
