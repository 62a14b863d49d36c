"""tracemalloc for some minutes: which lines of the host hold memory; the host's own goes first."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.debugcog.host_files import HostFiles
from services.debugcog.inspection import forked
from services.debugcog.inspection.allocations import Allocations
from tests.clock import Clock

HERE = Path(__file__)
pytestmark = pytest.mark.skipif(not forked.is_available(), reason="this system has no safe fork")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def allocations(clock: Clock) -> Iterator[Allocations]:
    found = Allocations(HostFiles(HERE.parent), clock)
    yield found
    found.stop()
    tracemalloc.stop()


def load(count: int) -> list[object]:
    return [json.loads('{"a": [1.5, 2.5]}') for _ in range(count)]  # a library allocates


def test_what_a_library_holds_is_told_by_the_line_that_called_it(
    allocations: Allocations, clock: Clock
) -> None:
    assert allocations.start(600.0)
    kept = load(2_000)
    clock.turn(60.0)
    held = allocations.look()
    first = held.lines[0]
    line = next(
        number
        for number, text in enumerate(HERE.read_text().splitlines(), 1)
        if "a library allocates" in text
    )
    assert (first.file, first.line, first.own) == (str(HERE), line, True)
    assert first.count >= 2 * len(kept)
    assert first.size > 100 * len(kept)
    assert held.seconds == 60.0
    assert allocations.running
    assert allocations.left == 540.0


def test_a_host_that_traces_itself_goes_on_doing_so(allocations: Allocations) -> None:
    tracemalloc.start(1)
    assert not allocations.start(600.0)
    assert allocations.is_hosts
    allocations.stop()
    assert tracemalloc.is_tracing()
    assert tracemalloc.get_traceback_limit() == 1


def test_it_stops_and_a_stop_by_somebody_else_is_noticed(allocations: Allocations) -> None:
    allocations.start(600.0)
    allocations.stop()
    assert not tracemalloc.is_tracing()
    allocations.start(600.0)
    tracemalloc.stop()
    assert not allocations.running
