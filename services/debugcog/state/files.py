"""State file on the disk: found free, renamed, read in its old place, removed once taken in."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

from services.debugcog.guard import own_logger
from services.debugcog.state import salvage
from services.debugcog.state.connection import StateConnection, connect, connect_to_read
from services.debugcog.state.disk_locks import is_busy, locks_checked
from services.debugcog.state.identity import belongs, identity, names_for

log = own_logger("debugcog.store")

PATIENCE = 5.0
"""Seconds that the process before this one gets to end, at a restart."""
ENDS = ("", "-wal", "-shm")
"""What SQLite adds to the name of a file for those beside it."""
FilePlace: TypeAlias = tuple[int, int]
"""Device and number of a file."""
NOWHERE: tuple[FilePlace | None, FilePlace | None] = (None, None)
IN_USE = (
    "State file in use by another bot: %s; this one tries %s. "
    "Give each process a STATE_PATH of its own"
)
FOREIGN = (
    "STATE_PATH names the file of another program: %s; it is left as it is, and %s is tried. "
    "Let STATE_PATH name a file of the bot's own"
)


def is_gone(path: Path) -> bool:
    """Tell whether a file was deleted, as far as can be seen."""
    try:
        path.stat()
    except FileNotFoundError:
        return True
    except OSError:  # it cannot be looked at, and may be there
        return False
    return False


def place(path: Path) -> FilePlace | None:
    """Return the device and number of a file, which another one in its place has not."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def places(path: Path) -> tuple[FilePlace | None, FilePlace | None]:
    """Return the places of a file and of the log beside it."""
    return place(path), place(Path(f"{path}-wal"))


def remove_log(path: Path, known: FilePlace | None) -> None:
    """Delete the log of a file that is gone, which SQLite would read into what is there now."""
    log_file = Path(f"{path}-wal")
    if known is not None and place(log_file) == known:
        with contextlib.suppress(OSError):
            log_file.unlink()


def is_in_place(path: Path, known: FilePlace | None) -> bool:
    """Tell whether a file that was open at a place is there still, as far as can be seen."""
    found = place(path)
    return known in (None, found) if found is not None else not is_gone(path)


def keep_replacement(path: Path, now: float, is_foreign: Callable[[Path], bool]) -> str:
    """Put aside what is in the place of a file that was open; return what became of that."""
    if is_gone(path):
        return "it was deleted"
    if is_foreign(path):
        return "the file of another program is in its place, let STATE_PATH name another"
    try:
        aside = rename_aside(path, "replaced", now)
    except OSError as error:
        return f"another file is in its place: {error}"
    return f"another file was in its place, which is kept as {aside.name}"


def free_file(
    home: Path, owner: str, is_foreign: Callable[[Path], bool]
) -> tuple[Path, StateConnection]:
    """Open the file that is asked for, or the first that may stand in for it, and lock it.

    Args:
        home: the file that is asked for.
        owner: the bot.
        is_foreign: tells a file of another program, which is not even locked.

    Returns:
        Its path, and a connection to it as it is: of any version.
    """
    patience, taken, why = PATIENCE, home, IN_USE
    for path in names_for(home):
        if path != home:
            log.log(logging.ERROR if why is FOREIGN else logging.WARNING, why, taken, path)
        if is_foreign(path):
            taken, why = path, FOREIGN
            continue
        found = _if_free(path, patience)
        if found is not None:
            said = identity(found)
            if path == home or said is None or belongs(said, path, home, owner):
                return path, found
            found.close()
        taken, patience, why = path, 0.0, IN_USE
    raise OSError(errno.EUSERS, "so many processes use it")


def _if_free(path: Path, patience: float) -> StateConnection | None:
    """Open a file and lock it; None where another process has it."""
    while True:
        before = place(path)
        try:
            found = _locked(path, patience)
        except sqlite3.OperationalError as error:
            if not is_busy(error):
                raise
            return None
        if not is_gone(path) and before in (None, place(path)):
            return found
        found.close()  # it was taken in and removed while we waited for it


def _locked(path: Path, patience: float) -> StateConnection:
    """Open a file and lock it; no other process is waited for where the disk has no locks."""
    if patience:
        with contextlib.suppress(sqlite3.OperationalError), locks_checked(path):
            return connect(str(path), 0.0)
    return connect(str(path), patience)


def left_behind(
    home: Path, own: Path, owner: str, others: set[Path], is_foreign: Callable[[Path], bool]
) -> tuple[Path, StateConnection] | None:
    """Find a file of this bot that another process has left, and lock it.

    Args:
        home: the file that is asked for.
        own: the one in use.
        owner: the bot.
        others: those that are not ours, which are not opened again; it grows.
        is_foreign: tells a file of another program.
    """
    for path in _present(home):
        if path in (own, *others):
            continue
        if is_foreign(path):
            others.add(path)
            continue
        try:
            found = _if_free(path, 0.0)
        except (sqlite3.Error, UnicodeDecodeError, OSError) as error:
            others.add(path)
            log.warning("State file left alone, it cannot be opened: %s (%s)", path, error)
            continue
        if found is not None:
            said = identity(found)
            if belongs(said, path, home, owner):
                return path, found
            others.add(path)
            found.close()
            if said is None:
                log.warning("State file left alone, it does not say whose it is: %s", path)
    return None


def _present(home: Path) -> list[Path]:
    """List the files that are there of those that a process may use; it is asked for often."""
    try:
        listed = os.listdir(home.parent)  # noqa: PTH208 - without a Path of each
    except OSError:
        return []
    names = {one for one in listed if one.startswith(home.stem) and one.endswith(home.suffix)}
    return [path for path in names_for(home) if path.name in names] if len(names) > 1 else []


def remove(path: Path, connection: StateConnection, others: set[Path]) -> None:
    """Delete a file whose rows are committed elsewhere, before another process can open it."""
    with contextlib.suppress(sqlite3.Error):
        connection.execute("PRAGMA journal_mode=DELETE")  # so that no log is beside it any more
    try:
        path.unlink()  # while it is locked, where the system allows it
        connection.close()
    except OSError:
        connection.close()
        _unlink(path, others)


def _unlink(path: Path, others: set[Path]) -> None:
    try:
        path.unlink()
    except OSError:
        others.add(path)


def in_memory(fitted: Callable[[StateConnection], StateConnection]) -> StateConnection:
    """Make what stands in for a file, with the tables that ``fitted`` adds."""
    return fitted(connect(":memory:"))


def rename_aside(path: Path, label: str, now: float) -> Path:
    """Give a file, and what SQLite has beside it, a name that says why; return that name."""
    name, number = f"{path.name}.{label}-{int(now)}", 1
    aside = path.with_name(name)
    while aside.exists():
        number += 1
        aside = path.with_name(f"{name}-{number}")
    for end in ENDS:
        with contextlib.suppress(FileNotFoundError):
            Path(f"{path}{end}").rename(f"{aside}{end}")
    return aside


def save_readable(path: Path, target: sqlite3.Connection) -> bool:
    """Take over what a file has and can be read; False if nothing can."""
    try:
        with contextlib.closing(connect_to_read(path)) as source:
            if source.execute(salvage.TABLES).fetchall():  # an empty file has lost nothing
                save(source, target)
    except (sqlite3.Error, UnicodeDecodeError):
        return False
    return True


def save(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Take over what can be read of an open file, and log what cannot."""
    for line in salvage.save_rows(source, target):
        log.error("State partly lost: %s", line)


@contextlib.contextmanager
def logged(path: Path) -> Iterator[None]:
    """Log whatever keeps a file from being taken in: it stays where it is."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - whatever is in it must not stop a start
        log.error("State of %s not taken in: %s", path, error)
