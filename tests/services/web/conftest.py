"""A dashboard that listens, with nothing special about it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.services.web.served import Served, served


@pytest.fixture
async def site() -> AsyncIterator[Served]:
    async with served() as it:
        yield it
