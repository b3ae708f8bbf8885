"""Drops the stamps of runs: no kind of long work ever gave one."""

# mypy: ignore-errors
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("registers", "0003_commentary_and_step_changes")]

    operations = [migrations.RemoveField(model_name="run", name="stamp")]
