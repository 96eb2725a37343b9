"""A digest of a unit in which nothing was ever counted may go with the unit.

Web and workers may only add digests: through this function of the owner, which takes no other.
"""

from django.db import migrations

FORGET = """
CREATE FUNCTION reports_forget_publications(units bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path TO public, pg_temp AS $$
    DELETE FROM reports_publication p USING campaign_unit u
    WHERE u.id = p.unit_id AND u.id = ANY(units)
    AND NOT EXISTS (
        SELECT FROM campaign_unit below JOIN reports_dailyreport r ON r.unit_id = below.id
        WHERE below.path LIKE u.path || '%')
    AND NOT EXISTS (
        SELECT FROM campaign_unit below JOIN volunteers_supportsession s ON s.unit_id = below.id
        WHERE below.path LIKE u.path || '%' AND s.state = 'closed')
$$
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0024_trial_report"), ("volunteers", "0017_kinds_and_reasons")]

    operations = [
        migrations.RunSQL(FORGET, "DROP FUNCTION reports_forget_publications(bigint[])"),
    ]
