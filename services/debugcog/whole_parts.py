"""Dotted name or path → whether it is one of some others or below one, by whole parts.

A host's ``asyncio_tools`` is no part of ``asyncio``, and ``/srv/bot2`` is not in ``/srv/bot``.
"""

from __future__ import annotations

import os.path
from collections.abc import Iterable


def is_below(name: str, roots: Iterable[str], separator: str = ".") -> bool:
    """Return whether a name is one of ``roots``, or has one in front of a separator."""
    return any(name == root or name.startswith(root + separator) for root in roots)


def is_inside(path: str, folders: Iterable[str]) -> bool:
    """Return whether a file is one of ``folders``, or inside of one."""
    return any(path_inside(path, folder) is not None for folder in folders)


def path_inside(path: str, folder: str) -> str | None:
    """Return where in a folder a file is, with ``/`` between the parts; None if it is elsewhere."""
    path, folder = with_slashes(path), with_slashes(folder).rstrip("/")
    if not is_below(os.path.normcase(path), (os.path.normcase(folder),), os.sep):
        return None
    return path[len(folder) :].lstrip("/")


def with_slashes(path: str) -> str:
    """Write a path with ``/`` between its parts, and without ``..``."""
    return os.path.normpath(path).replace("\\", "/") if path else ""
