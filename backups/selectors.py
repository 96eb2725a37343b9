"""How old the last proved backup is, and whether this database is a restored one."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from core import clock
from core.models import Heartbeat

# Two nights, and the time that a backup takes.
LATE = dt.timedelta(hours=50)
# The two moments of a ``BackupState``, for whoever asks them along with something else.
MOMENTS = (
    "(SELECT at FROM core_heartbeat WHERE name = 'backup')",
    "(SELECT min(applied) FROM django_migrations)",
)


@dataclass(frozen=True)
class BackupState:
    """When a backup was last restored on trial and found right; when the portal began."""

    proved_at: dt.datetime | None
    begun_at: dt.datetime | None

    @property
    def is_on(self) -> bool:
        return bool(settings.BACKUP_KEY)

    @property
    def age(self) -> dt.timedelta | None:
        return clock.now() - self.proved_at if self.proved_at else None

    @property
    def is_late(self) -> bool:
        last = self.proved_at or self.begun_at
        return self.is_on and last is not None and clock.now() - last > LATE

    @property
    def words(self) -> str:
        """Return what is wrong, in words; empty where all is well."""
        if not self.is_on:
            return _("Cổng chưa được sao lưu: chưa có khóa sao lưu")
        if not self.is_late:
            return ""
        if self.age is None:
            return _("Cổng chưa có bản sao lưu nào được thử khôi phục")
        days = {"n": self.age.days}
        return _("Bản sao lưu mới nhất đã thử khôi phục cách đây %(n)s ngày") % days


def backup_state() -> BackupState:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(MOMENTS)}")
        return BackupState(*cursor.fetchone())


def restored_mark() -> dict[str, str] | None:
    """Return from when to when what people sent may be lost: of a restored database only."""
    row = Heartbeat.objects.filter(name="restored").values_list("message", "at").first()
    return {"from": row[0], "to": row[1].isoformat()} if row else None
