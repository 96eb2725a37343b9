"""docs/privacy.md says of every column that can hold personal data what it is, why, how long.

A column of a new model is named here until it stands in the document, or in ``IMPERSONAL``.
"""

import re
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models

from campaign.models import Campaign
from core.personal_fields import PersonalField
from core.retention import PERIODS
from privacy.services.expiry import JOBS

DOCUMENT: Path = settings.BASE_DIR / "docs" / "privacy.md"
# What cannot name a person, whatever is typed into a form.
NEVER = (
    models.AutoField, models.BooleanField, models.DateField, models.DurationField,
    models.IntegerField, models.TimeField, models.UUIDField, models.SlugField,
)  # fmt: skip
# Columns of text or files that hold nothing about a person, and why it is so.
IMPERSONAL = {
    "names of territory, branches, campaigns, indicators, and what settings say": """
        campaign.Unit campaign.Boundary campaign.BoundaryChange campaign.Succession campaign.Branch
        campaign.Campaign campaign.Phase core.Portal core.KindWord
        campaign.Indicator campaign.Baseline campaign.BaselineFigure campaign.Target
        reports.ColumnMeaning reports.OfficialColumn volunteers.Team volunteers.Series
        campaign.SettingsChange.moves
        reports.DifferenceTolerance reports.PlanAssumption
        reports.FinalExport.slug reports.FinalExport.name
        reports.SessionDraft.hamlet""",
    "counts": """
        reports.UnitDay reports.BranchDay reports.UnitTotal reports.BranchTotal
        reports.RollupDifference reports.DailyReport.counts reports.DailyReport.unusual
        reports.DailyReport.covered_sessions reports.DailyReport.fallback_counts
        volunteers.HelpRequest.counts volunteers.SupportSession.counts
        reports.FinalExport.rows reports.Export.figures reports.Export.content
        reports.Export.filter
        reports.OfficialFile.content
        reports.Publication.figures reports.TrialReport.counts reports.TrialReport.unusual
        reports.Check.reported reports.Check.probability reports.CheckOutcome.counts
        reports.CheckPlan.strata reports.CheckPlan.frame
        privacy.SubjectRequest.deleted""",
    "one of a few words that the code knows, or a check sum": """
        campaign.Appointment.role volunteers.Membership.role volunteers.HelpRequest.wish
        volunteers.HelpRequest.state volunteers.SupportSession.place_kind
        volunteers.SupportSession.state reports.SessionDraft.place_kind
        reports.DailyReport.status reports.DailyReport.lateness
        reports.Revision.source reports.Revision.hash reports.HistoryHead.hash
        reports.Publication.kind reports.Publication.basis reports.Publication.sha256
        reports.Export.basis reports.Export.sha256 reports.FinalExport.sha256
        reports.Export.kind reports.Export.map reports.FigureCode
        reports.OfficialFile.source reports.OfficialFile.sha256
        reports.OfficialFile.figures_sha256 reports.OfficialFile.written_sha256
        reports.OfficialFile.kind reports.OfficialFile.level reports.OfficialFile.map
        reports.OfficialFigure.kind
        reports.FollowUp.kind reports.FollowUp.about reports.FollowUp.action
        reports.DifferenceRemark.state reports.DifferenceRemark.kind
        reports.Notice.kind reports.Notice.channel
        reports.ReceivedMessage.channel reports.Conversation.channel
        reports.CountsFile.language reports.CountsFile.state privacy.SubjectRequest.kind
        reports.CheckPlan.asked reports.CheckPlan.measure reports.CheckPlan.head_root
        reports.CheckPlan.seed reports.CheckPlan.frame_sha256 reports.Check.stratum
        reports.CheckOutcome.how reports.CheckOutcome.obstacle
        privacy.SubjectRequest.outcome privacy.Deletion.code""",
    "the machinery's own": """
        core.Heartbeat core.Change auth.Permission auth.Group contenttypes.ContentType
        sessions.Session core.Leaf.subject core.Leaf.key
        core.Leaf.entry core.Tile core.SignedHead core.Remark.forgotten core.Remark.known""",
}


def rows() -> list[list[str]]:
    """Return the cells of the table of columns."""
    lines = DOCUMENT.read_text().splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "`" in line]
    return [row for row in cells if len(row) == 6]


def documented() -> set[str]:
    return {name for row in rows() for name in re.findall(r"`([\w.]+)`", row[1])}


def columns() -> dict[str, Any]:
    """Return the columns that may hold something of a person, as ``app.Model.column``."""
    found = {}
    for model in apps.get_models():
        if model._meta.app_label == "demo":
            continue
        for column in model._meta.local_concrete_fields:
            to = column.remote_field.model._meta.label if column.remote_field else ""
            is_person = to in ("accounts.User", "volunteers.Volunteer")
            if is_person or not (to or isinstance(column, NEVER)):
                found[f"{model._meta.label}.{column.name}"] = column
    return found


def test_every_column_with_personal_data_stands_in_the_document() -> None:
    impersonal = {name for names in IMPERSONAL.values() for name in names.split()}
    unknown = {
        name
        for name in columns()
        if name not in documented() and not {name, name.rpartition(".")[0]} & impersonal
    }
    assert unknown == set()


def test_document_names_columns_that_there_are() -> None:
    there = {
        f"{model._meta.label}.{column.name}"
        for model in apps.get_models()
        for column in model._meta.concrete_fields
    }
    assert documented() - there == set()
    assert {n for n, c in columns().items() if isinstance(c, PersonalField)} <= documented()


def test_periods_of_the_document_are_those_that_are_kept() -> None:
    """Each row ends with the code of its period and its days; a row without is kept."""
    text = DOCUMENT.read_text()
    written = dict(re.findall(r"\| `(\w+)` \| ([^|]+?) \|", text))
    usual = Campaign._meta.get_field("help_retention_days").default
    assert written == {
        code: f"{period.days} ngày"
        if period.days is not None
        else f"theo chiến dịch ({usual} ngày)"
        for code, period in PERIODS.items()
    }
    used = {code for row in rows() for code in re.findall(r"\[(\w+)\]", row[3])}
    assert used == set(PERIODS)


def test_every_period_has_a_job() -> None:
    assert JOBS.keys() == PERIODS.keys()
