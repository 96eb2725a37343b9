"""What machines ask: is it alive, is it ready, how is it doing."""

import hmac
import logging
from ipaddress import ip_address

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView
from prometheus_client import generate_latest
from redis import Redis
from redis.exceptions import RedisError

from backups.selectors import backup_state
from campaign.models import DirtyDay
from config.metrics import registry
from core import clock, replica
from core.log.verify import HEARTBEAT as HISTORY
from core.models import Heartbeat
from core.version import VERSION
from reports.rollup.selectors import found_differences

logger = logging.getLogger(__name__)

# Beat sweeps every two seconds; so long without a sweep means that nobody does.
LATE = 60


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers; which edition answers is said either way."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"database": False, "version": VERSION}, status=503)
    return JsonResponse({"database": True, "version": VERSION})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the broker answers, totals are fresh and right, the history whole; else why not.

    So too where the last backup that was restored on trial is too old. What of the history was
    acknowledged is told, and stands in nobody's way.
    """
    try:
        with Redis.from_url(
            settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5
        ) as redis:
            broker = bool(redis.ping())
    except RedisError:
        broker = False
    now = clock.now()
    try:
        oldest = DirtyDay.objects.oldest()
        beats = Heartbeat.objects.in_bulk(["drain", HISTORY])
        differences = found_differences()
        backup = backup_state()
    except DatabaseError:
        return JsonResponse({"database": False, "broker": broker}, status=503)
    stale = max((now - oldest).total_seconds(), 0) if oldest else 0.0
    silence = (now - beats["drain"].at).total_seconds() if "drain" in beats else None
    history = beats.get(HISTORY)
    is_whole = history is None or history.is_fine
    known = _("khớp, trừ những chỗ đã biết") if history and history.message else _("khớp")
    state = {
        "database": True,
        "broker": broker,
        "oldest_stale_seconds": round(stale, 1),
        "last_sweep_seconds": None if silence is None else round(silence, 1),
        "open_differences": differences.open if differences else 0,
        "totals": differences.words if differences else _("khớp"),
        "history": known if is_whole else _("không khớp với sổ ghi"),
        "backup_age_seconds": round(backup.age.total_seconds()) if backup.age else None,
        "backup": backup.words or _("đúng hạn"),
    }
    if replica.is_set_up():
        # A hint: while it is away the primary answers for it.
        found = replica.current_state()
        behind = round(found.behind.total_seconds(), 1) if found else None
        state["replica_behind_seconds"] = behind
    ready = broker and stale < LATE and silence is not None and abs(silence) < LATE
    ready = ready and not state["open_differences"] and is_whole and not backup.is_late
    return JsonResponse(state, status=200 if ready else 503)


def _is_loopback(request: HttpRequest) -> bool:
    """Whether the request comes from this machine; what is no address does not."""
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus metrics, on loopback or with the token; for others there is no such page.

    Behind a proxy every request comes from loopback, so a forwarded one needs the token.
    """
    local = "X-Forwarded-For" not in request.headers and _is_loopback(request)
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = settings.METRICS_TOKEN
    if not local and not (token and hmac.compare_digest(given.encode(), token.encode())):
        raise Http404
    response: HttpResponse = ExportToDjangoView(request)
    try:
        response.content += generate_latest(registry)
    except DatabaseError:
        logger.warning("No metrics of the totals: the database does not answer.")
    return response
