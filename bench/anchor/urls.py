"""Creating a report, and pages that are there already."""

from functools import cache
from pathlib import Path

import environ
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from rest_framework.routers import DefaultRouter
from rest_framework.serializers import ModelSerializer
from rest_framework.viewsets import ModelViewSet

from bench.anchor.models import Report


class ReportSerializer(ModelSerializer[Report]):
    class Meta:
        model = Report
        fields = ("id", "branch", "unit", "date", "counts", "received_at")


class ReportViewSet(ModelViewSet[Report]):
    queryset = Report._default_manager.all()
    serializer_class = ReportSerializer


@cache
def content(name: str) -> bytes:
    return (Path(environ.Env()("ANCHOR_PAGES")) / name).read_bytes()


@login_required
def page(request: HttpRequest, name: str) -> HttpResponse:
    """Answer what somebody who has signed in is always answered."""
    if "If-None-Match" in request.headers:
        return HttpResponse(status=304)
    return HttpResponse(content(name))


def public(request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse(content(name))


router = DefaultRouter()
router.register("reports", ReportViewSet)
urlpatterns = [
    path("", include(router.urls)),
    path("pages/<slug:name>/", page),
    path("public/<slug:name>/", public),
]
