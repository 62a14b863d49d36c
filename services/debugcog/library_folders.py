"""Folders of Python and its libraries; apart, for ``sysconfig`` is needed for nothing else."""

from __future__ import annotations

import site
import sysconfig


def library_folders() -> tuple[str, ...]:
    """List them, with ``/`` between their parts."""
    paths = {*sysconfig.get_paths().values(), site.getusersitepackages()}
    paths.discard(sysconfig.get_path("data"))  # the root of an installation may hold the bot
    paths.discard(sysconfig.get_path("scripts"))
    return tuple(sorted(path.replace("\\", "/") for path in paths))
