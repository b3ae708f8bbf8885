"""What money pages take in: a file, on disc only while it is read."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import Any, TypeVar

from constabulary.core.errors import BadInput, ConstabularyError, Problem
from constabulary.core.file_names import file_name
from constabulary.web.form import Form

MOST_BYTES = 20_000_000
T = TypeVar("T")


@contextmanager
def on_disc(upload: Any, otherwise: str) -> Iterator[Path]:
    """Give a file that was sent under its own name, or another where it has none; gone afterwards.

    Raises
    ------
    BadInput
        If it is larger than 20 MB.
    """
    name = file_name(PurePath(upload.name or "").name, otherwise)
    if upload.size > MOST_BYTES:
        expected = f"less than {MOST_BYTES // 1_000_000} MB"
        raise BadInput(
            Problem("too_large", f"it has {upload.size / 1_000_000:.1f} MB", name, expected=expected)
        )
    with tempfile.TemporaryDirectory(prefix="constabulary-") as folder:
        path = Path(folder) / name
        with path.open("wb") as out:
            out.writelines(upload.chunks())
        yield path


def read_from(form: Form, read: Callable[[Path], T], otherwise: str) -> T | None:
    """Return what is read from the file of a form that was sent; what is wrong with it is told at its field.

    Parameters
    ----------
    form
        A form with a field `file`.
    read
        Reads the file.
    otherwise
        Its name where it has none.
    """
    if not (form.is_bound and form.is_valid()):
        return None
    try:
        with on_disc(form.cleaned_data["file"], otherwise) as path:
            return read(path)
    except ConstabularyError as error:
        for problem in error.problems:
            form.add_error("file", str(problem))
    return None
