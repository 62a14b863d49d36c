"""Reload guard: imports each module only once, and refuses code changed on disk since.

Two things would otherwise let two generations of the same classes meet. A reload imports some
modules anew and keeps others, so after an upgrade on disk it would mix two versions. And discord.py
deletes modules from ``sys.modules``: all below an extension that is unloaded, and each one that
turns out to be no extension when a host's loader tries every file of its ``cogs`` folder.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import logging
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType

from services.debugcog.version import __version__

log = logging.getLogger("debugcog.code")

FOLDERS = ("debugcog", "cogs/debug", "services/debugcog")
DELETED = "cogs.debug."
"""What the names of the modules begin with that discord.py deletes."""
Stamps = Mapping[str, tuple[int, int]]
VERSION = re.compile(r'^__version__ = "([^"]+)"$', re.MULTILINE)


@functools.cache
def loaded_code() -> LoadedCode:
    """Return this process's code; the first call has to come before the rest is imported.

    The front doors of later versions call this too, in a process that runs this one: its name and
    that of ``imported_once`` have to stay.
    """
    return LoadedCode(Path(__file__).parents[2])


class LoadedCode:
    """What was on the disk when the code was loaded, and the modules that were made of it.

    Args:
        root: the folder that has ``FOLDERS``.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._stamps = _stamps(root)
        self._digest = _digest(root, self._stamps)
        self._modules: dict[str, ModuleType] = {}

    @contextlib.contextmanager
    def imported_once(self) -> Iterator[None]:
        """Let imports in the block find the modules of the first time, whatever was deleted since.

        Raises:
            ImportError: the files have changed since; it names both versions.
        """
        self._check()
        sys.modules.update(self._modules)
        yield
        folder = os.path.realpath(self._root / "cogs" / "debug") + os.sep
        for name, module in tuple(sys.modules.items()):
            file = getattr(module, "__file__", None) if name.startswith(DELETED) else None
            if file is not None and os.path.realpath(file).startswith(folder):  # not the host's own
                self._modules.setdefault(name, module)

    def _check(self) -> None:
        on_disk = _version(self._root)
        if on_disk in ("", __version__) and self._same():
            return
        text = (
            f"DebugCog {__version__} is what this process has loaded, and its files have changed "
            f"since{f' (they are {on_disk})' if on_disk not in ('', __version__) else ''}: "
            "restart the bot to use them"
        )
        log.error("Not loaded: %s", text)
        raise ImportError(text)

    def _same(self) -> bool:
        """Tell whether the files have not been written since, or the same has been written."""
        stamps = _stamps(self._root)
        return stamps == self._stamps or _digest(self._root, stamps) == self._digest


def _stamps(root: Path) -> Stamps:
    """List the size in bytes and the time of change of all modules; a zip file tells none."""
    found = {}
    folders = [os.path.join(root, *folder.split("/")) for folder in FOLDERS]  # noqa: PTH118 - fast
    while folders:
        with contextlib.suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    folders.append(entry.path)
                elif entry.name.endswith(".py"):
                    found[entry.path] = (entry.stat().st_size, entry.stat().st_mtime_ns)
    return found


def _digest(root: Path, paths: Iterable[str]) -> bytes:
    """Hash the names and contents of modules, some 5 ms."""
    digest = hashlib.blake2b()
    for path in sorted(paths):
        content = b""
        with contextlib.suppress(OSError):  # it is removed just now
            content = Path(path).read_bytes()
        digest.update(f"{os.path.relpath(path, root)} {len(content)} ".encode() + content)
    return digest.digest()


def _version(root: Path) -> str:
    """Read the version from the disk; empty where it is not found."""
    try:
        text = (root / "services" / "debugcog" / "version.py").read_text(encoding="utf-8")
    except OSError:
        return ""
    found = VERSION.search(text)
    return found[1] if found else ""
