"""What the OpenAPI document adds to drf-spectacular: strictness, blanks, and every refusal.

It is read from the classes that do the work. What any endpoint may refuse stands here once; an
endpoint says only what it refuses by rules of its own.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from rest_framework import serializers

from core.serializers import StrictSerializer, StrictText
from core.validators import UNSEEN_RANGES

Schema = dict[str, Any]

HOUR_MINUTE = "([01][0-9]|2[0-3]):[0-5][0-9]"
SEEN = f"^[^{UNSEEN_RANGES}]*$"
NOT_BLANK = f"^[^{UNSEEN_RANGES}]*[^\\s{UNSEEN_RANGES}][^{UNSEEN_RANGES}]*$"
SECONDS = r":[0-5][0-9](\.[0-9]{6})?"

REFUSALS = {
    "400": _("Chưa đọc được hoặc giá trị chưa đúng, theo từng trường."),
    "401": _("Chưa đăng nhập, hoặc khóa API không còn dùng được."),
    "403": _("Trong phạm vi nhưng không có quyền."),
    "404": _("Không có, hoặc ngoài phạm vi được phân công."),
    "406": _("Đầu mục Accept không nhận JSON."),
    "413": _("Nội dung quá lớn."),
    "415": _("Nội dung không phải JSON."),
    "503": _("Máy chủ đang bận, chưa nhận gì. Gửi lại sau số giây ở `Retry-After`."),
}
ALL = ("400", "404", "406", "503")
SIGNED_IN = ("401",)
WRITING = ("413", "415")
TEMPORARY = ("429", "503")
# The address is looked at before any endpoint: no text in the database can hold a NUL.
NO_NUL = "^[^\\u0000]*$"
PROBLEM: Schema = {
    "type": "object",
    "required": ["detail"],
    "properties": {"detail": {"type": "string"}, "code": {"type": "string"}},
}
# By field; what concerns no field stands under "detail", what is wrong within a list or an
# object under the index or the name within it.
FIELD_ERRORS: Schema = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": {
        "oneOf": [
            {"type": "string"},
            {"type": "array", "items": {"type": "string"}},
            {"$ref": "#/components/schemas/FieldErrors"},
        ]
    },
}


class PortalSchema(AutoSchema):
    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Schema:
        schema: Schema = super()._map_basic_serializer(  # type: ignore[no-untyped-call]
            serializer, direction
        )
        if isinstance(serializer, StrictSerializer):
            schema["additionalProperties"] = False
            for name, field in serializer.fields.items():
                _add_pattern(field, schema["properties"][name])
        return schema

    def _get_parameters(self) -> list[Schema]:
        """Say that a query may leave a value blank, which is as if it were not there."""
        parameters: list[Schema] = super()._get_parameters()
        for parameter in parameters:
            schema = parameter["schema"]
            if parameter["in"] == "query":
                schema.pop("minLength", None)
                parameter["allowEmptyValue"] = True
                if schema.get("type") == "string" and not {"enum", "format"} & schema.keys():
                    schema.setdefault("pattern", NO_NUL)
            elif parameter["in"] == "path" and schema["type"] == "integer":
                schema["minimum"] = 0
        return parameters

    def _get_response_bodies(self, direction: Any = "response") -> Schema:
        """Add what the framework and the middleware answer, and the bodies of all refusals."""
        responses: Schema = super()._get_response_bodies(direction)
        codes = [*ALL, *(c for c in responses if c >= "400")]
        if any(self.get_auth()):
            codes += SIGNED_IN
        if self.method != "GET":
            codes += WRITING
            # A session is asked for the form token, and most endpoints ask for a right.
            codes += ["403"] if any(self.get_auth()) else []
        for code in dict.fromkeys(codes):
            responses[code] = self._refusal(code, responses.get(code, {}))
        return {code: responses[code] for code in sorted(responses)}

    def _refusal(self, code: str, wording: Schema) -> Schema:
        problem = self._component("FieldErrors", FIELD_ERRORS) if code == "400" else None
        problem = problem or self._component("Problem", PROBLEM)
        content = {
            media: {"schema": problem if media == "application/json" else {"type": "string"}}
            # Middleware refuses in JSON, whatever an endpoint answers in.
            for media in dict.fromkeys([*self.map_renderers("media_type"), "application/json"])
        }
        whole: Schema = {
            "content": content,
            **wording,
            "description": wording.get("description") or str(REFUSALS[code]),
        }
        if code in TEMPORARY:
            whole["headers"] = {"Retry-After": {"schema": {"type": "integer", "minimum": 0}}}
        return whole

    def _component(self, name: str, schema: Schema) -> Schema:
        component = ResolvedComponent(  # type: ignore[no-untyped-call]
            name, ResolvedComponent.SCHEMA, schema, object=name
        )
        self.registry.register_on_missing(component)
        reference: Schema = component.ref
        return reference


def _add_pattern(field: Any, schema: Schema) -> None:
    """Say which characters a text may have, and that one is no blank where it has to be there."""
    if isinstance(field, serializers.ListField):
        _add_pattern(field.child, schema["items"])
        if not field.allow_empty:
            schema.setdefault("minItems", 1)
    elif isinstance(field, StrictText):
        schema["pattern"] = SEEN if field.allow_blank else NOT_BLANK


class TimeOfDay(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """A local time, which has no zone as the format ``time`` of OpenAPI has."""

    target_class = serializers.TimeField
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Schema:
        pattern = (
            HOUR_MINUTE
            if getattr(self.target, "format", "") == "%H:%M"
            else f"{HOUR_MINUTE}{SECONDS}"
        )
        return {"type": "string", "pattern": f"^{pattern}$"}
