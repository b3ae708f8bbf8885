"""Runs: long work as rows that a worker takes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Run(models.Model):
    """One piece of long work, from the moment it was asked for to its result."""

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        STOPPED = "stopped"

    name = models.CharField(max_length=60)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING, db_index=True)
    by = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    n_attempts = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=64, blank=True)
    is_stop_wanted = models.BooleanField(default=False)
    progress_done = models.FloatField(default=0)
    progress_total = models.FloatField(default=0)
    doing = models.CharField(max_length=300, blank=True)
    result = models.JSONField(null=True)
    error = models.TextField(blank=True)

    objects: ClassVar[models.Manager] = models.Manager()

    class Meta:
        """The latest first."""

        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "running", "done", "failed", "stopped"]),
                name="run_state_is_known",
            ),
        )

    def __str__(self) -> str:
        return f"run {self.pk} {self.name}: {self.state}"
