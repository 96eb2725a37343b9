from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0004_history")]

    operations = [
        migrations.RemoveConstraint(model_name="notice", name="one_notice_by_each_way"),
        migrations.RemoveIndex(model_name="notice", name="notice_waiting"),
        migrations.RenameField(model_name="notice", old_name="way", new_name="channel"),
        migrations.RenameField(model_name="notice", old_name="settled_at", new_name="closed_at"),
        migrations.AlterField(
            model_name="notice", name="kind", field=models.CharField(max_length=40)
        ),
        migrations.AlterField(
            model_name="notice", name="channel", field=models.CharField(max_length=40)
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                fields=("user", "campaign", "kind", "channel", "day", "about"),
                name="one_notice_per_channel",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True)),
                fields=["due_at"],
                name="notice_waiting",
            ),
        ),
    ]
