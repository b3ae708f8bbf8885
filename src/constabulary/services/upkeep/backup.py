"""A workspace as one file, and back: every file with its hash, all of it or nothing."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO

from constabulary import __version__, registers
from constabulary.core.errors import BadInput, Problem, WorkspaceBusy
from constabulary.core.progress import Progress, silent
from constabulary.registers import copying
from constabulary.registers.access import Permission, Person
from constabulary.store.lake import Lake
from constabulary.store.upgrades import format_of
from constabulary.store.whole import PARTIAL, put_in_place, whole
from constabulary.store.workspace import Workspace, see_free

MANIFEST = "backup.json"
REGISTERS = "registers.sqlite3"
# A key of its own is made where the backup is restored; locks and the database's side files are of the moment.
LEFT_OUT = frozenset({"secret_key", "workers", MANIFEST, REGISTERS, f"{REGISTERS}-wal", f"{REGISTERS}-shm"})
MOST_TRIES = 5
"""How often a backup is begun anew because a file that no lock covers, such as a result, changed meanwhile."""
_CHUNK_BYTES = 1 << 20
_MOST_MANIFEST_BYTES = 256 << 20


@dataclass(frozen=True)
class Backup:
    """What is in a backup.

    Parameters
    ----------
    file
        The archive.
    n_files, n_bytes
        How much of the workspace it holds.
    has_registers
        False where the registers are in a PostgreSQL database, to be backed up by its own tools.
    """

    file: Path
    n_files: int
    n_bytes: int
    has_registers: bool


def back_up(workspace: Workspace, file: Path, by: Person, progress: Progress = silent) -> Backup:
    """Write a workspace to one archive, as it stands between two changes, and read it back to verify it.

    Parameters
    ----------
    workspace
        Which.
    file
        The archive to make, a .zip or a .tar.gz; outside the workspace.
    by
        Who does it.
    progress
        Told the bytes done.

    Raises
    ------
    BadInput
        If the file exists or is of another kind, or a link in the workspace leads nowhere.
    WorkspaceBusy
        If another process is writing to the lake, or to one of the other files each time it is read.
    NotPermitted
        If the person may not take records away.
    """
    _check_target(workspace, file)
    registers.open(workspace.path)
    from constabulary.registers import actions

    with workspace.writing(), tempfile.TemporaryDirectory(prefix="constabulary-backup-") as folder:
        actions.note(by, Permission.EXPORT_RECORDS, "back up", "workspace")
        Lake(workspace.lake_path).sweep()
        copy = Path(folder) / REGISTERS
        has_registers = copying.copy(workspace.path, copy)
        registers_file = {REGISTERS: copy} if has_registers else {}
        for _ in range(MOST_TRIES):
            sources = _sources(workspace.path) | registers_file
            try:
                return _taken(sources, file, progress, has_registers=has_registers)
            except _ChangedMeanwhileError as error:
                changed = error
    raise WorkspaceBusy(
        Problem(
            "files_change",
            "the file changes again and again while it is backed up",
            file=str(changed),
            expected="files at rest, those of the lake and the registers aside",
            remedy="Close what writes to it, or wait for the runs under way, and try again.",
        )
    )


def restore(file: Path, path: Path) -> Backup:
    """Make a workspace from a backup: whole and verified, or not at all.

    Parameters
    ----------
    file
        The archive.
    path
        The workspace folder to make.

    Raises
    ------
    BadInput
        If the folder is not empty or its name is unfit, or the archive is damaged, incomplete or no backup.
    WorkspaceMissing
        If the backup was made by a later release.
    """
    see_free(path)
    path.resolve().parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f"{path.resolve().name}.restoring-", dir=path.resolve().parent))
    try:
        made = staging / "workspace"
        made.mkdir()
        for folder in ("force", "lake", "results"):
            (made / folder).mkdir()
        n_files = n_bytes = 0
        with _entries(file, file.name) as entries:
            for name, chunks in _verified(entries, file):
                target = made.joinpath(*PurePosixPath(name).parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("xb") as opened:
                    for chunk in chunks:
                        opened.write(chunk)
                        n_bytes += len(chunk)
                n_files += 1
        format_of(made)
        if path.exists():
            path.rmdir()
        put_in_place(made, path)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return Backup(file, n_files, n_bytes, (path / REGISTERS).exists())


def _check_target(workspace: Workspace, file: Path) -> None:
    problem = None
    if not file.name.endswith((".zip", ".tar.gz")):
        problem = Problem(
            "backup_kind", "no such kind of backup", expected="a name that ends in .zip or .tar.gz"
        )
    elif file.exists():
        problem = Problem(
            "file_exists", "the file exists", expected="a new file", remedy="Choose another name."
        )
    elif workspace.path.resolve() in file.resolve().parents:
        problem = Problem(
            "backup_inside", "the backup would lie in the workspace", expected="a place outside it"
        )
    elif not file.resolve().parent.is_dir():
        problem = Problem("no_such_folder", "its folder does not exist", remedy="Make it first.")
    if problem:
        raise BadInput(
            Problem(
                problem.rule, problem.message, str(file), expected=problem.expected, remedy=problem.remedy
            )
        )


class _ChangedMeanwhileError(Exception):
    """A file was changed, replaced or removed between being listed and being written; it says which."""


def _taken(sources: dict[str, Path], file: Path, progress: Progress, *, has_registers: bool) -> Backup:
    listed: list[dict[str, Any]] = []
    states = {}
    for name, path in sources.items():
        with _unchanged(name):
            states[name] = _state(path)
            listed.append({"path": name, "bytes": path.stat().st_size, "sha256": _sha256_of(path)})
    n_bytes = sum(entry["bytes"] for entry in listed)
    manifest = {
        "schema": 1,
        "made_by": f"constabulary {__version__}",
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "has_registers": has_registers,
        "files": listed,
    }
    with whole(file) as waiting:
        _write(waiting, file.name, json.dumps(manifest, indent=1).encode(), sources, n_bytes, progress)
        for name, path in sources.items():
            with _unchanged(name):
                if _state(path) != states[name]:
                    raise _ChangedMeanwhileError(name)
        progress(n_bytes, n_bytes, "Verifying")
        with _entries(waiting, file.name) as entries:
            for _ in _verified(entries, file):
                pass
    return Backup(file, len(listed), n_bytes, has_registers)


@contextmanager
def _unchanged(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        # Without a number it is the archive's word for a file that has become shorter.
        if error.errno in {None, errno.ENOENT}:
            raise _ChangedMeanwhileError(name) from None
        raise


def _state(path: Path) -> tuple[int, int, int]:
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns, stat.st_ino


def _sources(folder: Path) -> dict[str, Path]:
    """Return the files of a workspace by their names in the archive, those that links lead to as files of their own."""
    found: dict[str, Path] = {}
    problems: list[Problem] = []
    real: dict[Path, Path] = {}
    for place, folders, names in os.walk(folder, onerror=_refuse_unread, followlinks=True):
        here = Path(place)
        top = here.relative_to(folder).parts[:1]
        real[here] = here.resolve()
        goes_round = any(real.get(above) == real[here] for above in here.parents)
        if goes_round or (top and top[0] in LEFT_OUT):
            folders.clear()
            continue
        folders.sort()
        for name in sorted(names):
            path = here / name
            is_of_the_moment = not top and (name in LEFT_OUT or name.endswith(".lock"))
            # What is called so in the force folder is a person's.
            is_begun = top != ("force",) and name.endswith(PARTIAL)
            if is_of_the_moment or is_begun:
                continue
            if path.is_symlink() and not path.exists():
                problems.append(
                    Problem(
                        "link_to_nothing",
                        "the link leads to nothing that could be backed up",
                        file=str(path),
                        remedy="Bring back what it led to, or remove it.",
                    )
                )
            elif path.is_file():
                found[path.relative_to(folder).as_posix()] = path
    problems += [
        Problem(
            "unfit_file_name",
            "the file has a name that not every system can hold",
            file=ascii(name),
            expected="a name in UTF-8 without : and \\",
            remedy="Rename it.",
        )
        for name in found
        if not _is_safe(name)
    ]
    if problems:
        raise BadInput(problems)
    return found


def _refuse_unread(error: OSError) -> None:
    # Without this, what is in a folder that must not be read would be left out in silence.
    if error.errno != errno.ENOENT:
        raise error


def _sha256_of(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _write(
    to: Path, name: str, manifest: bytes, sources: dict[str, Path], n_bytes: int, progress: Progress
) -> None:
    done = 0
    if name.endswith(".zip"):
        with zipfile.ZipFile(
            to, "w", zipfile.ZIP_DEFLATED, compresslevel=1, strict_timestamps=False
        ) as archive:
            archive.writestr(MANIFEST, manifest)
            for entry, path in sources.items():
                progress(done, n_bytes, f"Writing {entry}")
                with _unchanged(entry):
                    archive.write(path, entry)
                    done += path.stat().st_size
        return
    with tarfile.open(to, "w:gz", compresslevel=1, format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(manifest)
        archive.addfile(info, io.BytesIO(manifest))
        for entry, path in sources.items():
            progress(done, n_bytes, f"Writing {entry}")
            with _unchanged(entry):
                info = tarfile.TarInfo(entry)
                info.size = path.stat().st_size
                with path.open("rb") as opened:
                    archive.addfile(info, opened)
                done += info.size


Entry = tuple[str, bool, IO[bytes] | None]
"""Name, whether it is a plain file, and its content."""


@contextmanager
def _entries(path: Path, name: str) -> Iterator[Iterator[Entry]]:
    try:
        if name.endswith(".zip"):
            with zipfile.ZipFile(path) as archive:
                yield _of_zip(archive)
        else:
            with tarfile.open(path, "r|gz") as archive:
                yield _of_tar(archive)
    except FileNotFoundError:
        raise BadInput(Problem("no_such_file", "there is no such file", file=str(path))) from None
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, OSError, RuntimeError) as error:
        # A full disc is no damage to the archive.
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise _damaged(path, "cannot be read to its end") from error


def _of_zip(archive: zipfile.ZipFile) -> Iterator[Entry]:
    for info in archive.infolist():
        is_link = (info.external_attr >> 16) & 0o170000 == 0o120000
        with archive.open(info) as content:
            yield info.filename, not info.is_dir() and not is_link, content


def _of_tar(archive: tarfile.TarFile) -> Iterator[Entry]:
    for info in archive:
        yield info.name, info.isreg(), archive.extractfile(info) if info.isreg() else None


def _verified(entries: Iterator[Entry], file: Path) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield every file but the manifest; raise unless each is in the manifest, once, and has its length and hash."""
    first = next(entries, None)
    if first is None or first[0] != MANIFEST or first[2] is None:
        raise _damaged(file, "is no backup of ours")
    try:
        manifest: dict[str, Any] = json.loads(first[2].read(_MOST_MANIFEST_BYTES))
        expected = {entry["path"]: (int(entry["bytes"]), str(entry["sha256"])) for entry in manifest["files"]}
    except (ValueError, KeyError, TypeError):
        raise _damaged(file, "has a list of files that cannot be read") from None
    for name, is_plain, content in entries:
        if name not in expected or not is_plain or content is None or not _is_safe(name):
            raise _damaged(file, f'holds "{name}", which is not in its list of files')
        chunks = _checked(content, *expected.pop(name), file, name)
        yield name, chunks
        for _ in chunks:
            pass
    if expected:
        raise _damaged(file, f"lacks {len(expected):,} files, such as {min(expected)}")


def _checked(
    content: IO[bytes] | BinaryIO, n_bytes: int, sha256: str, file: Path, name: str
) -> Iterator[bytes]:
    digest, left = hashlib.sha256(), n_bytes
    while chunk := content.read(_CHUNK_BYTES):
        left -= len(chunk)
        if left < 0:
            break
        digest.update(chunk)
        yield chunk
    if left or digest.hexdigest() != sha256:
        raise _damaged(file, f"holds {name} otherwise than it was backed up")


def _is_safe(name: str) -> bool:
    path = PurePosixPath(name)
    is_within = not path.is_absolute() and ".." not in path.parts and path.as_posix() == name
    is_text = not any("\ud800" <= letter <= "\udfff" for letter in name)
    return (
        is_within
        and is_text
        and not set(name) & set("\\:\0")
        and path.parts[0] not in {"workers", "secret_key"}
    )


def _damaged(file: Path, how: str) -> BadInput:
    return BadInput(
        Problem(
            "damaged_backup",
            f"the archive {how}",
            file=str(file),
            expected="a file made by constabulary backup",
            remedy="Nothing was restored. Use another copy of the backup.",
        )
    )
