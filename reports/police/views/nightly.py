"""Where a machine fetches the file of each day, by a fixed address."""

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from campaign.routing import takes_tokens
from reports.police.nightly import nightly_file
from reports.police.views.machines import machine_asker
from reports.police.views.ranges import answer_of
from reports.rollup.totals import BASES


@takes_tokens
@require_safe
def nightly_csv(request: HttpRequest) -> HttpResponseBase:
    """Answer with the days until yesterday, whole or in part; its tag is the file's SHA-256."""
    asker = machine_asker(request)
    if isinstance(asker, HttpResponseBase):
        return asker
    user, campaign = asker
    basis = request.GET.get("basis") or BASES[1]
    if basis not in BASES:
        problem = _("Chọn reported hoặc approved.")
        return JsonResponse({"basis": [problem]}, status=400)
    export = nightly_file(actor=user, campaign=campaign, basis=basis)
    packed = bytes(export.content or b"")
    answer = answer_of(request, packed, f'"{export.sha256}"', "text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{export.file_name}"'
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["X-Export-Receipt"] = str(export.pk)
    patch_vary_headers(answer, ("Cookie", "Authorization"))
    return answer
