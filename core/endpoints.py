"""What the endpoints of the API share."""

from typing import Any

from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from drf_spectacular.utils import OpenApiResponse
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView


@method_decorator(never_cache, name="dispatch")
class Endpoint(APIView):
    # No docstring: the description of the API would show it for views that have none.

    def asked(self, query: type[BaseSerializer[Any]]) -> dict[str, Any]:
        return _checked(query(data=self.request.query_params))

    def sent(self, form: type[BaseSerializer[Any]]) -> dict[str, Any]:
        return _checked(form(data=self.request.data))


def _checked(values: BaseSerializer[Any]) -> dict[str, Any]:
    values.is_valid(raise_exception=True)
    checked: dict[str, Any] = values.validated_data
    return checked


def refusals(denied: str = "", not_found: str = "") -> dict[int, OpenApiResponse]:
    """Describe what an endpoint answers to wrong values, missing rights and foreign rows."""
    texts = {
        400: "Giá trị chưa đúng, theo từng trường.",
        403: denied,
        404: not_found or "Ngoài phạm vi được phân công.",
    }
    return {code: OpenApiResponse(description=text) for code, text in texts.items() if text}
