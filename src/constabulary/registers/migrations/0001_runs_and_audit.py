"""The tables of runs and of the audit trail."""

# mypy: ignore-errors
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="AuditRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("by", models.CharField(max_length=200)),
                ("action", models.CharField(max_length=60)),
                ("about", models.CharField(max_length=200)),
            ],
            options={
                "db_table": "registers_audit",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="Run",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("arguments", models.JSONField(default=dict)),
                ("stamp", models.CharField(blank=True, db_index=True, max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("stopped", "Stopped"),
                        ],
                        db_index=True,
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("by", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("n_attempts", models.PositiveIntegerField(default=0)),
                ("worker", models.CharField(blank=True, max_length=64)),
                ("is_stop_wanted", models.BooleanField(default=False)),
                ("progress_done", models.FloatField(default=0)),
                ("progress_total", models.FloatField(default=0)),
                ("doing", models.CharField(blank=True, max_length=300)),
                ("result", models.JSONField(null=True)),
                ("error", models.TextField(blank=True)),
            ],
            options={
                "ordering": ("-id",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["waiting", "running", "done", "failed", "stopped"])
                        ),
                        name="run_state_is_known",
                    )
                ],
            },
        ),
    ]
