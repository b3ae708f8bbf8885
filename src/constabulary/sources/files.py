"""Files as they arrive: plain, gzipped or in a zip archive, found in folders, named and hashed by their contents."""

from __future__ import annotations

import gzip
import hashlib
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

from constabulary.core.errors import BadInput, Problem

MOST_EXPANSION = 150
"""Times its packed size that a file may grow; the most repetitive month of police records grows about twelve times."""
FREE_BYTES = 64 * 1024 * 1024
"""Unpacked size below which no file is suspected."""


@dataclass(frozen=True)
class SourceFile:
    """One file to read.

    Parameters
    ----------
    path
        The file on disc.
    member
        Its name inside a zip archive, or None.
    """

    path: Path
    member: str | None = None

    @property
    def name(self) -> str:
        """The name to show: the path, and the member where there is one."""
        return f"{self.path.as_posix()}!{self.member}" if self.member else self.path.as_posix()

    @property
    def published_name(self) -> str:
        """The file's own name as its publisher gave it, without folder and packing."""
        last = Path(self.member).name if self.member else self.path.name
        return last.removesuffix(".gz")

    @property
    def packed_bytes(self) -> int:
        """Size on disc (bytes); of the whole archive for a member."""
        return self.path.stat().st_size

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Open for reading, unpacked.

        Raises
        ------
        BadInput
            If it cannot be opened or is no such file as its name says.
        """
        try:
            if self.member is not None:
                with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as stream:
                    yield cast(BinaryIO, stream)
            elif self._is_gzip():
                with gzip.open(self.path, "rb") as stream:
                    yield cast(BinaryIO, stream)
            else:
                with self.path.open("rb") as stream:
                    yield stream
        except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
            raise BadInput(
                Problem(
                    "damaged_archive",
                    f"the packed file is cut short or damaged ({error})",
                    file=self.name,
                    expected="a whole file",
                    remedy="Fetch it again; nothing of it was kept.",
                )
            ) from error

    def _is_gzip(self) -> bool:
        with self.path.open("rb") as stream:
            return stream.read(2) == b"\x1f\x8b"


def find(paths: Sequence[Path], endings: Sequence[str]) -> list[SourceFile]:
    """Return the files meant by a list of files, folders and archives, in order of name within each.

    Parameters
    ----------
    paths
        Files, folders (searched to any depth) and zip archives.
    endings
        Endings that count in folders and archives, such as ``.csv``; a ``.gz`` may follow.

    Raises
    ------
    BadInput
        If a path does not exist or a folder holds no such file.
    """
    found: list[SourceFile] = []
    problems = []
    wanted = tuple(ending + packed for ending in endings for packed in ("", ".gz"))
    for path in paths:
        if path.is_dir():
            inside = sorted(
                file
                for file in path.rglob("*")
                if file.is_file() and file.name.lower().endswith((*wanted, ".zip"))
            )
            if not inside:
                problems.append(
                    Problem(
                        "empty_folder",
                        "no such file in the folder",
                        file=str(path),
                        expected=f"files ending {', '.join(wanted)}",
                    )
                )
        elif path.is_file():
            inside = [path]
        else:
            problems.append(
                Problem(
                    "no_such_file",
                    "there is no such file or folder",
                    file=str(path),
                    remedy="Check the name.",
                )
            )
            continue
        for file in inside:
            found += _members(file, wanted) if file.suffix.lower() == ".zip" else [SourceFile(file)]
    if problems:
        raise BadInput(problems)
    return found


class Watched:
    """A stream that counts what it gives and refuses to unpack without end.

    Parameters
    ----------
    stream
        The unpacked stream.
    file
        The file it comes from.
    """

    def __init__(self, stream: IO[bytes], file: SourceFile) -> None:
        self._stream = stream
        self._file = file
        self._packed_bytes = max(file.packed_bytes, 1)
        self.n_bytes = 0

    def read(self, size: int) -> bytes:
        """Read up to `size` bytes.

        Raises
        ------
        BadInput
            If the file grows past all reason when unpacked.
        """
        data = self._stream.read(size)
        self.n_bytes += len(data)
        if self.n_bytes > FREE_BYTES and self.n_bytes > MOST_EXPANSION * self._packed_bytes:
            raise BadInput(
                Problem(
                    "unpacks_without_end",
                    f"the file unpacks to more than {MOST_EXPANSION} times its size",
                    file=self._file.name,
                    expected="records, which pack about ten to one",
                    remedy="It may be a trap; it was not read further.",
                )
            )
        return data


def sha256_of(file: SourceFile) -> str:
    """Return the hash of a file's unpacked contents (hexadecimal); the same packed or not.

    Raises
    ------
    BadInput
        If the file is damaged.
    """
    digest = hashlib.sha256()
    with file.open() as stream:
        watched = Watched(stream, file)
        while data := watched.read(1024 * 1024):
            digest.update(data)
    return digest.hexdigest()


def _members(path: Path, wanted: tuple[str, ...]) -> list[SourceFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = sorted(name for name in archive.namelist() if name.lower().endswith(wanted))
    except zipfile.BadZipFile as error:
        raise BadInput(
            Problem(
                "damaged_archive",
                f"the archive cannot be read ({error})",
                file=str(path),
                remedy="Fetch it again.",
            )
        ) from error
    return [SourceFile(path, name) for name in names]
