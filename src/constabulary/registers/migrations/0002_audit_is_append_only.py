"""The database itself refuses to change or remove an audit row."""

# mypy: ignore-errors

from django.db import migrations

SQLITE = [
    f"CREATE TRIGGER registers_audit_no_{what} BEFORE {what.upper()} ON registers_audit "
    "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"
    for what in ("update", "delete")
]
POSTGRESQL = [
    "CREATE FUNCTION registers_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$",
    "CREATE TRIGGER registers_audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON registers_audit "
    "FOR EACH STATEMENT EXECUTE FUNCTION registers_audit_refuse()",
]


def protect(apps, schema_editor):
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("registers", "0001_runs_and_audit")]

    operations = [migrations.RunPython(protect)]
