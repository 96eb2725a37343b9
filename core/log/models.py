"""What the log is made of. Rows are only ever added; the database refuses all else."""

from hashlib import sha256

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.log.checkpoint import Head
from core.querysets import MachineQuerySet


class Leaf(models.Model):
    """A row as it stood after one change, as the database wrote it in the same transaction.

    ``subject`` and ``key`` say which row; ``content`` is the row as JSON, ``null`` once it is
    deleted. ``entry`` is what stands in the tree: the hash of it all and of ``salt``, which keeps
    what is personal from being guessed. Salt and content may be forgotten; the tree stays.
    ``number`` is the place in the tree, blank until the sequencer has come by.
    """

    subject = models.CharField(max_length=20)
    key = models.CharField(max_length=40)
    content = models.TextField(null=True)  # noqa: DJ001 - blank is not forgotten
    salt = models.UUIDField(null=True)
    entry = models.BinaryField()
    number = models.BigIntegerField(null=True, unique=True)
    # For watching only: no hash holds it.
    written_at = models.DateTimeField(db_default=Now())

    objects = MachineQuerySet.as_manager()

    class Meta:
        verbose_name = _("dòng sổ ghi")
        verbose_name_plural = _("các dòng sổ ghi")
        indexes = [
            models.Index(fields=["subject", "key"], name="leaf_by_row"),
            models.Index(fields=["id"], condition=Q(number=None), name="leaf_without_number"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.key}"


def entry_of(salt: bytes, subject: str, key: str, content: str) -> bytes:
    """Return what ``core_add_leaf`` makes in the database."""
    return sha256(salt + f"{subject}\n{key}\n{content}".encode()).digest()


class Tile(models.Model):
    """Up to 256 hashes of one level of the tree: see ``core.log.merkle``."""

    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hashes = models.BinaryField()

    objects = MachineQuerySet.as_manager()

    class Meta:
        verbose_name = _("mảnh cây băm")
        verbose_name_plural = _("các mảnh cây băm")
        constraints = [
            models.UniqueConstraint(fields=["level", "index"], name="tile_identity"),
        ]


class SignedHead(models.Model):
    """How many leaves there were at a moment, and their root, signed (``note``)."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    signed_at = models.DateTimeField(db_index=True)
    note = models.TextField()

    objects = MachineQuerySet.as_manager()

    class Meta:
        verbose_name = _("đầu sổ đã ký")
        verbose_name_plural = _("các đầu sổ đã ký")
        ordering = ("-size",)

    def __str__(self) -> str:
        return f"{self.size}"

    @property
    def head(self) -> Head:
        return Head(self.size, bytes(self.root))


class Remark(models.Model):
    """What somebody did to the log or knows of it, and why; a row that is a leaf itself.

    ``forgotten`` are the leaves (by id) that were emptied: one that no remark names was emptied
    by nobody who may. ``known`` are findings, by their marks (``core.log.findings``).
    """

    at = models.DateTimeField()
    # None where the portal did it by itself, or where the request that it answered says who.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(max_length=300)
    forgotten = ArrayField(models.BigIntegerField(), default=list)
    known = models.JSONField(default=dict)

    objects = MachineQuerySet.as_manager()

    class Meta:
        verbose_name = _("ghi chú của sổ ghi")
        verbose_name_plural = _("các ghi chú của sổ ghi")
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"#{self.pk}"
