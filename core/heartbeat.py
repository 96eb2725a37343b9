"""When each job last ran, so that silence is noticed."""

from core import clock
from core.models import Heartbeat


def record_heartbeat(name: str, message: str = "", *, is_fine: bool = True) -> None:
    found = {"at": clock.now(), "message": message, "is_fine": is_fine}
    Heartbeat.objects.update_or_create(name=name, defaults=found)
