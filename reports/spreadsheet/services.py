"""The way of a file of daily counts: received, read, asked about, checked, taken in."""

import datetime as dt
import logging
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from campaign.models import Campaign
from campaign.selectors import indicators_of
from core.importing import pending_upload
from core.importing.pending_upload import forget_upload, keep_upload, read_upload
from reports.daily.models import Explanation, Source
from reports.daily.services.submit import Outcome
from reports.daily.services.submit_many import NotTaken, Weighed, submit_reports
from reports.spreadsheet.checking import (
    Preview,
    blame,
    entry_of,
    name_of,
    present_versions,
)
from reports.spreadsheet.columns import Matcher
from reports.spreadsheet.lines import Line
from reports.spreadsheet.models import WORK, CountsFile, State
from reports.spreadsheet.preparation import Prepared, branches_led_by, prepare

# What was done with a file is told for so long; the file itself is gone long before.
LIFE = dt.timedelta(days=7)
GONE = gettext_lazy("Tệp xem trước không còn. Chọn lại tệp.")
# A worker that has not finished by then is dead: Celery itself ends it earlier.
PATIENCE = dt.timedelta(minutes=6)

logger = logging.getLogger(__name__)


def receive_file(
    *, actor: User, campaign: Campaign, name: str, data: bytes, language: str
) -> CountsFile:
    """Keep a file to be read by a worker; raise ``PermissionDenied`` for who leads nobody."""
    if not branches_led_by(actor, campaign):
        raise PermissionDenied
    return CountsFile.objects.create(
        campaign=campaign,
        user=actor,
        name=name[:200],
        upload=keep_upload(data),
        language=language,
    )


def answer_questions(*, file: CountsFile, answers: Mapping[str, str]) -> None:
    """Have a file read again with what was answered about it."""
    _again(file, State.READ, answers={**file.answers, **answers})


def forget_columns(*, file: CountsFile) -> None:
    """Ask anew what the columns mean that are not known by their names."""
    matcher = Matcher(file.campaign, indicators_of(file.campaign))
    matcher.forget(header for header, _label in file.result.get("columns", []))
    others = {name: v for name, v in file.answers.items() if not name.startswith("column-")}
    _again(file, State.READ, answers=others)


def check_again(*, file: CountsFile, clears: bool) -> None:
    """Have a file checked anew; ``clears`` says that its blank cells take standing figures away."""
    _again(file, State.READ, choices={"clears": clears})


def confirm_file(
    *, file: CountsFile, taken: Iterable[str], explanation: str, includes_sessions: bool
) -> None:
    """Let a checked file be taken in; raise ``ValidationError`` where a word is missing.

    ``taken`` are the changes that were chosen; what stands and was not chosen stays.
    """
    if file.result.get("problems") or "versions" not in file.result:
        raise ValidationError(_("Tệp còn dòng sai. Sửa rồi gửi lại."))
    known = set(file.result["changed"])
    chosen = sorted(known & set(taken))
    left = known.difference(chosen)
    asked = {key for key, needs_reason in file.result["unusual_keys"].items() if needs_reason}
    if asked - left and explanation not in Explanation.values:
        raise ValidationError(_("Có số bất thường. Chọn lý do, hoặc sửa tệp rồi gửi lại."))
    choices = {
        **file.choices,
        "taken": chosen,
        "explanation": explanation,
        "includes_sessions": includes_sessions,
    }
    _again(file, State.SEND, choices=choices)


def _again(file: CountsFile, state: State, **fields: Any) -> None:
    """Give a file back to the workers, unless one has it or it is done with."""
    free = CountsFile.objects.filter(pk=file.pk, state__in=[State.ASKED, State.CHECKED])
    free.update(state=state, begun_at=None, **fields)


def work_off() -> int:
    """Read, check and take in all files that wait for it; return how many. Old ones go."""
    CountsFile.objects.filter(made_at__lt=timezone.now() - LIFE).delete()
    _let_go()
    done = 0
    while (file := _claimed()) is not None:
        with translation.override(file.language):
            _work(file)
        done += 1
    return done


def _let_go() -> None:
    """Tell those who have not answered within the hour that their file is there no more."""
    unanswered = CountsFile.objects.filter(state__in=[State.ASKED, State.CHECKED])
    for file in unanswered.filter(made_at__lt=timezone.now() - pending_upload.LIFE):
        with translation.override(file.language):
            _again(file, State.REFUSED, result={"refusal": str(GONE)})


def _claimed() -> CountsFile | None:
    now = timezone.now()
    waiting = CountsFile.objects.filter(state__in=WORK).filter(
        Q(begun_at=None) | Q(begun_at__lt=now - PATIENCE)
    )
    with transaction.atomic():
        rows = waiting.select_related("campaign", "user").order_by("made_at")
        file = rows.select_for_update(skip_locked=True, of=("self",)).first()
        if file is not None:
            file.begun_at = now
            file.save(update_fields=["begun_at"])
    return file


def _work(file: CountsFile) -> None:
    state = file.state
    try:
        if not file.user.may_sign_in:
            raise PermissionDenied
        (_read if state == State.READ else _send)(file)
    except ValidationError as error:
        file.state, file.result = State.REFUSED, {"refusal": " ".join(error.messages)}
    except FileNotFoundError:
        file.state, file.result = State.REFUSED, {"refusal": str(GONE)}
    except DatabaseError as error:
        logger.warning("a file of counts met a busy database: %s", error)
        # What was done to it in a transaction that is gone was not done.
        file.refresh_from_db()
        text = _("Cổng đang bận nên chưa ghi gì. Gửi lại sau ít phút.")
        file.state = State.CHECKED if state == State.SEND else State.REFUSED
        file.result = {**file.result, "refusal": text}
    except Exception:
        logger.exception("a file of counts could not be read")
        file.refresh_from_db()
        text = _("Cổng không đọc được tệp này. Sao chép bảng sang tệp mới rồi gửi lại.")
        file.state, file.result = State.REFUSED, {"refusal": text}
    file.save(update_fields=["state", "answers", "result"])
    cache_progress(file, 0, 0)


def _prepared(file: CountsFile) -> Prepared:
    data = read_upload(file.upload)
    return prepare(file.user, file.campaign, indicators_of(file.campaign), data, file.answers)


def _read(file: CountsFile) -> None:
    prepared = _prepared(file)
    if prepared.questions:
        questions = [[q.name, q.text, q.choices] for q in prepared.questions]
        file.state, file.result = (
            State.ASKED,
            {"questions": questions, "notes": prepared.notes},
        )
        return
    indicators = indicators_of(file.campaign)
    preview = Preview(prepared, indicators)
    good = [line for line in prepared.lines if not line.problems]
    codes = [i.code for i in indicators.entered] if file.choices.get("clears") else []
    versions = present_versions(file.campaign, good)
    entries = [
        entry_of(
            file.pk,
            file.campaign,
            line,
            version=versions.get(line.key, 0) if line.key else 0,
            codes=codes,
        )
        for line in good
    ]
    weighed = submit_reports(
        actor=file.user,
        campaign=file.campaign,
        entries=entries,
        source=Source.FILE,
        dry_run=True,
        on_step=lambda done: cache_progress(file, done, len(entries)),
    )
    for line, one in zip(good, weighed, strict=True):
        preview.add(line, one)
    file.state, file.result = State.CHECKED, preview.as_json()


def _send(file: CountsFile) -> None:
    prepared, choices, shown = _prepared(file), file.choices, file.result
    indicators = indicators_of(file.campaign)
    codes = [i.code for i in indicators.entered] if choices.get("clears") else []
    left = set(shown["changed"]) - set(choices["taken"])
    unusual = shown["unusual_keys"]
    wanted = shown["versions"].keys() - left
    lines = [line for line in prepared.lines if _key(line) in wanted]
    if len(lines) < len(wanted):
        # What was theirs is no more.
        _ask_anew(file, prepared)
        return
    entries = [
        entry_of(
            file.pk,
            file.campaign,
            line,
            version=shown["versions"][_key(line)],
            codes=codes,
            sessions=(shown["sessions"].get(_key(line)) if choices["includes_sessions"] else None),
            explanation=choices["explanation"] if _key(line) in unusual else "",
        )
        for line in lines
    ]
    try:
        with transaction.atomic():
            weighed = submit_reports(
                actor=file.user,
                campaign=file.campaign,
                entries=entries,
                source=Source.FILE,
                on_step=lambda done: cache_progress(file, done, len(entries)),
            )
            Matcher(file.campaign, indicators).remember(file.answers)
            _finish(file, weighed)
    except NotTaken as refusal:
        for line, one in zip(lines, refusal.lines, strict=True):
            blame(line, one)
        _ask_anew(file, prepared)


def _ask_anew(file: CountsFile, prepared: Prepared) -> None:
    """Show what has come to be wrong since it was confirmed; nothing was taken."""
    preview = Preview(prepared, indicators_of(file.campaign)).as_json()
    file.state = State.CHECKED
    file.result = {
        **file.result,
        "problems": preview["problems"],
        "totals": {**file.result["totals"], "wrong": preview["totals"]["wrong"]},
    }


def _finish(file: CountsFile, weighed: list[Weighed]) -> None:
    """Say in the transaction that takes the reports in that they are: it is done once."""
    outcomes = [one.outcome for one in weighed]
    forget_upload(file.upload)
    file.state = State.TAKEN
    file.result = {
        "new": outcomes.count(Outcome.CREATED),
        "changed": outcomes.count(Outcome.CHANGED),
        "same": file.result["totals"]["same"] + outcomes.count(Outcome.SAME),
        "left": len(file.result["changed"]) - len(file.choices["taken"]),
    }
    file.save(update_fields=["state", "result"])


def _key(line: Line) -> str:
    return name_of(line.key) if line.key else ""


def cache_progress(file: CountsFile, done: int, of: int) -> None:
    """Tell the page how far one is; where the cache is away nothing is told."""
    try:
        cache.set(f"counts-file-{file.pk}", (done, of), timeout=600)
    except Exception as error:
        logger.info("progress not told: %s", error)


def progress_of(file: CountsFile) -> tuple[int, int]:
    """Return how many lines are done, and of how many; noughts where nobody knows."""
    try:
        done, of = cache.get(f"counts-file-{file.pk}") or (0, 0)
    except Exception:
        return 0, 0
    return done, of
