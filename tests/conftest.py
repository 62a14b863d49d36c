"""Settings of all tests: hypothesis may be slow on a busy machine; and how many run at a time."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# With CI=true Hypothesis tries the same examples each time; elsewhere new ones, to find new faults.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Run three on two cores: most tests wait for sockets and clocks, not for the processor."""
    return max(os.cpu_count() or 1, 3)
