"""Writes what failed and where, but never a value: a log must not hold what a row holds."""

from __future__ import annotations

import logging
import traceback


class PlaceFormatter(logging.Formatter):
    """The kind of error and the lines of code that led to it, without its message."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as text without arguments or the exception's message."""
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            return f"{self.formatTime(record)} {record.levelname} {record.name}"
        frames = traceback.extract_tb(error.__traceback__)
        places = "\n".join(f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames)
        return f"{self.formatTime(record)} {record.levelname} {type(error).__name__}\n{places}"
