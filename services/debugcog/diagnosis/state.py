"""Check: the state file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from services.debugcog.diagnosis.findings import Finding, critical


def state_file(path: Path, trouble: str | None) -> Iterator[Finding]:
    """Look whether what is to be kept over a restart is kept.

    Args:
        path: of the file.
        trouble: what is lost and why; None when all is well.
    """
    if trouble:
        fix = "Let the bot write its folder, or set `STATE_PATH` to a file that it may write."
        yield critical("The state file is in trouble", trouble, str(path), fix=fix)
