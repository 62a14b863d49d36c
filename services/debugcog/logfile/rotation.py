"""Log file → its numbered backups, all of them moved or none."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator, Sequence
from pathlib import Path


def rotate(path: Path, backups: int) -> None:
    """Make a file its own first backup, and each backup the next one, up to a number that is free.

    The oldest is deleted when all others have found their place, and not before: another program
    may have one of them open, and Windows renames no such file.

    Args:
        path: the file; of a link, what it leads to. Where somebody has just moved it, all is done.
        backups: how many are kept.

    Raises:
        OSError: a file cannot be renamed; all have their names as before.
    """
    if backups == 0:
        path.unlink(missing_ok=True)
        return
    surplus = path.with_name(f"{path.name}.removed")
    names = [path, *(path.with_name(f"{path.name}.{number + 1}") for number in range(backups))]
    taken = list(_until_free(names))
    if not taken:
        return
    _move(taken, [*names[1 : len(taken)], names[len(taken)] if len(taken) <= backups else surplus])
    with contextlib.suppress(OSError):  # the next rotation replaces it
        surplus.unlink(missing_ok=True)


def _until_free(names: Sequence[Path]) -> Iterator[Path]:
    for name in names:
        if name.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(name))
        if not os.path.lexists(name):
            return
        yield name


def _move(sources: Sequence[Path], targets: Sequence[Path]) -> None:
    """Rename from the last to the first, and back where one cannot be."""
    done: list[tuple[Path, Path]] = []
    try:
        for source, target in reversed(list(zip(sources, targets, strict=True))):
            source.replace(target)
            done.append((source, target))
    except OSError:
        for source, target in reversed(done):
            with contextlib.suppress(OSError):  # it has been renamed a moment ago
                target.replace(source)
        raise
