"""Puts files and folders in their place whole or not at all, whoever reads or writes them meanwhile."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PARTIAL = ".partial"
"""Ending of what is being written; where its process was killed it is left, and removed by the next compaction."""

WAITS_S = 5.0
"""How long a reader of the old file may keep the new one from its place (seconds)."""
_LOOKS_EVERY_S = 0.05


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give the path of a new file to write, and put it in its place once it is written.

    Each writer has a file of its own, so two that write the same path at once both leave a whole one.

    Parameters
    ----------
    path
        The file to make or to replace; its folder is made where there is none.

    Yields
    ------
    Path
        Where to write.

    Raises
    ------
    PermissionError
        If another program keeps the old file open and the system (Windows) does not let it be replaced meanwhile.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{secrets.token_hex(4)}{PARTIAL}")
    try:
        yield partial
        with partial.open("rb+") as written:
            os.fsync(written.fileno())
        put_in_place(partial, path)
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all; a text in UTF-8, its ends of lines as they are.

    Parameters
    ----------
    path, content
        The file and what it shall hold.
    """
    with whole(path) as partial:
        partial.write_bytes(content.encode() if isinstance(content, str) else content)


def put_in_place(made: Path, place: Path) -> None:
    """Give what was made, a file or a folder, its name; a file of that name is replaced.

    Windows refuses while anybody has one of the files open, a scanner for viruses often for a moment; that is waited
    for.

    Parameters
    ----------
    made, place
        Where it is and where it belongs, on the same disc.

    Raises
    ------
    PermissionError
        If the system still refuses after `WAITS_S` seconds.
    """
    until = time.monotonic() + WAITS_S
    while True:
        try:
            made.replace(place)
        except PermissionError:
            if time.monotonic() >= until:
                raise
            time.sleep(_LOOKS_EVERY_S)
        else:
            return
