"""Teams, the people in them, and who is in which; members with import and export."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from campaign.admin.base import ProvinceAdmin, ProvincePages
from campaign.admin.filters import NowFilter, UnitWithinFilter, WithinFilter
from campaign.checked_form import CheckedForm
from core.admin import FoldedSearch
from core.validators import blamed_on, normalise_phone
from volunteers.teams.models import Membership, Team, Volunteer
from volunteers.teams.resources import MembershipResource
from volunteers.teams.services import end_idle_lead, set_full_name, set_team_name
from volunteers.teams.validators import check_birth_year, check_dates, clean_name


class TeamWithinFilter(WithinFilter):
    """What belongs to a team at work in a district."""

    path_field = "team__unit__path"


class TeamAdminForm(CheckedForm):
    class Meta:
        model = Team
        fields = ("name", "kind", "unit", "branch", "founded_on", "dissolved_on")
        help_texts = {
            "unit": gettext_lazy("Địa bàn hoạt động của tổ. Gõ tên hoặc mã để tìm."),
            "branch": gettext_lazy("Cơ sở Đoàn quản lý tổ. Gõ tên hoặc mã để tìm."),
            "dissolved_on": gettext_lazy("Ngày đầu tiên không còn tổ. Trống nếu đang hoạt động."),
        }

    def check(self) -> None:
        set_team_name(self.instance, clean_name(self.instance.name))


@admin.register(Team)
class TeamAdmin(FoldedSearch, ProvincePages):
    form = TeamAdminForm
    autocomplete_fields = ("unit", "branch")
    label_related = ("unit",)
    list_display = ("name", "kind", "unit", "branch", "founded_on", "dissolved_on")
    list_select_related = ("unit", "branch")
    list_filter = ("kind", NowFilter, UnitWithinFilter)
    search_fields = ("fold__contains", "unit__fold__contains", "unit__code__iexact")
    search_help_text = gettext_lazy("Tìm theo tên tổ, tên xã (không cần dấu) hoặc mã xã.")
    fieldsets = (
        (None, {"fields": ("name", "kind", "unit", "branch")}),
        (gettext_lazy("Hoạt động"), {"fields": (("founded_on", "dissolved_on"),)}),
    )

    def label(self, obj: Team) -> str:
        return f"{obj.name} · {obj.unit.name}"


class VolunteerForm(CheckedForm):
    phone = forms.CharField(
        label=gettext_lazy("Số điện thoại"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "class": "vTextField"}),
    )

    class Meta:
        model = Volunteer
        fields = ("full_name", "phone", "affiliation", "birth_year")

    def clean_phone(self) -> str | None:
        """Write the number in one way; none is None, of which there may be many."""
        phone = self.cleaned_data.get("phone")
        return normalise_phone(phone) if phone else None

    def check(self) -> None:
        if self.instance.birth_year is not None:
            with blamed_on("birth_year"):
                check_birth_year(self.instance.birth_year)
        set_full_name(self.instance, clean_name(self.instance.full_name))


@admin.register(Volunteer)
class VolunteerAdmin(FoldedSearch, ProvincePages):
    """Volunteers: names and telephone numbers, for those who set the campaign up."""

    form = VolunteerForm
    list_display = ("full_name", "phone", "affiliation", "birth_year")
    list_filter = ("affiliation",)
    search_fields = ("fold__contains", "phone")
    search_help_text = gettext_lazy("Tìm theo tên (không cần dấu) hoặc số điện thoại.")


class MembershipForm(CheckedForm):
    class Meta:
        model = Membership
        fields = ("team", "volunteer", "role", "joined_on", "left_on")
        help_texts = {
            "left_on": gettext_lazy("Ngày đầu tiên không còn trong tổ. Trống nếu đang tham gia."),
        }

    def check(self) -> None:
        mine: Membership = self.instance
        with blamed_on("left_on"):
            check_dates(mine.joined_on, mine.left_on, "left_on")


@admin.register(Membership)
class MembershipAdmin(FoldedSearch, ProvinceAdmin):
    """Who is in which team; the file of teams with their members goes in and out here."""

    form = MembershipForm
    resource_classes = [MembershipResource]
    autocomplete_fields = ("team", "volunteer")
    list_display = ("volunteer", "team", "of_unit", "role", "joined_on", "left_on")
    list_select_related = ("volunteer", "team__unit")
    list_filter = ("role", "volunteer__affiliation", "team__kind", NowFilter, TeamWithinFilter)
    search_fields = ("volunteer__fold__contains", "team__fold__contains")
    search_help_text = gettext_lazy("Tìm theo tên người hoặc tên tổ, không cần dấu.")
    ordering = ("team__unit__sort_key", "team__sort_key", "volunteer__sort_key")
    fieldsets = (
        (None, {"fields": ("team", "volunteer", "role")}),
        (gettext_lazy("Thời gian"), {"fields": (("joined_on", "left_on"),)}),
    )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save; who leads no team any more, before or now, is no team leader."""
        before = Membership.objects.filter(pk=obj.pk) if change else Membership.objects.none()
        owned = list(before.select_related("volunteer__user", "team__branch"))
        super().save_model(request, obj, form, change)
        for member in (*owned, obj):
            end_idle_lead(member.volunteer, member.team.branch)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete; who leads no team any more is no team leader."""
        super().delete_model(request, obj)
        end_idle_lead(obj.volunteer, obj.team.branch)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        owned = list(queryset.select_related("volunteer__user", "team__branch"))
        super().delete_queryset(request, queryset)
        for member in owned:
            end_idle_lead(member.volunteer, member.team.branch)

    @admin.display(description=gettext_lazy("địa bàn"), ordering="team__unit__sort_key")
    def of_unit(self, obj: Membership) -> str:
        return obj.team.unit.name
