"""Fields of the API that take what JSON says and nothing that only looks like it."""

import datetime as dt
import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from core.kinds import Kinds
from core.text_gate import LONGEST
from core.validators import clean_text

# What the library's own Vietnamese leaves in English.
NULL: dict[str, Any] = {
    "null": gettext_lazy("Không gửi null. Bỏ trường này đi hoặc gửi một giá trị.")
}
# The code of what a request breaks though each of its values is as the description has it.
RULE = "rule"
BOUND = gettext_lazy("Gửi một số từ 0 đến 2147483647.")


class StrictBoolean(serializers.BooleanField):
    """true or false, not "yes" or 1."""

    default_error_messages = NULL

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            raise serializers.ValidationError(_("Gửi true hoặc false."))
        return data


class StrictInteger(serializers.IntegerField):
    """A JSON integer, not "1" or 1.0."""

    default_error_messages = {**NULL, "min_value": BOUND, "max_value": BOUND}

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            raise serializers.ValidationError(_("Gửi một số nguyên, ví dụ 0."))
        return super().to_internal_value(data)


class StrictText(serializers.CharField):
    """JSON text, clean of control characters."""

    default_error_messages = {
        **NULL,
        "max_length": gettext_lazy("Dài quá {max_length} ký tự. Viết ngắn lại."),
    }

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise serializers.ValidationError(_("Gửi chữ trong dấu ngoặc kép."))
        try:
            return clean_text(data, self.max_length or LONGEST)
        except ValidationError as error:
            raise serializers.ValidationError(error.messages, code=RULE) from error


class StrictId(serializers.UUIDField):
    """A UUID in a JSON text; the library would make one of a number."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if data is not serializers.empty and not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().run_validation(data)


class StrictChoice(serializers.ChoiceField):
    default_error_messages = {
        **NULL,
        "invalid_choice": gettext_lazy("Không có lựa chọn này. Xem các giá trị trong tài liệu."),
    }


class KindChoice(StrictChoice):
    """A kind that is offered now: each serializer asks anew what there is to choose."""

    def __init__(self, kinds: Kinds, **kwargs: Any) -> None:
        super().__init__(choices=kinds.built_in.choices, **kwargs)
        self.kinds = kinds

    def __deepcopy__(self, memo: dict[int, Any]) -> "KindChoice":
        made: KindChoice = super().__deepcopy__(memo)
        made.choices = self.kinds.offered()
        return made


class StrictList(serializers.ListField):
    """A JSON list, of so many and no more: they are counted before any of them is looked at."""

    default_error_messages = {
        **NULL,
        "not_a_list": gettext_lazy("Gửi một danh sách, ví dụ []."),
        "max_length": gettext_lazy("Nhiều quá {max_length} mục. Bớt đi."),
    }

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, list) and self.max_length and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        return super().to_internal_value(data)


class StrictDate(serializers.DateField):
    """A day as ``2023-05-12``, in just these ten characters."""

    default_error_messages = {
        **NULL,
        "invalid": gettext_lazy("Không có ngày này. Ghi năm-tháng-ngày, ví dụ 2023-05-12."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)

    def to_internal_value(self, value: Any) -> dt.date:
        if not (isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value)):
            self.fail("invalid", format="YYYY-MM-DD")
        day: dt.date = super().to_internal_value(value)
        return day


class LocalDateTimeField(serializers.DateTimeField):
    default_error_messages = {
        "invalid": gettext_lazy("Ghi thời điểm như 2023-05-12T17:40:00+07:00."),
        "overflow": gettext_lazy("Ghi thời điểm như 2023-05-12T17:40:00+07:00."),
    }

    def to_internal_value(self, value: Any) -> dt.datetime:
        try:
            moment: dt.datetime = super().to_internal_value(value)
        except OverflowError:
            self.fail("overflow")
        return moment


class StrictSerializer(serializers.Serializer[Any]):
    """What a client sends. Unknown fields are refused: nothing is taken silently."""

    def to_internal_value(self, data: Any) -> Any:
        problems: dict[str, Any] = {
            name: [_("Không nhận trường này. Bỏ nó đi.")]
            for name in data.keys() - self.fields.keys()
        }
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            problems |= error.detail  # type: ignore[arg-type]
        if problems:
            raise serializers.ValidationError(problems)
        return values
