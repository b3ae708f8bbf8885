"""Files as they arrive: plain, gzipped or in a zip archive, found in folders, named and hashed by their contents."""

from __future__ import annotations

import gzip
import hashlib
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, cast

from constabulary.core.errors import BadInput, Problem

MOST_EXPANSION = 150
"""Times its packed size that a file may grow; the most repetitive month of police records grows about twelve times."""
HASH_BYTES = 256 * 1024
"""Bytes hashed at a time, so that they are still in the processor's cache."""
FREE_BYTES = 64 * 1024 * 1024
"""Unpacked size below which no file is suspected."""

GZIP_MARK = b"\x1f\x8b"


@dataclass(frozen=True)
class SourceFile:
    """One file to read.

    Parameters
    ----------
    path
        The file on disc.
    member
        Its name inside a zip archive, or None.
    shown_as
        What people call the file where that is another name than its path, as an upload's is; else None.
    is_named
        Whether this very file was asked for, and not the folder or archive it lies in.
    """

    path: Path
    member: str | None = None
    shown_as: str | None = None
    is_named: bool = True

    @property
    def name(self) -> str:
        """The name to show: what people call it, else the path; and the member where there is one."""
        name = self.shown_as or self.path.as_posix()
        return _as_text(f"{name}!{self.member}" if self.member else name)

    @property
    def published_name(self) -> str:
        """The file's own name as its publisher gave it, without folder and packing."""
        last = Path(self.member).name if self.member else self.path.name
        return _as_text(last.removesuffix(".gz"))

    @property
    def packed_bytes(self) -> int:
        """Size on disc (bytes), packed where it is."""
        with self._damage():
            if self.member is not None:
                with zipfile.ZipFile(self.path) as archive:
                    return archive.getinfo(self.member).compress_size
            return self.path.stat().st_size

    @property
    def state(self) -> tuple[int, int]:
        """Size (bytes) and time of last change (nanoseconds), which differ once somebody has written to the file."""
        with self._damage():
            stat = self.path.stat()
        return stat.st_size, stat.st_mtime_ns

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Open for reading, unpacked.

        Raises
        ------
        BadInput
            If it cannot be opened or is no such file as its name says.
        """
        with self._damage(), ExitStack() as stack:
            stream: IO[bytes]
            if self.member is not None:
                archive = stack.enter_context(zipfile.ZipFile(self.path))
                stream = stack.enter_context(archive.open(self.member))
                is_gzip = self.member.lower().endswith(".gz")
            else:
                stream = stack.enter_context(self.path.open("rb"))
                is_gzip = stream.read(2) == GZIP_MARK
                stream.seek(0)
            if is_gzip:
                stream = cast(IO[bytes], stack.enter_context(gzip.GzipFile(fileobj=stream)))
            yield cast(BinaryIO, stream)

    @contextmanager
    def _damage(self) -> Iterator[None]:
        """Tell of a damaged or unreadable file in words."""
        try:
            yield
        except (
            EOFError,
            zlib.error,
            gzip.BadGzipFile,
            zipfile.BadZipFile,
            NotImplementedError,
        ) as error:
            raise BadInput(
                Problem(
                    "damaged_archive",
                    f"the packed file is cut short or damaged ({str(error).rstrip('.')})",
                    file=self.name,
                    expected="a whole file",
                    remedy="Fetch it again; nothing of it was kept.",
                )
            ) from error
        except (OSError, RuntimeError) as error:
            words = getattr(error, "strerror", None) or str(error)
            raise BadInput(
                Problem(
                    "unreadable_file",
                    f"the file cannot be read ({words})",
                    file=self.name,
                    expected="a file you may read, without a password",
                    remedy="Check who may read it, or copy it where you may.",
                )
            ) from error


def _as_text(name: str) -> str:
    """Return a name with marks in place of bytes that are no UTF-8, which no table or page could hold."""
    return name.encode("utf-8", "replace").decode()


def find(
    paths: Sequence[Path], endings: Sequence[str], names: Sequence[str | None] | None = None
) -> list[SourceFile]:
    """Return the files meant by a list of files, folders and archives, in order of name within each.

    Parameters
    ----------
    paths
        Files, folders (searched to any depth, hidden files left out) and zip archives.
    endings
        Endings that count in folders and archives, such as ``.csv``; a ``.gz`` may follow.
    names
        What people call each path where that is another name than the path itself; None for the path.

    Raises
    ------
    BadInput
        If a path does not exist, or a folder or archive holds no such file or cannot be read.
    """
    found: list[SourceFile] = []
    problems: list[Problem] = []
    wanted = tuple(ending + packed for ending in endings for packed in ("", ".gz"))
    for path, name in zip(paths, names or [None] * len(paths), strict=True):
        if path.is_dir():
            inside = [file for file in _walk(path) if file.name.lower().endswith((*wanted, ".zip"))]
        elif path.is_file():
            inside = [path]
        else:
            problems.append(
                Problem(
                    "no_such_file",
                    "there is no such file or folder",
                    file=name or str(path),
                    remedy="Check the name.",
                )
            )
            continue
        n_before = len(found) + len(problems)
        for file in inside:
            try:
                shown_as = f"{name}/{file.relative_to(path).as_posix()}" if name and file != path else name
                one = SourceFile(file, shown_as=shown_as, is_named=file == path)
                found += _members(one, wanted) if file.suffix.lower() == ".zip" else [one]
            except BadInput as error:
                problems += error.problems
        if len(found) + len(problems) == n_before:
            problems.append(
                Problem(
                    "empty_folder",
                    "no such file in the folder or archive",
                    file=name or str(path),
                    expected=f"files ending {', '.join(wanted)}",
                )
            )
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

    @property
    def n_left(self) -> int | None:
        """Bytes still to come; None where the file is packed, so that nobody can know."""
        is_packed = isinstance(self._stream, (gzip.GzipFile, zipfile.ZipExtFile))
        return None if is_packed else max(self._packed_bytes - self.n_bytes, 0)

    def read(self, size: int) -> bytes:
        """Read up to `size` bytes.

        Raises
        ------
        BadInput
            If the file grows past all reason when unpacked.
        """
        data = self._stream.read(size)
        self._count(len(data))
        return data

    def readinto(self, buffer: bytearray | memoryview) -> int:
        """Fill a buffer as far as the file goes and return the number of bytes; `BadInput` as for `read`.

        Bytes read into memory that is there already cost a fifth of those that need new memory.
        """
        view, n_bytes = memoryview(buffer), 0
        while n_bytes < len(view) and (more := self._stream.readinto(view[n_bytes:])):  # type: ignore[attr-defined]
            n_bytes += more
        self._count(n_bytes)
        return n_bytes

    def readline(self, size: int) -> bytes:
        """Read up to the end of the line, `size` bytes at most; `BadInput` as for `read`."""
        data = self._stream.readline(size)
        self._count(len(data))
        return data

    def _count(self, n_bytes: int) -> None:
        self.n_bytes += n_bytes
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
        buffer = memoryview(bytearray(HASH_BYTES))
        while n_bytes := watched.readinto(buffer):
            digest.update(buffer[:n_bytes])
    return digest.hexdigest()


def _walk(folder: Path) -> list[Path]:
    """Return the files in a folder at any depth, in order of name; hidden ones are not meant."""
    return sorted(
        file for file in folder.rglob("*") if file.is_file() and _is_meant(file.relative_to(folder).parts)
    )


def _is_meant(parts: Sequence[str]) -> bool:
    return not any(part.startswith(".") or part == "__MACOSX" for part in parts)


def _members(file: SourceFile, wanted: tuple[str, ...]) -> list[SourceFile]:
    with file._damage(), zipfile.ZipFile(file.path) as archive:
        every = [name for name in archive.namelist() if name.lower().endswith(wanted)]
    leading_out = [name for name in every if ".." in PurePosixPath(name).parts or name.startswith("/")]
    if leading_out:
        raise BadInput(
            Problem(
                "leads_out_of_archive",
                f'"{leading_out[0]}" is a name that leads out of the archive',
                file=file.name,
                expected="names within the archive",
                remedy="It may be a trap; nothing of it was read.",
            )
        )
    names = sorted(name for name in every if _is_meant(PurePosixPath(name).parts))
    return [replace(file, member=name, is_named=False) for name in names]
