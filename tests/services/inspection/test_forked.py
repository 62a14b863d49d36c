"""A forked child computes what would hold up the process, and never outlives its time."""

from __future__ import annotations

import os
import resource
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.debugcog.inspection import forked
from services.debugcog.inspection.forked import ChildError, in_child

pytestmark = pytest.mark.skipif(not forked.is_available(), reason="this system has no safe fork")


def children() -> list[str]:
    return Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text().split()


@pytest.fixture(autouse=True)
def _reaped() -> Iterator[None]:
    """See that a test leaves no child; Chromium of other tests may be one."""
    before = set(children())
    yield
    assert set(children()) <= before


def test_it_returns_what_the_child_has_computed_of_the_memory_of_that_moment() -> None:
    seen = ["before"]

    def work() -> bytes:
        seen.append("in the child")
        return f"{seen} {os.getpid() != parent}".encode()

    parent = os.getpid()
    returned = in_child(work)
    assert returned.data == b"['before', 'in the child'] True"
    assert 0 < returned.paused < 1
    assert seen == ["before"]


def test_more_than_a_pipe_holds_comes_whole() -> None:
    assert in_child(lambda: b"x" * 1_000_000).data == b"x" * 1_000_000


@pytest.mark.parametrize("end", ["raise", "kill", "exit"])
def test_a_child_that_fails_is_told_and_reaped(end: str) -> None:
    def work() -> bytes:
        if end == "raise":
            raise KeyboardInterrupt
        if end == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        os._exit(3)

    with pytest.raises(ChildError, match="ended before it was done"):
        in_child(work)


def test_a_child_that_hangs_is_killed_and_reaped() -> None:
    def work() -> bytes:
        time.sleep(60)
        return b"too late"

    start = time.monotonic()
    with pytest.raises(ChildError, match="took too long"):
        in_child(work, seconds=0.1)
    assert time.monotonic() - start < 30


def test_a_child_that_nobody_wants_any_more_is_killed_and_reaped() -> None:
    def work() -> bytes:
        time.sleep(60)
        return b"too late"

    unwanted = threading.Event()
    unwanted.set()
    with pytest.raises(ChildError, match="unloaded"):
        in_child(work, unwanted=unwanted)


def test_without_a_file_to_spare_it_is_said_that_no_child_can_be_made() -> None:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, limits[1]))
    try:
        with pytest.raises(ChildError, match="No child could be forked: Too many open files"):
            in_child(lambda: b"x")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def test_a_child_that_never_stops_writing_is_killed() -> None:
    with pytest.raises(ChildError, match="too much"):
        in_child(lambda: b"x" * (forked.BYTES_MAX + 100_000))


def test_threads_that_hold_locks_hold_up_no_child() -> None:
    lock, held, done = threading.Lock(), threading.Event(), threading.Event()

    def hold() -> None:
        with lock:
            held.set()
            done.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(30)
    try:
        assert in_child(lambda: b"done").data == b"done"
    finally:
        done.set()
        thread.join()


def test_a_child_keeps_no_file_of_its_parent_open() -> None:
    reading, writing = os.pipe()

    def work() -> bytes:
        try:
            os.fstat(reading)
        except OSError:
            return b"closed"
        return b"open"

    try:
        assert in_child(work).data == b"closed"
    finally:
        os.close(reading)
        os.close(writing)


def test_a_system_without_fork_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork")
    with pytest.raises(ChildError, match="Windows does not have"):
        in_child(lambda: b"")
