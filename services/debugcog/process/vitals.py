"""Linux's files → Vitals: what tells the next start what this run may have died of."""

from __future__ import annotations

from pathlib import Path

from services.debugcog.frozen import frozen
from services.debugcog.process.container import oom_kills, usable_mb
from services.debugcog.process.procfs import ROOT


@frozen
class Vitals:
    """How the system stood at one moment; empty and None is what it does not tell.

    Attributes:
        boot: id of the machine's start.
        group: the process's control group, as ``container.Kills`` has it.
        group_kills: processes of it that were killed because its memory was used up.
        machine_kills: the same of the whole machine, which a container sees too.
        limit_mb: the most memory that the process can have.
        traced: whether Python writes a trace of a fatal error for us.
    """

    boot: str = ""
    group: str = ""
    group_kills: int | None = None
    machine_kills: int | None = None
    limit_mb: float | None = None
    traced: bool = False


def read_vitals(traced: bool, root: Path = ROOT) -> Vitals:
    """Read how the system stands: some files, 0.3 ms."""
    kills = oom_kills(root)
    return Vitals(
        boot=_text(root / "proc/sys/kernel/random/boot_id").strip(),
        group=kills.group if kills else "",
        group_kills=kills.count if kills else None,
        machine_kills=_machine_kills(_text(root / "proc/vmstat")),
        limit_mb=usable_mb(root),
        traced=traced,
    )


def _machine_kills(text: str) -> int | None:
    for line in text.splitlines():
        name, _, count = line.partition(" ")
        if name == "oom_kill" and count.isdecimal():
            return int(count)
    return None


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, ValueError):
        return ""
