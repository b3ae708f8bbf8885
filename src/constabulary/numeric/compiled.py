"""The one decorator that compiles our kernels, and the folder where the machine code is kept.

numba keeps a compiled function until the *file it stands in* changes; a function that was compiled with an
older version of another file inside it would be kept. So the folder is named by the hash of all kernel files
together: change one and all are compiled anew.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numba
from numba.core import config as numba_config
from numba.core.caching import FunctionCache
from numba.core.runtime.nrt import rtsys
from numba.misc.appdirs import AppDirs

config: Any = numba_config

PACKAGE = Path(__file__).resolve().parents[1]
KEPT_S = 30 * 86_400
"""How much older than a new edition's the machine code of another may be, as of a branch that is still worked on."""

# numba's own names for: no memory is asked for, so no references need counting, and nothing is raised; no door from
# Python into the function.
_NO_ARRAYS: dict[str, Any] = {"_nrt": False, "error_model": "numpy"}
_NO_DOOR: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def compiled(function: Callable[..., Any]) -> Any:
    """Compile a kernel on its first call, keep the machine code, and let other threads run beside it.

    Parameters
    ----------
    function
        A function of numbers and arrays, in a module named ``_kernel`` or a package of that name.

    Returns
    -------
    Any
        The compiled function; its ``py_func`` is the plain Python one. With ``NUMBA_DISABLE_JIT=1`` it is the
        plain function itself.
    """
    return _compiled(function)


def engine(function: Callable[..., Any]) -> Any:
    """Compile a large kernel that makes no arrays of its own and calls only its `part`s.

    As `compiled`, but for an engine that works on a tuple of many arrays: without counting references to each of
    them at each step, which takes longer than the steps.

    Parameters
    ----------
    function
        A function of numbers and arrays, in a module named ``_kernel`` or a package of that name.
    """
    return _compiled(function, **_NO_ARRAYS)


def part(function: Callable[..., Any]) -> Any:
    """Compile a part of an `engine`, written out wherever it is called: for what takes many arrays.

    Python cannot call it: compiling that door takes longer than the part.

    Parameters
    ----------
    function
        A function of numbers and arrays, in a module named ``_kernel`` or a package of that name; its ``py_func`` is
        the plain Python one. With ``NUMBA_DISABLE_JIT=1`` it is the plain function itself.
    """
    return numba.njit(function, nogil=True, forceinline=True, **_NO_DOOR, **_NO_ARRAYS)


def routine(function: Callable[..., Any]) -> Any:
    """Compile a part of an `engine` that stands once and is called: for what takes few arrays and is called from many.

    Parameters
    ----------
    function
        As for `part`.
    """
    return numba.njit(function, nogil=True, **_NO_DOOR, **_NO_ARRAYS)


class _KeptCode(FunctionCache):
    """numba's folder of machine code, read without loading first all that numba can compile.

    That would take longer than all else a later process does, and compiled code calls none of it but the runtime
    that counts references. What is not kept yet is compiled, and then numba loads it.
    """

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        rtsys.initialize(target_context)
        with self._guard_against_spurious_io_errors():
            return self._load_overload(sig, target_context)


def _compiled(function: Callable[..., Any], **options: Any) -> Any:
    dispatcher = numba.njit(function, nogil=True, **options)
    folder = cache_folder()
    if folder is None or dispatcher is function:
        return dispatcher
    before = config.CACHE_DIR
    config.CACHE_DIR = str(folder)
    try:
        dispatcher._cache = _KeptCode(function)
    finally:
        config.CACHE_DIR = before
    return dispatcher


@cache
def cache_folder() -> Path | None:
    """Return the folder of the machine code of this edition of the kernels, None if none can be written.

    It is ``NUMBA_CACHE_DIR`` where numba was given one, else beside Python's own byte code, else (an
    installation that the user may not write to) the user's cache folder.
    """
    name = f"constabulary-kernels-{kernel_hash()}"
    if config.BOUNDSCHECK:
        name += "-bounds-checked"
    given = [Path(config.CACHE_DIR)] if config.CACHE_DIR else []
    for root in (
        *given,
        PACKAGE / "__pycache__",
        Path(AppDirs("constabulary", appauthor=False).user_cache_dir),
    ):
        folder = root / name
        try:
            is_new = not folder.is_dir()
            folder.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=folder).close()
            if is_new:
                _drop_replaced(folder)
        except OSError:
            continue
        return folder
    return None


def _drop_replaced(folder: Path) -> None:
    """Remove editions made long before this one; whoever still runs one compiles it anew."""
    for other in folder.parent.glob("constabulary-kernels-*"):
        if folder.stat().st_mtime - other.stat().st_mtime > KEPT_S:
            shutil.rmtree(other, ignore_errors=True)


def kernel_hash(package: Path = PACKAGE) -> str:
    """Return a hash of the names and contents of all kernel files under a package, 16 hexadecimal digits."""
    kernels = []
    # Every start waits for this walk: made of plain names it takes a tenth of what paths do.
    for folder, _, names in os.walk(package):
        is_within = "_kernel" in Path(folder).relative_to(package).parts
        kernels += [
            Path(folder, name)
            for name in names
            if name.endswith(".py") and (is_within or name == "_kernel.py")
        ]
    digest = hashlib.sha256()
    for path in sorted(kernels):
        content = path.read_bytes()
        name = path.relative_to(package).with_suffix("").as_posix()
        digest.update(f"{name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()[:16]
