"""Metrics of our own, read from the database when they are asked for."""

from collections.abc import Iterable

from django.db.models import Count
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from core import clock
from core.models import Heartbeat
from reports.rollup.models import Cause, RollupDifference


class TotalsCollector(Collector):
    """What the self-check of the totals found, and when each job last ran."""

    def collect(self) -> Iterable[Metric]:
        """Yield the metrics as the database has them now (three queries)."""
        yield GaugeMetricFamily(
            "portal_rollup_differences_open",
            "Totals that differ from the reports and are not healed yet.",
            value=RollupDifference.objects.open().count(),
        )
        found = GaugeMetricFamily(
            "portal_rollup_differences_found",
            "Totals that were ever found to differ from the reports, by cause.",
            labels=["cause"],
        )
        rows = RollupDifference.objects.order_by().values_list("cause").annotate(n=Count("pk"))
        known: dict[str, int] = dict(rows)
        for cause in Cause.values:
            found.add_metric([cause], known.get(cause, 0))
        yield found
        age = GaugeMetricFamily(
            "portal_heartbeat_age_seconds", "Since a job last ran.", labels=["job"]
        )
        fine = GaugeMetricFamily(
            "portal_heartbeat_fine", "Whether a job found all well, 1 or 0.", labels=["job"]
        )
        now = clock.now()
        for beat in Heartbeat.objects.order_by("name"):
            age.add_metric([beat.name], (now - beat.at).total_seconds())
            fine.add_metric([beat.name], beat.is_fine)
        yield age
        yield fine

    def describe(self) -> Iterable[Metric]:
        """Ask the database nothing before somebody asks for metrics."""
        return ()


registry = CollectorRegistry()
registry.register(TotalsCollector())
