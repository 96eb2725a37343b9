"""The addresses of the portal."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from accounts import urls as accounts
from campaign import urls as campaign
from campaign.routing import in_campaign, leading_on
from config import health
from core import urls as core
from core.log import urls as log
from privacy import urls as privacy
from reports import urls as reports
from volunteers import urls as volunteers

leading = [
    *reports.campaign_urlpatterns,
    *campaign.campaign_urlpatterns,
    *volunteers.campaign_urlpatterns,
    *privacy.campaign_urlpatterns,
]
pages = [
    *leading,
    *reports.both_urlpatterns,
    *campaign.both_urlpatterns,
    *accounts.both_urlpatterns,
]

handler404 = "core.errors.page_not_found"

urlpatterns = [
    path("c/<slug:campaign>/", include(in_campaign(pages))),
    path("", include(leading_on(leading, {**reports.finders, **volunteers.finders}))),
    path("", include(core)),
    path("", include(accounts)),
    path("", include(campaign)),
    path("", include(volunteers)),
    path("", include(reports)),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("language/", set_language, name="set_language"),
    path("admin/", admin.site.urls),
    path(
        "api/v1/",
        include(
            [
                *campaign.api_urlpatterns,
                *volunteers.api_urlpatterns,
                *reports.api_urlpatterns,
                *log.api_urlpatterns,
            ]
        ),
    ),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
]
