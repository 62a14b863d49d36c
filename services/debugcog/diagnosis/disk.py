"""Check: free disk where the log and the state file are."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from services.debugcog.alerting.rules import Severity
from services.debugcog.diagnosis.findings import Finding
from services.debugcog.units import human

MB = 1024 * 1024
WARNING_MB, CRITICAL_MB = 500.0, 100.0
FIX = "Remove what is not needed; `LOG_MAX_BYTES` and `LOG_BACKUP_COUNT` bound the log."


def free_disk(paths: Mapping[str, Path]) -> Iterator[Finding]:
    """Look at the file systems; one that holds several is told once.

    Args:
        paths: from the root, by what they hold, ``log`` or ``state file``.
    """
    told: set[int] = set()
    for name, path in paths.items():
        folder = _existing(path)
        usage, device = shutil.disk_usage(folder), folder.stat().st_dev
        free = usage.free / MB
        if free >= WARNING_MB or device in told:
            continue
        told.add(device)
        severity = Severity.CRITICAL if free < CRITICAL_MB else Severity.WARNING
        left = f"{human(free, 'MB')} of {human(usage.total / MB, 'MB')} left at {folder} ({name})"
        yield Finding(severity, "The disk is nearly full", (left,), FIX)


def _existing(path: Path) -> Path:
    """Return the nearest folder that exists."""
    return next(one for one in (path, *path.parents) if one.is_dir())
