"""The reports app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core.log.subjects import Part, register_subject
from core.rights import ADD, Rights, narrow_rights
from reports.deletion.tables import GONE
from reports.notifications import channels

# Each registers the kinds of notices of its subject.
NOTICES = (
    "reports.notifications.notices",
    "reports.notifications.account_notices",
    "reports.notifications.session_notices",
    "reports.notifications.help_notices",
    "reports.checks.notices",
    "reports.daily.notices",
    "reports.digests.notices",
    "reports.reminders.notices",
    "reports.witness.notices",
    "reports.reconciliation.notices",
)
# What those below ask of this app, which stands above them.
ANSWERS = (
    "reports.rollup.settings_moves",
    "reports.daily.hamlets",
    "reports.digests.boundaries",
    "reports.plans.boundaries",
)


# A revision's leaf says what the revision says, and the rest of the report beside it.
REVISION = Part("reports_revision", gone=GONE)
REPORT = Part(
    "reports_dailyreport",
    content="doc->'content' || (doc->'report')",
    key="doc->'report'->>'id'",
    trigger="",
    gone=GONE,
)
EXPORT = Part(
    "reports_export",
    # All but the file itself, whose hash is among them.
    columns="id, actor_id, campaign_id, first_day, last_day, basis, as_of, started_at, rows, "
    "sha256, figures, kind, map, filter",
)
# The database hashes again what was written with the file, and what that superseded.
OFFICIAL = Part(
    "reports_officialfile",
    columns="id, campaign_id, actor_id, received_at, source, name, sha256, figures_sha256, kind, "
    "level, map, first_day, last_day, rows, figures, new, replaced, "
    "reports_official_hash(id) AS written_sha256",
)
# All but the frame, whose hash is among them.
CHECK_PLAN = Part(
    "reports_checkplan",
    columns="id, campaign_id, number, first_day, last_day, per_area, asked, measure, head_size, "
    "head_root, seed, strata, frame_sha256, made_at, made_by_id, closed_at",
)


class ReportsConfig(AppConfig):
    """What was achieved, and how it adds up."""

    name = "reports"
    verbose_name = _("Báo cáo")

    def ready(self) -> None:
        channel_modules = (f"{name}.channel" for name in channels.installed())
        for module in (*NOTICES, *channel_modules, *ANSWERS):
            import_module(module)
        register_subject("revision", REVISION, REPORT)
        register_subject("export", EXPORT)
        register_subject("figure", Part("reports_figurecode"))
        narrow_rights("reports_figurecode", Rights(ADD))
        register_subject("official_file", OFFICIAL)
        narrow_rights("reports_officialfile", Rights(ADD))
        narrow_rights("reports_officialfigure", Rights(ADD, ("superseded_by_id",)))
        register_subject("difference_remark", Part("reports_differenceremark"))
        register_subject("difference_tolerance", Part("reports_differencetolerance"))
        narrow_rights("reports_differenceremark", Rights(ADD))
        narrow_rights("reports_differencetolerance", Rights(ADD))
        register_subject("final_export", Part("reports_finalexport"))
        register_subject("check_plan", CHECK_PLAN)
        register_subject("check_outcome", Part("reports_checkoutcome"))
        narrow_rights("reports_checkplan", Rights(ADD, ("closed_at",)))
        narrow_rights("reports_check", Rights(ADD, ("version", "checker_id")))
        narrow_rights("reports_checkoutcome", Rights(ADD))
        narrow_rights("reports_finalexport", Rights(ADD))
        narrow_rights("reports_revision", Rights(ADD))
        narrow_rights("reports_publication", Rights(ADD))
        narrow_rights("reports_export", Rights(ADD, ("rows", "sha256", "figures", "content")))
        changing = import_module("reports.daily.models").DailyReport.changing()
        narrow_rights("reports_dailyreport", Rights(ADD, tuple(changing.values())))
