"""Appointments, late grants, settings and targets stand in the log, those that there are first."""

from django.db import migrations

from core.log.triggers import log_rows

APPOINTMENT = (
    *("id", "user_id", "role", "branch_id", "unit_id", "starts_on", "ends_on"),
    *("awaits_owner", "confirmed_by_id", "proposed_by_id"),
)
TARGET = ("id", "campaign_id", "unit_id", "indicator_id", "value", "due_on", "past")


class Migration(migrations.Migration):
    dependencies = [("campaign", "0008_keys"), ("core", "0003_log")]

    operations = [
        log_rows("campaign_appointment", "appointment", *APPOINTMENT),
        log_rows("campaign_lateentrygrant", "late_grant"),
        log_rows("campaign_settingschange", "setting"),
        log_rows("campaign_target", "target", *TARGET),
    ]
