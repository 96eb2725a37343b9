"""What endpoints about campaigns take: counts, and what totals are asked of."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from campaign.count_validation import check_count
from campaign.models import Campaign
from campaign.selectors import named_campaign
from core.counts import MOST
from core.serializers import NULL, RULE, StrictDate


class CountsSerializerField(serializers.DictField):
    """``{indicator code: integer}``; a missing code is blank."""

    default_error_messages = NULL

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=serializers.IntegerField(min_value=0, max_value=MOST), **kwargs)

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


class CampaignQuery(serializers.Serializer[Any]):
    campaign = serializers.CharField(
        default="",
        help_text=gettext_lazy("Mặc định: chiến dịch đang chạy; khi có nhiều thì phải nêu"),
    )


def campaign_asked(user: Any, slug: str) -> Campaign:
    """Return the campaign of a request to the API; 400 where several run and none is named."""
    try:
        return named_campaign(user, slug)
    except ValidationError as error:
        raise serializers.ValidationError(error.message_dict, code=RULE) from error


class RangeQuery(CampaignQuery):
    """A campaign, a unit or a branch, and the days from ``from`` to ``to``."""

    unit = serializers.CharField(
        required=False, help_text=gettext_lazy("Mã địa bàn; mặc định: cao nhất được xem")
    )
    branch = serializers.CharField(
        required=False, help_text=gettext_lazy("Mã cơ sở Đoàn, thay cho unit")
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        first = gettext_lazy("Mặc định: ngày đầu chiến dịch")
        last = gettext_lazy("Mặc định: ngày cuối chiến dịch, hoặc hôm nay")
        return {
            **super().get_fields(),
            "from": StrictDate(required=False, help_text=first),
            "to": StrictDate(required=False, help_text=last),
        }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "unit" in attrs and "branch" in attrs:
            wording = _("Chọn unit hoặc branch, không cả hai.")
            raise serializers.ValidationError({"branch": wording}, code=RULE)
        if "from" in attrs and "to" in attrs and attrs["from"] > attrs["to"]:
            wording = _("Ngày cuối phải sau ngày đầu.")
            raise serializers.ValidationError({"to": wording}, code=RULE)
        return attrs
