"""The tables of commentary on measures and of confirmed step changes."""

# mypy: ignore-errors
from django.db import migrations, models

SAID = [
    (
        "id",
        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
    ),
    ("measure", models.CharField(db_index=True, max_length=200)),
    ("period", models.CharField(max_length=60)),
    ("text", models.TextField()),
    ("by", models.CharField(max_length=200)),
    ("at", models.DateTimeField(auto_now_add=True)),
    ("taken_back_by", models.CharField(blank=True, max_length=200)),
    ("taken_back_at", models.DateTimeField(null=True)),
]


class Migration(migrations.Migration):
    dependencies = [("registers", "0002_audit_is_append_only")]

    operations = [
        migrations.CreateModel(
            name="Commentary",
            fields=[*SAID, ("value", models.FloatField(null=True))],
            options={"ordering": ("id",), "abstract": False},
        ),
        migrations.CreateModel(
            name="StepChange",
            fields=[*SAID],
            options={
                "ordering": ("id",),
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("taken_back_at__isnull", True)),
                        fields=("measure", "period"),
                        name="one_step_a_period",
                    )
                ],
            },
        ),
    ]
