"""Log files of which one can no longer be read once they are listed, whoever runs the test."""

from __future__ import annotations

from pathlib import Path

from services.debugcog.logfile.log_files import LogFile, LogFiles


class UnreadableFile(LogFiles):
    """Puts a folder, which even root cannot read as a file, in the place of one of the files.

    Args:
        path: of the log file.
        name: of the file that is lost.
    """

    def __init__(self, path: Path, name: str) -> None:
        super().__init__(path)
        self._lost = path.parent / name

    def all(self) -> tuple[LogFile, ...]:
        """List the files as they were before."""
        found = super().all()
        self._lost.unlink()
        self._lost.mkdir()
        return found
