"""Path of the log → the files that there are of it."""

from __future__ import annotations

import os
from pathlib import Path

from services.debugcog.frozen import frozen


@frozen
class LogFile:
    """One file of the log.

    Attributes:
        name: without its folder.
        size: bytes.
        changed: unix seconds.
        number: of the file system, by which it is known after a rotation too.
    """

    name: str
    size: int
    changed: float
    number: int


class LogFiles:
    """The log file and its backups, and the file beside it that is used while a host writes it.

    Args:
        path: of the log file.
    """

    def __init__(self, path: Path) -> None:
        self._path = Path(os.path.realpath(path))  # backups stand beside what a link leads to

    @property
    def path(self) -> Path:
        """Return that of the log file, where a link leads to."""
        return self._path

    @property
    def folder(self) -> Path:
        """Return where they are."""
        return self._path.parent

    def all(self) -> tuple[LogFile, ...]:
        """List the files, the one that is written now first, then back in time.

        Raises:
            OSError: the folder cannot be read.
        """
        stems = (self._path.name, f"{self._path.stem}-debugcog{self._path.suffix}")
        found = [
            (index, number, file)
            for entry in os.scandir(self.folder)
            for index, stem in enumerate(stems)
            if (number := _backup(entry.name, stem)) is not None and (file := _file(entry))
        ]
        return tuple(file for _, _, file in sorted(found, key=lambda one: one[:2]))

    def path_of(self, name: str) -> Path | None:
        """Return the path of one of the files by its name; None for any other name."""
        known = any(file.name == name for file in self.all())
        return self.folder / name if known else None


def _backup(name: str, stem: str) -> int | None:
    """Return the number of a backup, 0 for the file itself; None where it is neither."""
    if name == stem:
        return 0
    number = name.removeprefix(f"{stem}.")
    return int(number) if number != name and number.isascii() and number.isdecimal() else None


def _file(entry: os.DirEntry[str]) -> LogFile | None:
    try:
        if not entry.is_file():
            return None
        status = entry.stat()
    except OSError:
        return None
    return LogFile(entry.name, status.st_size, status.st_mtime, status.st_ino)
