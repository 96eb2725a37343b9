"""Filters of lists."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from campaign.models import Level, Unit
from core.clock import today
from core.querysets import scoped


class NowFilter(admin.SimpleListFilter):
    """What holds today; the queryset's ``on`` says what that means."""

    title = _("hiệu lực")
    parameter_name = "now"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("Đang hiệu lực")), ("0", _("Không hiệu lực hôm nay"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "1":
            return queryset.on(today())
        if self.value() == "0":
            return queryset.exclude(pk__in=queryset.on(today()).values("pk"))
        return queryset


class LevelFilter(admin.SimpleListFilter):
    """Units of one level, which is called by the kinds of units that it has here."""

    title = _("cấp")
    parameter_name = "level__exact"
    level_field = "level"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        found = scoped(request.user, Unit.objects.all()).values_list("level", "kind").distinct()
        kinds: dict[str, list[str]] = {level: [] for level in Level.values}
        for level, kind in found.order_by("kind"):
            kinds[level].append(kind)
        return [(level, ", ".join(names)) for level, names in kinds.items() if names]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(**{self.level_field: self.value()}) if self.value() else queryset


class UnitLevelFilter(LevelFilter):
    parameter_name = "unit__level__exact"
    level_field = "unit__level"


class WithinFilter(admin.SimpleListFilter):
    """What lies in a unit between province and commune, by where its path stands."""

    title = _("địa bàn")
    parameter_name = "within"
    path_field = "path"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer the districts of the scope, old ones with the day they begin."""
        districts = scoped(request.user, Unit.objects.filter(level=Level.DISTRICT))
        day = today()
        return [
            (
                str(unit.pk),
                f"{unit.name} ({unit.valid_from:%d/%m/%Y})"
                if unit.has_ended_by(day)
                else unit.name,
            )
            for unit in districts.order_by("sort_key")
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value()
        if not value or not value.isdecimal():
            return queryset
        district = scoped(request.user, Unit.objects.filter(pk=value)).first()
        if district is None:
            return queryset.none()
        return queryset.filter(**{f"{self.path_field}__startswith": district.path})


class HomeFilter(WithinFilter):
    path_field = "home_unit__path"


class UnitWithinFilter(WithinFilter):
    path_field = "unit__path"
