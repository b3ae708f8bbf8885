"""The Django settings that the registers need; `constabulary.web.settings` adds what pages need."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from constabulary.core.errors import BadInput, Problem

INSTALLED_APPS = ["constabulary.registers.apps.RegistersConfig", "django_tasks", "django_tasks_db"]
"""The Django apps of the registers; the pages add their own."""

_SQLITE = "django.db.backends.sqlite3"
_POSTGRESQL = "django.db.backends.postgresql"


def base(workspace: Path) -> dict[str, object]:
    """Return the settings of one workspace.

    Parameters
    ----------
    workspace
        The workspace folder; it must exist.

    Raises
    ------
    BadInput
        If DATABASE_URL is not the address of a PostgreSQL database.
    """
    return {
        "DEBUG": False,
        "SECRET_KEY": secret_key(workspace),
        "DATABASES": {"default": database(workspace)},
        "INSTALLED_APPS": list(INSTALLED_APPS),
        "TASKS": {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}},
        "USE_TZ": True,
        "TIME_ZONE": "UTC",
        "LANGUAGE_CODE": "en-gb",
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "LOGGING_CONFIG": None,
    }


def database(workspace: Path) -> dict[str, object]:
    """Return where the registers are: SQLite in the workspace, or the PostgreSQL that DATABASE_URL names.

    Parameters
    ----------
    workspace
        The workspace folder.
    """
    address = os.environ.get("DATABASE_URL", "")
    if address:
        return _postgresql(address)
    return {
        "ENGINE": _SQLITE,
        "NAME": str(workspace / "registers.sqlite3"),
        "OPTIONS": {
            # A transaction takes the writer's lock as it begins, so that two processes queue.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }


def _postgresql(address: str) -> dict[str, object]:
    parts = urlsplit(address)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        # The address may hold a password, so the message does not repeat it.
        raise BadInput(
            Problem(
                "database_url",
                "the address is not that of a PostgreSQL database",
                column="DATABASE_URL",
                expected="postgresql://USER:PASSWORD@HOST:PORT/NAME",
                remedy="Mend the variable, or unset it to keep the registers in the workspace.",
            )
        )
    return {
        "ENGINE": _POSTGRESQL,
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
    }


def secret_key(workspace: Path) -> str:
    """Return the key that signs the workspace's forms, made at first use and readable by its owner alone.

    Parameters
    ----------
    workspace
        The workspace folder.
    """
    file = workspace / "secret_key"
    key = file.read_text(encoding="ascii").strip() if file.exists() else ""
    if key:
        return key
    key = secrets.token_urlsafe(48)
    # Written beside and renamed: two processes that start together never read half a key.
    waiting = workspace / f"secret_key.{secrets.token_hex(4)}"
    handle = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as opened:
        opened.write(key + "\n")
    try:
        waiting.replace(file)
    except PermissionError:
        # On Windows no file is replaced while it is read: then another process has just made the key.
        waiting.unlink()
    return file.read_text(encoding="ascii").strip()
