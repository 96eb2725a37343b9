"""Words of one campaign in messages become its own; campaigns there are read as before."""

from typing import Any

from django.db import migrations, models

WORDS = (
    "đề án 06, đề án 6, đa 06, đa 6, đề án 06 cp, đề án số 06, tổ đề án 06, tổ công tác đề án 06, "
    "vneid"
)


def read_as_before(apps: Any, _editor: Any) -> None:
    apps.get_model("campaign", "Campaign").objects.update(message_words=WORDS)


# Search leaves apostrophes out: “Cư M'gar” is found as “cu mgar”.
SEARCHED = "UPDATE {table} SET fold = translate(fold, $$'’‘ʼ′`´$$, '') WHERE fold ~ $$['’‘ʼ′`´]$$"


class Migration(migrations.Migration):
    dependencies = [("campaign", "0016_takes_part")]

    operations = [
        migrations.AddField(
            model_name="campaign",
            name="message_words",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Từ nói về chiến dịch mà không nói về số nào, cách nhau bằng dấu phẩy: "
                "tên đề án, tên ứng dụng. Cổng đọc tin Zalo sẽ bỏ qua các từ này.",
                max_length=500,
                verbose_name="từ riêng trong tin",
            ),
        ),
        migrations.RunPython(read_as_before, migrations.RunPython.noop),
        *(
            migrations.RunSQL(SEARCHED.format(table=table), migrations.RunSQL.noop)
            for table in ("campaign_unit", "campaign_branch")
        ),
    ]
