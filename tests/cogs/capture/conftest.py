"""A connected host whose errors are captured."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.failing_host import Host, Stage, staged


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(Host(), tmp_path / "state.sqlite3") as stage:
        yield stage
