"""What Django and the libraries say is said in Vietnamese, and in the words of the portal."""

import json
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import Any

import django.core.validators
import django.forms.fields
import django.forms.models
import django_filters.fields
import pytest
import rest_framework.fields
import rest_framework.relations
import rest_framework.serializers
from django.apps import apps
from django.conf import settings
from django.contrib.admin import site
from django.contrib.auth.password_validation import get_default_password_validators
from django.contrib.postgres import forms as postgres_forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import BaseForm
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import translation
from rest_framework.serializers import Serializer

from accounts.models import User
from tests.conftest import World
from tests.core.library_texts import GAP, LibraryText, texts
from tests.factories import make_baseline, make_phase

# What the libraries' own translators wrote, and nobody in the field would say.
BAD = re.compile(
    "tổng thể|hoàn toàn là số|nhân viên|bạn muốn xóa|bản ghi nhớ|không có sẵn|hoạt động:|đi đến"
    "|thêm vào|được chọn|bởi |trường này là|hợp lệ|đảm bảo|hãy chắc chắn|đệ trình|kí tự|dấu đi"
    "|tập tin|đường dẫn|liên kết|thành công"
)
# Words that Vietnamese does not have.
ENGLISH = re.compile(r"\b(the|this|that|of|is|are|and|by|from|select|search|please|all|your)\b")
OURS = ("accounts", "campaign", "core", "reports", "volunteers")


@pytest.fixture(scope="module")
def library() -> set[LibraryText]:
    """Every text of the libraries."""
    return texts()


def test_every_text_of_the_libraries_has_vietnamese_words(library: set[LibraryText]) -> None:
    assert len(library) > 700
    assert sorted(text.ids for text in library if text.is_english) == []


def test_translations_fill_the_same_gaps(library: set[LibraryText]) -> None:
    wrong = [
        (text.ids, str(text))
        for text in library
        if not any(set(GAP.findall(str(text))) <= set(GAP.findall(id_)) for id_ in text.ids)
    ]
    assert wrong == []


def test_translations_are_in_the_words_of_the_portal(library: set[LibraryText]) -> None:
    assert [(text.ids, str(text)) for text in library if BAD.search(str(text).lower())] == []


def english(messages: Iterable[Any]) -> list[str]:
    """Return what bears no Vietnamese letter, as it reads in Vietnamese."""
    with translation.override("vi"):
        return sorted({str(m) for m in messages if m and str(m) and str(m).isascii()})


def below(base: type) -> Iterator[type]:
    for one in base.__subclasses__():
        yield one
        yield from below(one)


def test_passwords_are_refused_in_vietnamese(db: None) -> None:
    user = User(username="hoa.tran1", full_name="Trần Hoa", phone="0912345678")
    answers = []
    with translation.override("vi"):
        for validator in get_default_password_validators():
            answers.append(str(validator.get_help_text()))
            for password in ("ngan-12", "20232023202", "password123", "hoa.tran1"):
                try:
                    validator.validate(password, user)
                except ValidationError as error:
                    answers += error.messages
    assert {"Mật khẩu cần ít nhất 8 ký tự.", "Mật khẩu không được chỉ gồm chữ số."} <= set(answers)
    assert len(set(answers)) >= len(settings.AUTH_PASSWORD_VALIDATORS)
    assert english(answers) == []


def test_fields_and_validators_complain_in_vietnamese() -> None:
    modules = (
        *(django.forms.fields, django.forms.models, postgres_forms, django_filters.fields),
        *(models, django.core.validators),
        *(rest_framework.fields, rest_framework.relations, rest_framework.serializers),
    )
    classes = [one for m in modules for one in vars(m).values() if isinstance(one, type)]
    messages: list[Any] = []
    for one in classes:
        messages += getattr(one, "default_error_messages", {}).values()
        messages += [getattr(one, "message", None)]
    assert len(messages) > 300
    assert english(messages) == []


def test_our_forms_models_and_serializers_complain_in_vietnamese() -> None:
    assert get_resolver().url_patterns
    fields: list[Any] = [
        field
        for form in below(BaseForm)
        if form.__module__.split(".")[0] in OURS
        for field in form.base_fields.values()  # type: ignore[attr-defined]
    ]
    fields += [
        field
        for serializer in below(Serializer)
        if serializer.__module__.split(".")[0] in OURS
        for field in serializer._declared_fields.values()  # type: ignore[attr-defined]
    ]
    fields += [
        field
        for model in apps.get_models()
        if model.__module__.split(".")[0] in OURS
        for field in model._meta.get_fields()
    ]
    messages: list[Any] = []
    for field in fields:
        messages += getattr(field, "error_messages", {}).values()
        messages += [getattr(v, "message", None) for v in getattr(field, "validators", ())]
    assert len(fields) > 300
    assert english(messages) == []


class _Shown(HTMLParser):
    """Gathers what is read out or shown, piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in ("script", "style", "code")
        given = dict(attrs)
        shown = ("title", "placeholder", "alt", "aria-label", "data-name")
        self.found |= {given[name] or "" for name in shown if name in given}
        if given.get("type") in ("submit", "button", "reset"):
            self.found.add(given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("script", "style", "code")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.found.add(" ".join(data.split()))


def test_admin_shows_no_english_sentence(library: set[LibraryText], world: World) -> None:
    make_phase(campaign=world.campaign)
    make_baseline(figures={world.commune: 9000})
    client = Client()
    chief = User.objects.create(username="quan-tri", is_staff=True, is_superuser=True)
    client.force_login(chief, backend="accounts.backends.NameOrPhoneBackend")
    # Of what has gaps the words before the first are enough, where there are several.
    whole = {id_.strip() for text in library if text.has_words for id_ in text.ids} - {"API"}
    starts = {part for id_ in whole if (part := GAP.split(id_)[0].strip()).count(" ") > 1}
    english_shown = {}
    for path, sent in _admin_pages():
        answer = client.get(path) if sent is None else client.post(path, sent)
        # What is kept of changes is written by nobody: 403, in words too.
        status = 403 if "/settingschange/" in path and answer.status_code != 200 else 200
        assert answer.status_code == status, path
        shown = _Shown()
        shown.feed(answer.content.decode())
        bad = {
            one
            for one in shown.found - {"", "Email"}
            if one in whole
            or any(one.startswith(start) for start in starts)
            or (one.isascii() and ENGLISH.search(one.lower()))
        }
        if bad:
            english_shown[path] = bad
    assert english_shown == {}


def _admin_pages() -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Yield each address, with what is sent there where it is not only opened."""
    yield reverse("admin:index"), None
    for model, admin in site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        routes = {url.name for url in admin.get_urls()}
        row = model._default_manager.first()
        for what in ("changelist", "add", "import", "export"):
            if f"{name.split(':')[1]}_{what}" in routes:
                yield reverse(f"{name}_{what}"), None
        if admin.search_fields:
            yield reverse(f"{name}_changelist") + "?q=khong-co", None
        yield reverse(f"{name}_add"), {}
        if row is not None:
            chosen = {"action": "delete_selected", "_selected_action": [row.pk]}
            yield reverse(f"{name}_changelist"), chosen
            for what in ("change", "delete", "history"):
                yield reverse(f"{name}_{what}", args=[row.pk]), None


def test_scripts_of_the_admin_speak_vietnamese(world: World) -> None:
    client = Client()
    client.force_login(world.staff, backend="accounts.backends.NameOrPhoneBackend")
    script = client.get(reverse("admin:jsi18n")).content.decode()
    found = re.search(r"const newcatalog = (\{.*?\});", script, re.DOTALL)
    assert found is not None
    catalogue = json.loads(found[1])
    assert catalogue["%(sel)s of %(cnt)s selected"] == ["Đã chọn %(sel)s/%(cnt)s"]
    assert [key for key, text in catalogue.items() if text in (key, [key])] == []
    assert BAD.search(json.dumps(catalogue, ensure_ascii=False).lower()) is None
