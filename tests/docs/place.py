"""Where a code block runs: a sandbox, a folder, the settings of a host in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.conftest import Home


@dataclass(frozen=True, slots=True)
class Place:
    """What a check gets.

    Attributes:
        home: a server in a sandbox; the environment points a bot at it.
        folder: of the test, in which the process is.
        log: the records of this process.
    """

    home: Home
    folder: Path
    log: pytest.LogCaptureFixture
