"""The audit trail: who did what to what, and when. Rows are added and never changed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class AuditRow(models.Model):
    """One thing a person or a worker did. It names no value of any record."""

    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=200)
    action = models.CharField(max_length=60)
    about = models.CharField(max_length=200)

    objects: ClassVar[models.Manager] = models.Manager()

    class Meta:
        """Oldest first."""

        db_table = "registers_audit"
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.by}: {self.action} {self.about}"
