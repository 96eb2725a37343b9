"""Forms of changing boundaries."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.boundaries.carried import CHOICES
from campaign.boundaries.files import RESOURCES, Read, known_of, read_file, units_of
from campaign.boundaries.lists import NewList, built_in, choices, units_before
from campaign.models import Unit
from core import clock
from core.form_fields import CheckboxGroup, DayField
from core.importing.inspection import Question
from core.importing.pending_upload import Waiting
from core.importing.steps import ANSWER
from core.importing.table import MOST_BYTES
from core.validators import clean_note

FILE: dict[str, Any] = {
    "required": False,
    "widget": forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
}
# Behind the name of a file: the field that names one which waits for answers.
WAITS = "-waits"
UNITS, SUCCESSORS = RESOURCES


class BeginForm(forms.Form):
    """Which list, and from which day; ``new`` is the list once all is well.

    A file that was read waits while its sender answers for its columns or corrects another field:
    ``waiting`` are those, ``questions`` what is asked about them.
    """

    source = forms.ChoiceField(label=gettext_lazy("Danh sách mới"), required=False)
    units = forms.FileField(
        label=gettext_lazy("Hoặc tệp địa bàn của bạn (Excel hoặc CSV)"),
        help_text=gettext_lazy(
            "Đủ mọi địa bàn từ ngày ấy, mỗi dòng một địa bàn có mã và tên đủ; loại, cấp trên nếu "
            "có. Cột đặt tên thế nào cũng được: cột lạ thì cổng hỏi."
        ),
        **FILE,
    )
    successors = forms.FileField(
        label=gettext_lazy("Tệp đơn vị nào vào đơn vị nào (Excel hoặc CSV), nếu có"),
        help_text=gettext_lazy(
            "Mỗi dòng một đơn vị cũ và đơn vị mới, ghi mã hoặc tên. Chưa rõ thì để trống đơn vị "
            "mới."
        ),
        **FILE,
    )
    holds_from = DayField(
        label=gettext_lazy("Có hiệu lực từ ngày"),
        help_text=gettext_lazy("Trước ngày này mọi báo cáo vẫn thuộc đơn vị cũ."),
        error_messages={"required": gettext_lazy("Chưa nhập ngày.")},
    )
    new: NewList

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.waiting: dict[str, Waiting] = {}
        self.questions: list[dict[str, Any]] = []
        self.notes: list[str] = []
        field: Any = self.fields["source"]
        field.choices = [("", _("Chọn")), *choices()]
        self.initial.setdefault("holds_from", clock.today())

    @property
    def waiting_files(self) -> list[tuple[str, str, str]]:
        """Return field, token and name of the files that wait."""
        return [(f + WAITS, one.token, one.answers["name"]) for f, one in self.waiting.items()]

    def clean(self) -> dict[str, Any]:
        """Read what was chosen: a file, where there is one."""
        given = self.cleaned_data
        read = {file: found for file in RESOURCES if (found := self._read(file))}
        if self.errors or self.questions:
            return given
        before = units_before(given["holds_from"])
        if UNITS in read or given.get("source"):
            self.new = self._list_of(read, before)
        else:
            self.add_error("source", _("Chọn một danh sách, hoặc một tệp."))
        return given

    def _list_of(self, read: dict[str, Read], before: list[Unit]) -> NewList:
        at = UNITS
        try:
            if UNITS in read:
                name = self.waiting[UNITS].answers["name"]
                new = NewList(name, units_of(read[UNITS], before), {})
            else:
                new = built_in(self.cleaned_data["source"])
            at = SUCCESSORS
            if SUCCESSORS in read:
                known = known_of(read[SUCCESSORS], before, new.rows)
                new = NewList(new.source, new.rows, {**new.known, **known})
        except ValidationError as error:
            self.waiting.pop(at, None)
            raise ValidationError({at: error.messages[:5]}) from error
        self.notes += [note for one in read.values() for note in one.notes]
        return new

    def _read(self, file: str) -> Read | None:
        try:
            upload, answers = self._upload(file)
            if upload is None:
                return None
            try:
                found = read_file(file, upload.data, {**upload.answers, **answers})
                upload.answers = {**upload.answers, **answers}
            except ValidationError as error:
                # What was answered cannot be: it is asked once more.
                found = read_file(file, upload.data, upload.answers)
                if not found.questions:
                    raise
                self.add_error(file, error)
        except FileNotFoundError:
            self.add_error(file, _("Tệp xem trước không còn. Chọn lại tệp."))
            return None
        except ValidationError as error:
            self.add_error(file, error.messages[:5])
            return None
        upload.keep()
        self.waiting[file] = upload
        self.questions += [self._shown(file, one) for one in found.questions]
        return found

    def _upload(self, file: str) -> tuple[Waiting | None, dict[str, str]]:
        """Return the file that was sent now or waits, and what is answered about it now."""
        sent = self.cleaned_data.get(file)
        if sent is not None:
            if sent.size > MOST_BYTES:
                raise ValidationError(_("Tệp lớn quá 10 MB. Chia thành nhiều tệp nhỏ."))
            return Waiting(self.user, bytes(sent.read()), {"name": sent.name[:200]}), {}
        token = self.data.get(file + WAITS)
        if not token:
            return None, {}
        begins = f"{ANSWER}{file}-"
        answers = {
            name.removeprefix(begins): str(value)
            for name, value in self.data.items()
            if name.startswith(begins)
        }
        return Waiting.named(token, self.user), answers

    def _shown(self, file: str, question: Question) -> dict[str, Any]:
        key = f"{file}-{question.name}"
        asked: Any = self.data
        is_open = key in asked.getlist("question")
        of = self.waiting[file].answers["name"]
        return {"name": ANSWER + key, "key": key, "text": f"{of}: {question.text}"} | {
            "choices": question.choices,
            "is_open": is_open,
        }

    def remove_files(self) -> None:
        for upload in self.waiting.values():
            upload.remove()


class ApplyForm(forms.Form):
    carried = forms.MultipleChoiceField(
        label=gettext_lazy("Chuyển theo"),
        choices=list(CHOICES.items()),
        widget=CheckboxGroup,
        required=False,
    )
    reason = forms.CharField(
        label=gettext_lazy("Căn cứ"),
        help_text=gettext_lazy("Số nghị quyết, quyết định. Ghi vào lịch sử thiết lập."),
        max_length=500,
        error_messages={"required": gettext_lazy("Chưa ghi căn cứ.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_reason(self) -> str:
        return clean_note(self.cleaned_data["reason"])


class TakeBackForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Lý do lấy lại"),
        max_length=500,
        error_messages={"required": gettext_lazy("Chưa ghi lý do.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_reason(self) -> str:
        return clean_note(self.cleaned_data["reason"])
