"""Names of files made from what people call things, such as every system can hold."""

from __future__ import annotations

import re

MOST_BYTES = 150
"""Length of a name in UTF-8, well below the 255 that systems allow: more is added to it while a file is written."""
_UNFIT = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_DEVICES = re.compile(r"(?:con|prn|aux|nul|(?:com|lpt)[1-9¹²³])\s*", re.IGNORECASE)
_LONGEST_ENDING = 16


def file_name(text: str, otherwise: str = "file") -> str:
    """Return a text as the name of a file that Windows, macOS and Linux alike can hold.

    Parameters
    ----------
    text
        What people call it, with its ending; marks that some system refuses become ``_``.
    otherwise
        The name where nothing of it is left.

    Examples
    --------
    >>> file_name("north: draft?.csv"), file_name("aux.csv"), file_name("..")
    ('north_ draft_.csv', '_aux.csv', 'file')
    """
    name = _UNFIT.sub("_", text.encode("utf-8", "replace").decode()).rstrip(". ") or otherwise
    if _DEVICES.fullmatch(name.partition(".")[0]):
        name = f"_{name}"
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending) > _LONGEST_ENDING:
        stem, dot, ending = name, "", ""
    room = MOST_BYTES - len(f"{dot}{ending}".encode())
    cut = stem.encode()[:room].decode("utf-8", "ignore") + dot + ending
    return name if cut == name else file_name(cut, otherwise)  # what is left may end as no name may
