"""Environment of the bot → environment of the chart process, without secrets."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

PASSED_ON = (
    *("PATH", "HOME", "USERPROFILE", "HOMEDRIVE", "HOMEPATH", "APPDATA", "LOCALAPPDATA"),
    *("SYSTEMROOT", "WINDIR", "TEMP", "TMP", "TMPDIR", "MPLCONFIGDIR", "LANG", "LANGUAGE"),
    *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "PYTHONUSERBASE"),
    *("PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV"),
)
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # numpy's threads cost memory


IN_MEMORY = Path("/dev/shm")  # noqa: S108 - the folder in it is our own, and checked to be
"""A folder that Linux keeps in memory, and that may be written where every disk is read-only."""


CACHE_SIZE = 256 * 1024
"""Bytes of the largest font caches."""


def child_environment(environ: Mapping[str, str], in_memory: Path = IN_MEMORY) -> dict[str, str]:
    """Choose what Python and matplotlib need, and a place for matplotlib's font cache."""
    kept = {
        key: value
        for key, value in environ.items()
        if key.upper() in PASSED_ON or key.startswith("LC_")
    }
    return {**kept, **_cache_folder(kept, in_memory), **ONE_THREAD}


def cache_trouble(environ: Mapping[str, str], in_memory: Path = IN_MEMORY) -> str:
    """Say what a child's environment means for the font cache; nothing when it lasts."""
    folder = environ.get("MPLCONFIGDIR")
    fix = "neither home nor the folder for temporary files can be written; set MPLCONFIGDIR"
    if folder and Path(folder).is_relative_to(in_memory):
        return f"Font cache of charts is kept in memory only: {fix}"
    if not _has_place(environ):
        return f"Font cache of charts has no place, so charts may fail: {fix}"
    return ""


def _cache_folder(environ: Mapping[str, str], in_memory: Path) -> dict[str, str]:
    """Find a folder that lasts where matplotlib's own cannot be used.

    Without one, matplotlib would build the cache anew for every process, which takes seconds.
    """
    if _has_place(environ):
        return {}
    for parent in (environ.get("TMPDIR") or _temporary(), in_memory):
        folder = Path(parent, f"debugcog-matplotlib-{os.getuid()}")
        with contextlib.suppress(OSError):
            folder.mkdir(mode=0o700, exist_ok=True)
            if _is_ours(folder) and _is_usable(folder):
                return {"MPLCONFIGDIR": str(folder)}
    return {}


def _has_place(environ: Mapping[str, str]) -> bool:
    """Tell whether matplotlib can use the folders that it would take; on Windows it can."""
    if not hasattr(os, "getuid"):
        return True
    folders = _folders(environ)
    return bool(folders) and all(map(_is_usable, folders))


def _folders(environ: Mapping[str, str]) -> list[Path]:
    """List where matplotlib keeps its settings and its cache: if one fails, it takes neither."""
    given, home = environ.get("MPLCONFIGDIR"), environ.get("HOME")
    if given:
        return [Path(given)]
    try:
        folder = Path(home) if home else Path.home()
    except RuntimeError:  # nobody's home: the user is not known here
        return []
    if not folder.is_dir():
        return []
    if sys.platform.startswith(("linux", "freebsd")):
        return [folder / ".config/matplotlib", folder / ".cache/matplotlib"]
    return [folder / ".matplotlib"]


def _is_usable(folder: Path) -> bool:
    """Try what matplotlib will do there: make the folder, write a file as large as the cache.

    Rights and parents do not tell: a disk may be full or read-only, a name taken by a file.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix="debugcog-") as file:
            file.write(bytes(CACHE_SIZE))
            file.flush()
    except OSError:
        return False
    return os.access(folder, os.W_OK)  # matplotlib asks for it besides


def _is_ours(folder: Path) -> bool:
    """Tell whether nobody else has laid a folder, or a link to another one, there for us."""
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()


def _temporary() -> str:
    """Name the folder for temporary files, which need not be one that can be written."""
    try:
        return tempfile.gettempdir()
    except OSError:
        return "/tmp"  # noqa: S108 - it cannot be written
