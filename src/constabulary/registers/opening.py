"""Opens a workspace's registers: sets Django up once a process and brings the database up to date."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Mapping
from pathlib import Path

import django
from django.conf import settings
from filelock import FileLock

from constabulary.core.errors import BadInput, ConstabularyError, DiscFull, Problem
from constabulary.registers import settings as registers_settings

_lock = threading.RLock()
_opened: Path | None = None
_LEAST_BYTES = 2**20
"""With less room than this SQLite's own files do not fit."""


class RegistersUnreadable(ConstabularyError):
    """The registers' database cannot be opened or brought up to date."""

    exit_status = 10


def open(workspace: Path, *, extend: Mapping[str, object] | None = None) -> None:
    """Make the registers of a workspace ready for use in this process.

    A process works on one workspace at a time: opening another closes the first. The database is made, or
    brought up to date, by the first process that opens it.

    Parameters
    ----------
    workspace
        The workspace folder.
    extend
        Django settings that stand beside those of the registers, such as those of the pages.

    Raises
    ------
    RegistersUnreadable
        If the database is damaged, out of reach, or was made by a later release.
    BadInput
        If DATABASE_URL names no PostgreSQL database, or its driver is not installed.
    """
    global _opened  # noqa: PLW0603 - Django's own settings are one a process
    workspace = workspace.resolve()
    with _lock:
        if not settings.configured:
            settings.configure(**{**registers_settings.base(workspace), **(extend or {})})
            _set_up()
        elif extend and any(getattr(settings, name, None) != value for name, value in extend.items()):
            _extend(extend)
        if _opened == workspace:
            return
        _point_at(workspace)
        _bring_up_to_date(workspace)
        _opened = workspace


def _set_up() -> None:
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as error:
        if "psycopg" not in str(error):
            raise
        raise BadInput(
            Problem(
                "postgresql_driver",
                "DATABASE_URL names a PostgreSQL database and its driver is not installed",
                remedy="Install it: pip install 'psycopg[binary]', or unset DATABASE_URL.",
            )
        ) from None


def _extend(extend: Mapping[str, object]) -> None:
    """Add settings after the set-up: a process that opened the registers for work goes on to serve pages."""
    from django.apps import apps

    for name, value in extend.items():
        setattr(settings, name, value)
    apps.set_installed_apps(settings.INSTALLED_APPS)


def _point_at(workspace: Path) -> None:
    from django.db import connections

    connections["default"].close()
    connections["default"].settings_dict.update(registers_settings.database(workspace))


def _bring_up_to_date(workspace: Path) -> None:
    from django.core.management import call_command
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        # Two processes that start together must not both make the tables.
        with FileLock(workspace / "registers.lock", timeout=60):
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as error:
        if shutil.disk_usage(workspace).free < _LEAST_BYTES:
            raise DiscFull(
                Problem(
                    "disc_full",
                    "the disc is full, so the registers cannot be opened",
                    file=str(workspace),
                    remedy="Free some room and call the same command again.",
                )
            ) from error
        raise RegistersUnreadable(
            Problem(
                "registers_unreadable",
                f"the registers cannot be opened: {error}",
                file=str(connection.settings_dict["NAME"]),
                remedy="Restore them from a backup: constabulary restore.",
            )
        ) from error
