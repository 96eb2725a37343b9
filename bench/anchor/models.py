"""A report as the bare portal would keep it: one row, one index that holds it to one a day."""

import uuid

from django.db import models


class Report(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    branch = models.CharField(max_length=32)
    unit = models.CharField(max_length=32)
    date = models.DateField()
    counts = models.JSONField()
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "anchor"
        constraints = (
            models.UniqueConstraint(fields=("branch", "unit", "date"), name="anchor_one_a_day"),
        )

    def __str__(self) -> str:
        return f"{self.branch} {self.date}"
