"""What all tests share: Hypothesis without haste, workers, the order of tests, one Chromium."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import AsyncIterator, Generator, Iterator

import pytest
from hypothesis import settings

from tests.chromium import Browser, connected, executable, launched

# With CI=true Hypothesis tries the same examples each time; elsewhere new ones, to find new faults.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

# Workers, and the processes that tests start, find compiled what another has compiled before; else
# each of them compiles the whole project again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Run four on two cores: most tests wait for sockets and clocks, not for the processor."""
    return (os.cpu_count() or 1) + 2


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect no garbage while tests are collected, which stay: later collections skip them."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests that may take longest, so that no worker ends with one alone.

    Those with a browser are many and short: they are spread, to have few browsers busy at a time.
    """
    items.sort(key=_longest, reverse=True)


def _longest(item: pytest.Item) -> float:
    mark = item.get_closest_marker("timeout")
    return float(mark.args[0]) if mark and not item.get_closest_marker("chromium") else 0.0


@pytest.fixture
def needs_chromium() -> None:
    """Skip a test on a machine without Chromium; in CI, fail it."""
    if executable() is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is not installed, and CI=true asks for these tests")
        pytest.skip("Chromium is not installed")


@pytest.fixture(scope="session")
def browser_address() -> Iterator[str]:
    """Start one Chromium for all of a worker's tests of pages; empty where there is none."""
    if executable() is None:
        yield ""
        return
    with launched() as address:
        yield address


@pytest.fixture
async def browser(needs_chromium: None, browser_address: str) -> AsyncIterator[Browser]:
    """Connect to the worker's one Chromium; each tab has a profile of its own."""
    async with connected(browser_address) as running_browser:
        yield running_browser
