"""What endpoints about campaigns take: counts, and what totals are asked of."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.serializers import NULL
from campaign.counting import check_count


class CountsSerializerField(serializers.DictField):
    """``{indicator code: integer}``; a missing code is blank."""

    default_error_messages = NULL

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=serializers.IntegerField(), **kwargs)

    def to_internal_value(self, data: Any) -> dict[str, int]:
        """Check each value on its own; which codes there are is checked later."""
        if not isinstance(data, dict):
            raise serializers.ValidationError(_('Gửi một đối tượng, ví dụ {"installed": 35}.'))
        problems: dict[str, list[str]] = {}
        for code, value in data.items():
            try:
                check_count(value)
            except ValidationError as error:
                problems[code] = error.messages
        if problems:
            raise serializers.ValidationError(problems)
        return data


class RangeQuery(serializers.Serializer[Any]):
    """A campaign, a unit or a branch, and the days from ``from`` to ``to``."""

    campaign = serializers.CharField(required=False)
    unit = serializers.CharField(required=False)
    branch = serializers.CharField(required=False)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Add the two fields whose names are words of Python."""
        dates = {"input_formats": ["%Y-%m-%d"], "required": False}
        return {
            **super().get_fields(),
            "from": serializers.DateField(**dates),  # type: ignore[arg-type]
            "to": serializers.DateField(**dates),  # type: ignore[arg-type]
        }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse what cannot be answered."""
        if "unit" in attrs and "branch" in attrs:
            raise serializers.ValidationError({"branch": _("Chọn unit hoặc branch, không cả hai.")})
        if "from" in attrs and "to" in attrs and attrs["from"] > attrs["to"]:
            raise serializers.ValidationError({"to": _("Ngày cuối phải sau ngày đầu.")})
        return attrs
