"""The record of changed settings: read by the province, written by nobody."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.admin.base import ProvincePages
from campaign.models import SettingsChange

MOST_LISTED = 5


@admin.register(SettingsChange)
class SettingsChangeAdmin(ProvincePages):
    list_display = ("changed_at", "by", "reason", "first_moves")
    list_select_related = ("actor",)
    search_fields = ("reason", "actor__full_name", "moves__icontains")
    search_help_text = gettext_lazy("Tìm theo lý do, người đổi, tên địa bàn hoặc cơ sở Đoàn.")
    date_hierarchy = "changed_at"
    fields = ("changed_at", "by", "reason", "all_moves")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("người đổi"), ordering="actor")
    def by(self, obj: SettingsChange) -> str:
        return str(obj.actor) if obj.actor else _("lệnh trên máy chủ")

    @admin.display(description=gettext_lazy("đã đổi"))
    def first_moves(self, obj: SettingsChange) -> SafeString:
        return _listed(obj.moves[:MOST_LISTED])

    @admin.display(description=gettext_lazy("đã đổi"))
    def all_moves(self, obj: SettingsChange) -> SafeString:
        return _listed(obj.moves)


def _listed(moves: list[dict[str, str]]) -> SafeString:
    rows = ((m["kind"], m["row"], m["field"], m["before"], m["after"]) for m in moves)
    return format_html_join("", "<div>{} <b>{}</b> {}: {} → {}</div>", rows)
