"""Folders of Python and its libraries; apart, for ``sysconfig`` is needed for nothing else."""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from services.debugcog.whole_parts import with_slashes

ENTRIES_MAX = 5_000
"""Names in a folder that are looked at."""


def library_folders() -> tuple[str, ...]:
    """List them, with ``/`` between their parts."""
    paths = {*sysconfig.get_paths().values(), site.getusersitepackages()}
    paths.discard(sysconfig.get_path("data"))  # the root of an installation may hold the bot
    paths.discard(sysconfig.get_path("scripts"))
    return tuple(sorted(path.replace("\\", "/") for path in paths))


def distribution_folders(kept: Iterable[str]) -> tuple[str, ...]:
    """List those of ``sys.path`` into which libraries were installed, whatever they are named.

    ``pip install --target=lib`` leaves a ``*.dist-info`` for each, and so does PDM.

    Args:
        kept: folders of the host, which may be one of them itself.
    """
    names = [each for each in sys.path if type(each) is str]
    folders = dict.fromkeys(with_slashes(str(Path(each).absolute())) for each in names)
    own = set(map(os.path.realpath, kept))
    return tuple(
        each for each in folders if os.path.realpath(each) not in own and _has_distribution(each)
    )


def _has_distribution(folder: str) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(each.name.endswith(".dist-info") for each in islice(entries, ENTRIES_MAX))
    except OSError:  # it is not there, or an archive
        return False
