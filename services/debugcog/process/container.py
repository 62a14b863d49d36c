"""Linux's control groups → the memory limit of this process's container, and kills for it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath

from services.debugcog.frozen import frozen
from services.debugcog.process.procfs import ROOT

MB = 1024 * 1024
UNLIMITED = 1 << 60
"""Bytes from which on a number stands for no limit: what version 1 gives depends on the pages."""


@frozen
class Files:
    """Names of a version's files in the folder of a group, and of the figures in them."""

    mounts: tuple[str, ...]
    limit: str
    usage: str
    cached: str
    inherited: str
    events: str


V2 = Files(
    mounts=("sys/fs/cgroup", "sys/fs/cgroup/unified"),
    limit="memory.max",
    usage="memory.current",
    cached="inactive_file",
    inherited="",  # only the folders above tell
    events="memory.events",
)
V1 = Files(
    mounts=("sys/fs/cgroup/memory",),
    limit="memory.limit_in_bytes",
    usage="memory.usage_in_bytes",
    cached="total_inactive_file",
    inherited="hierarchical_memory_limit",
    events="memory.oom_control",
)


@frozen
class Limit:
    """A limit of a group, in bytes; ``room`` is what is left of it, None where it is not told."""

    total: int
    room: int | None


def memory_limit(machine: float | None, root: Path) -> Limit | None:
    """Return the tightest limit, with the least room of any; None outside of a container.

    Groups are nested, and each one's limit counts. Of a container, a process may see only the
    groups below a point: what it does not see is left out.

    Args:
        machine: bytes of the machine; a limit above it is none. None where it is not told.
        root: of the file system.
    """
    most = UNLIMITED if machine is None else machine
    limits = [limit for limit in _limits(root) if 0 < limit.total < most]
    if not limits:
        return None
    rooms = [limit.room for limit in limits if limit.room is not None]
    return Limit(min(limit.total for limit in limits), min(rooms, default=None))


def usable_mb(root: Path = ROOT, machine: Callable[[], int | None] | None = None) -> float | None:
    """Return the MB that this process can have at most: its container's limit, or the machine's.

    Args:
        root: of the file system.
        machine: returns the bytes of the machine; None where the system does not tell.
    """
    total = (machine or _machine)()
    limit = memory_limit(total, root)
    most = limit.total if limit else total
    return None if most is None else most / MB


@frozen
class Kills:
    """How many processes of a group the kernel has killed because its memory was used up.

    Attributes:
        group: its folder and the number of it: one that was made anew counts from 0 again.
        count: since the group was made.
    """

    group: str
    count: int


def oom_kills(root: Path = ROOT) -> Kills | None:
    """Return the count of the innermost group that has one; None where the system has none.

    ``oom_kill`` in https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files and,
    of version 1, in ``memory.oom_control``. It counts each process of a group that is killed as a
    whole, too, so ``oom_group_kill`` tells nothing more.
    """
    for files, group in _groups(_text(root / "proc/self/cgroup")):
        for mount in files.mounts:
            for folder in _folders(root / mount, group):
                count = _figures(_text(folder / files.events)).get("oom_kill")
                if count is not None:
                    return Kills(f"{folder}#{_inode(folder)}", count)
    return None


def _inode(folder: Path) -> int:
    try:
        return folder.stat().st_ino
    except OSError:
        return 0


def _machine() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # Windows, and where the name is not known
        return None


def _limits(root: Path) -> Iterator[Limit]:
    for files, group in _groups(_text(root / "proc/self/cgroup")):
        for mount in files.mounts:
            for folder in _folders(root / mount, group):
                yield from _limit(folder, files)


def _groups(text: str) -> Iterator[tuple[Files, str]]:
    """Read the lines ``0::/group`` of version 2 and ``4:memory:/group`` of version 1."""
    for line in text.splitlines():
        number, _, rest = line.partition(":")
        controllers, _, group = rest.partition(":")
        if number == "0" and not controllers:
            yield V2, group
        elif "memory" in controllers.split(","):
            yield V1, group


def _folders(mount: Path, group: str) -> Iterable[Path]:
    """List the folders of a group and of those around it, as far up as the mount.

    A container may see its own group as the mount, while ``/proc`` names it from the machine's.
    """
    parts = [part for part in PurePosixPath(group).parts if part != "/"]
    if ".." in parts:  # outside of what this process sees
        parts = []
    return [mount.joinpath(*parts[:depth]) for depth in range(len(parts), -1, -1)]


def _limit(folder: Path, files: Files) -> Iterator[Limit]:
    figures = _figures(_text(folder / "memory.stat"))
    own, inherited = _number(_text(folder / files.limit)), figures.get(files.inherited)
    known = [limit for limit in (own, inherited) if limit is not None]
    if known:
        usage, total = _number(_text(folder / files.usage)), min(known)
        yield Limit(total, None if usage is None else _room(total, usage, figures, files))


def _room(total: int, usage: int, figures: dict[str, int], files: Files) -> int:
    """Return what is left; the kernel takes files back that it only caches."""
    return max(0, min(total, total - usage + figures.get(files.cached, 0)))


def _figures(text: str) -> dict[str, int]:
    pairs = (line.partition(" ") for line in text.splitlines())
    return {name: number for name, _, rest in pairs if (number := _number(rest)) is not None}


def _number(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:  # ``max``, or nothing
        return None


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, ValueError):
        return ""
