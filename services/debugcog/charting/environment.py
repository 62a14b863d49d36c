"""The bot's environment → what the chart process may know of it: no secrets."""

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


def child_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Choose what Python and matplotlib need, and a place for matplotlib's font cache."""
    kept = {
        key: value
        for key, value in environ.items()
        if key.upper() in PASSED_ON or key.startswith("LC_")
    }
    return {**_cache_folder(kept), **kept, **ONE_THREAD}


def _cache_folder(environ: Mapping[str, str]) -> dict[str, str]:
    """Find a folder that lasts where home is read-only: building the cache takes seconds.

    Without one, matplotlib would build it anew for every process.
    """
    if not hasattr(os, "getuid") or _is_writable(environ.get("HOME")):
        return {}
    parent = environ.get("TMPDIR") or tempfile.gettempdir()
    folder = Path(parent, f"debugcog-matplotlib-{os.getuid()}")
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.stat().st_uid == os.getuid():  # nobody else has laid it there for us
            return {"MPLCONFIGDIR": str(folder)}
    return {}


def _is_writable(home: str | None) -> bool:
    with contextlib.suppress(RuntimeError):  # nobody's home: the user is not known here
        folder = Path(home) if home else Path.home()
        return folder.is_dir() and os.access(folder, os.W_OK)
    return False
