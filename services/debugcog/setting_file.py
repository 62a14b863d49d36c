"""File ``.env`` → the texts of its keys; apart, for a bot without one needs no dotenv."""

from __future__ import annotations

from pathlib import Path

import dotenv


def texts_of(env_file: Path) -> dict[str, str | None]:
    """Read a file.

    Raises:
        OSError: it cannot be read.
        UnicodeDecodeError: it is no text.
    """
    return dotenv.dotenv_values(env_file, interpolate=False)
