"""What people say of measures: commentary on an exception, and step changes they confirm with a reason."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Said(models.Model):
    """What both have in common: on which measure and period, by whom, when, and whether it was taken back."""

    measure = models.CharField(max_length=200, db_index=True)
    period = models.CharField(max_length=60)
    text = models.TextField()
    by = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)
    taken_back_by = models.CharField(max_length=200, blank=True)
    taken_back_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager] = models.Manager()

    class Meta:
        """Oldest first."""

        abstract = True
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.measure} {self.period}: {str(self.text)[:40]}"


class Commentary(Said):
    """What a person says of one period of a measure; `value` is the figure it was written on."""

    value = models.FloatField(null=True)


class StepChange(Said):
    """A step change a person confirmed; `text` is the reason, and new limits begin at `period`."""

    class Meta(Said.Meta):
        """A period of a measure has one that stands."""

        abstract = False
        constraints = (
            models.UniqueConstraint(
                fields=("measure", "period"),
                condition=models.Q(taken_back_at__isnull=True),
                name="one_step_a_period",
            ),
        )
