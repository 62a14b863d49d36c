"""Environment of the bot → environment of the chart process, without secrets."""

from __future__ import annotations

import contextlib
import os
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


def child_environment(environ: Mapping[str, str], in_memory: Path = IN_MEMORY) -> dict[str, str]:
    """Choose what Python and matplotlib need, and a place for matplotlib's font cache."""
    kept = {
        key: value
        for key, value in environ.items()
        if key.upper() in PASSED_ON or key.startswith("LC_")
    }
    return {**_cache_folder(kept, in_memory), **kept, **ONE_THREAD}


def cache_trouble(environ: Mapping[str, str], in_memory: Path = IN_MEMORY) -> str:
    """Say what a child's environment means for the font cache; nothing when it lasts."""
    folder = environ.get("MPLCONFIGDIR")
    fix = "neither home nor the folder for temporary files can be written; set MPLCONFIGDIR"
    if folder and Path(folder).is_relative_to(in_memory):
        return f"Font cache of charts is kept in memory only: {fix}"
    if not folder and hasattr(os, "getuid") and not _is_writable(environ.get("HOME")):
        return f"Font cache of charts has no place, so charts may fail: {fix}"
    return ""


def _cache_folder(environ: Mapping[str, str], in_memory: Path) -> dict[str, str]:
    """Find a folder that lasts where home is read-only: building the cache takes seconds.

    Without one, matplotlib would build it anew for every process.
    """
    if not hasattr(os, "getuid") or _is_writable(environ.get("HOME")):
        return {}
    for parent in (environ.get("TMPDIR") or _temporary(), in_memory):
        folder = Path(parent, f"debugcog-matplotlib-{os.getuid()}")
        with contextlib.suppress(OSError):
            folder.mkdir(mode=0o700, exist_ok=True)
            is_ours = folder.stat().st_uid == os.getuid()  # nobody else has laid it there for us
            if is_ours and os.access(folder, os.W_OK):
                return {"MPLCONFIGDIR": str(folder)}
    return {}


def _temporary() -> str:
    """Name the folder for temporary files, which need not be one that can be written."""
    try:
        return tempfile.gettempdir()
    except OSError:
        return "/tmp"  # noqa: S108 - it cannot be written


def _is_writable(home: str | None) -> bool:
    with contextlib.suppress(RuntimeError):  # nobody's home: the user is not known here
        folder = Path(home) if home else Path.home()
        return folder.is_dir() and os.access(folder, os.W_OK)
    return False
