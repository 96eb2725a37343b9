"""An indicator says how its days come to its total; those there are sums, as before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaign", "0017_message_words")]

    operations = [
        migrations.AddField(
            model_name="indicator",
            name="aggregation",
            field=models.CharField(
                choices=[
                    ("sum", "cộng các ngày"),
                    ("last", "số báo sau cùng"),
                ],
                default="sum",
                help_text="“Tính đến nay” cho cái đếm được ở một thời điểm, ví dụ số trang web "
                "đang hoạt động.",
                max_length=4,
                verbose_name="cách cộng",
            ),
        ),
        migrations.AddConstraint(
            model_name="indicator",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("counts_people", False), ("aggregation", "sum"), _connector="OR"
                ),
                name="people_add_up",
            ),
        ),
    ]
