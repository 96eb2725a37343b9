"""When each job last ran, so that silence is noticed."""

from core import clock
from core.models import Heartbeat


def record_heartbeat(name: str, message: str = "") -> None:
    Heartbeat.objects.update_or_create(name=name, defaults={"at": clock.now(), "message": message})
