"""Everything between an exception and its group, with a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clock import Clock
from tests.error_rig import Rig, rig


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def reports(tmp_path: Path, clock: Clock) -> Iterator[Rig]:
    with rig(tmp_path / "state.sqlite3", clock) as parts:
        yield parts
