"""Accounts. Rights come from appointments; passwords from invitations."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.keys import end_keys
from accounts.login_index import LoginIndex
from accounts.models import User
from accounts.resources import UserResource
from accounts.services import issue_invitation
from accounts.superiors import may_set_password
from accounts.views import invitation_card
from core.importing.admin import FilesAdmin
from core.validators import clean_text, normalise_phone

if TYPE_CHECKING:
    UserModelForm = forms.ModelForm[User]
else:
    UserModelForm = forms.ModelForm

# Cards on one page; each carries a picture.
MOST_INVITED = 60


class UserForm(UserModelForm):
    """What staff may say about a person."""

    phone = forms.CharField(
        label=gettext_lazy("Số điện thoại"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "class": "vTextField"}),
        help_text=gettext_lazy("Dùng để đăng nhập thay cho tên. Ví dụ: 0912345678."),
    )

    class Meta:
        model = User
        fields = ("username", "full_name", "phone", "email", "is_active")
        help_texts = {
            "username": gettext_lazy("Không dấu, không khoảng trắng. Có thể dùng số điện thoại."),
            "is_active": gettext_lazy("Bỏ chọn để đóng tài khoản thay vì xóa: số liệu vẫn còn."),
        }

    def clean_full_name(self) -> str:
        return clean_text(self.cleaned_data["full_name"])

    def clean_username(self) -> str:
        return clean_text(self.cleaned_data["username"])

    def clean_email(self) -> str:
        return clean_text(self.cleaned_data["email"])

    def clean_phone(self) -> str | None:
        """Return ten digits, or None."""
        phone: str = self.cleaned_data["phone"]
        return normalise_phone(phone) if phone else None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        username = cleaned.get("username", self.instance.username)
        phone = cleaned.get("phone", self.instance.phone)
        if username:
            others = User.objects.exclude(pk=self.instance.pk).values_list("username", "phone")
            LoginIndex([*others, (username, phone)]).check(username, phone)
        return cleaned


@admin.register(User)
class UserAdmin(FilesAdmin):
    form = UserForm
    resource_classes = [UserResource]
    change_form_template = "admin/accounts/user/change_form.html"
    list_display = ("username", "full_name", "phone", "state", "is_staff", "last_login")
    list_display_links = ("username", "full_name")
    list_filter = ("is_active", "is_staff")
    search_fields = ("username", "full_name", "phone")
    search_help_text = gettext_lazy("Tìm theo tên, tên đăng nhập hoặc số điện thoại.")
    readonly_fields = ("state", "is_demo", "last_login", "date_joined")
    actions = ("invite",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        rows: QuerySet[User] = super().get_queryset(request).prefetch_related("invitations")
        return rows

    def label(self, obj: User) -> str:
        return f"{obj.full_name} ({obj.username})" if obj.full_name else obj.username

    @admin.display(description=gettext_lazy("tình trạng"))
    def state(self, obj: User) -> str:
        if not obj.is_active:
            return _("đã đóng")
        if obj.has_usable_password():
            return _("đang dùng")
        now = timezone.now()
        for invitation in obj.invitations.all():
            if invitation.used_at is None and invitation.expires_at > now:
                day = timezone.localtime(invitation.expires_at)
                return _("đã mời, hạn %(day)s") % {"day": f"{day:%d/%m/%Y}"}
        return _("chưa có mật khẩu")

    # Who may touch whom

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Leave the accounts of staff to superusers; everybody may mend the own one."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or obj.pk == request.user.pk or _is_below(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Staff close accounts; deleting would take the traces with it."""
        return bool(getattr(request.user, "is_superuser", False))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        person: list[Any] = ["username", "full_name", "phone", "email"]
        if obj is None:
            return [(None, {"fields": person, "description": _NEW})]
        sets: list[Any] = [
            (None, {"fields": person}),
            (_("Tài khoản"), {"fields": ["is_active", "state", "is_demo", "last_login"]}),
        ]
        if getattr(request.user, "is_superuser", False):
            rights = {"fields": ["is_staff", "is_superuser"], "description": _RIGHTS}
            sets.append((_("Quyền quản trị"), rights))
        return sets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        own = obj is not None and obj.pk == request.user.pk
        return (*self.readonly_fields, *(("is_active", "is_superuser") if own else ()))

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save; a new account has no password until the invitation is taken."""
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if change and not obj.is_active:
            end_keys(obj)

    # Invitations

    @admin.action(description=gettext_lazy("Tạo lời mời"), permissions=["change"])
    def invite(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        people = list(queryset[: MOST_INVITED + 1])
        if len(people) > MOST_INVITED:
            text = _("Chọn nhiều nhất %(most)s người một lần.") % {"most": MOST_INVITED}
            self.message_user(request, text, messages.ERROR)
            return None
        refused = [user for user in people if not self._may_invite(request, user)]
        if refused:
            names = ", ".join(map(self.label, refused))
            text = _(
                "Không tạo lời mời cho: %(names)s. Đó là tài khoản quản trị, minh họa, đã đóng, "
                "hoặc có mật khẩu mà chưa được phân công hay chưa bấm nhận việc."
            )
            self.message_user(request, text % {"names": names}, messages.WARNING)
        cards = [self._invite(request, user) for user in people if user not in refused]
        return self._show_cards(request, cards) if cards else None

    def _may_invite(self, request: HttpRequest, user: User) -> bool:
        actor: Any = request.user
        return _is_below(request, user) and may_set_password(actor, user)

    def _invite(self, request: HttpRequest, user: User) -> dict[str, Any]:
        actor: Any = request.user
        secret = issue_invitation(actor=actor, user=user)
        self.log_change(request, user, _("Tạo lời mời"))
        return invitation_card(request, user, secret)

    def _show_cards(self, request: HttpRequest, cards: list[dict[str, Any]]) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Lời mời"),
            "opts": self.model._meta,
            "cards": cards,
        }
        response = TemplateResponse(request, "admin/accounts/user/invitations.html", context)
        add_never_cache_headers(response)
        return response

    def response_add(
        self, request: HttpRequest, obj: User, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._go_on(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: User) -> HttpResponse:
        return self._go_on(request, obj) or super().response_change(request, obj)

    def _go_on(self, request: HttpRequest, obj: User) -> HttpResponse | None:
        if "_invite" not in request.POST:
            return None
        return self.invite(request, User.objects.filter(pk=obj.pk))


_NEW = gettext_lazy(
    "Tài khoản mới chưa có mật khẩu. Lưu rồi tạo lời mời: người đó tự đặt mật khẩu qua đường "
    "link hoặc mã QR. Việc được làm do phân công quyết định."
)
_RIGHTS = gettext_lazy("Cán bộ quản trị vào được trang này. Chỉ người quản trị hệ thống đổi được.")


def _is_below(request: HttpRequest, user: User) -> bool:
    is_superuser = bool(getattr(request.user, "is_superuser", False))
    return is_superuser or not (user.is_staff or user.is_superuser)
