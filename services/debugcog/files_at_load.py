"""Our files as they were at the load of the cog → what is read of them later."""

from __future__ import annotations

import contextlib
import os
import struct
import threading
from collections.abc import Callable
from importlib.util import MAGIC_NUMBER, cache_from_source

Prepare = Callable[[], None]
Stamp = tuple[int, int]
"""Size in bytes, time of change in ns."""
BLOCK = 1 << 16
"""Bytes that are read at once; most files have fewer."""


class FilesAtLoad:
    """Our files as they were at the load of the cog, and what has been read of them since.

    Args:
        prepare: called before a module runs, for what it imports.
        refuse: raises ImportError; a file has changed since the load, and nobody has read it.

    Attributes:
        awaited_by: threads that wait for a module which another one runs.
    """

    def __init__(self, prepare: Prepare, refuse: Prepare) -> None:
        self._prepare = prepare
        self._refuse = refuse
        self._held: dict[str, bytes] = {}
        self._cached: dict[str, list[str]] = {}
        self._of_thread = threading.local()
        self.awaited_by: set[int] = set()

    def prepare(self) -> bool:
        """Prepare a module's imports, unless that was done for the one that has it run.

        Returns:
            whether ``end`` has to be called after the module.
        """
        if getattr(self._of_thread, "is_prepared", False):
            return False
        self._prepare()
        self._of_thread.is_prepared = True
        return True

    def end(self) -> None:
        """Prepare again for the next module."""
        self._of_thread.is_prepared = False

    def hold(self, path: str, stamp: Stamp) -> None:
        """Read the code and keep it, for the file may have changed when the module runs."""
        bytecode = self.bytecode(path, stamp)
        if bytecode is not None:
            self._held[self._cache_of(path)] = bytecode
            return
        with contextlib.suppress(OSError, ImportError):
            self._held[path] = self.source(path, stamp)

    def forget(self, path: str) -> None:
        """Keep it no longer."""
        if self._held:
            self._held.pop(path, None)
            self._held.pop(self._cache_of(path), None)

    def source(self, path: str, stamp: Stamp) -> bytes:
        """Read a module's text.

        Raises:
            ImportError: the file has changed since the load.
            OSError: it cannot be read.
        """
        if path not in self._held and stamp_of(os.stat(path)) != stamp:  # noqa: PTH116 - fast
            self._refuse()
        return self.read(path)

    def read(self, path: str) -> bytes:
        """Return what is held of a file, or read it."""
        held = self._held.get(path)
        return _read(path) if held is None else held

    def bytecode(self, path: str, stamp: Stamp) -> bytes | None:
        """Read the bytecode that Python has made of the file; None where it is of another text."""
        cached = self._cache_of(path)
        try:
            data = self.read(cached)
        except OSError:
            return None
        seconds, size = stamp[1] // 10**9 & 0xFFFFFFFF, stamp[0] & 0xFFFFFFFF
        is_current = data.startswith(MAGIC_NUMBER + struct.pack("<III", 0, seconds, size))
        return data if is_current else None

    def _cache_of(self, path: str) -> str:
        """Name the file of the bytecode; Python takes its time for it, so once for a folder."""
        folder, _, file = path.rpartition(os.sep)
        parts = self._cached.get(folder)
        if parts is None:
            found = cache_from_source(f"{folder}{os.sep}__init__.py")
            parts = self._cached[folder] = found.rsplit("__init__", 1)
        return file[: -len(".py")].join(parts)


def stamp_of(status: os.stat_result) -> Stamp:
    """Return a file's size in bytes and its time of change in ns."""
    return status.st_size, status.st_mtime_ns


def _read(path: str) -> bytes:
    """Read a file with no more calls of the system than needed, for there are hundreds."""
    file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        data = block = os.read(file, BLOCK)
        while len(block) == BLOCK:
            block = os.read(file, BLOCK)
            data += block
        return data
    finally:
        os.close(file)
