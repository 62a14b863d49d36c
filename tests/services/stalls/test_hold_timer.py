from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

from services.debugcog.stalls.hold_timer import HoldTimer
from tests.services.stalls import stalled_host

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="such timers are Linux's")
PROGRAM = (sys.executable, "-m", stalled_host.__name__)


@pytest.fixture
def seen() -> list[str]:
    return []


@pytest.fixture
def timer(seen: list[str]) -> Iterator[HoldTimer]:
    def note(frame: FrameType | None) -> None:
        assert frame is not None
        seen.append(frame.f_code.co_name)

    timer = HoldTimer(note)
    yield timer
    timer.close()


def caught() -> str:
    """Read which signals somebody in this process catches or ignores."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return "".join(line for line in lines if line.startswith(("SigCgt", "SigIgn")))


def is_ours(timer: HoldTimer, number: int) -> bool:
    return getattr(signal.getsignal(number), "__self__", None) is timer


def wait_for(seen: list[str], count: int) -> None:
    end = time.monotonic() + 20
    while len(seen) < count and time.monotonic() < end:
        pass


def test_the_main_threads_frame_is_given_until_the_timer_is_armed_anew(
    timer: HoldTimer, seen: list[str]
) -> None:
    assert timer.open()
    timer.arm(0.01)
    wait_for(seen, 2)
    assert set(seen) == {"wait_for"}
    timer.arm(3_600)
    count = len(seen)
    time.sleep(0.3)
    assert len(seen) == count


def test_closing_gives_the_signal_back_and_deletes_the_timer(seen: list[str]) -> None:
    before = caught()
    timer = HoldTimer(lambda frame: seen.append(""))
    assert timer.open()
    assert caught() != before
    timer.arm(0.01)
    timer.close()
    timer.close()
    timer.arm(0.01)
    time.sleep(0.05)
    assert (caught(), seen) == (before, [])


def test_a_signal_that_the_host_uses_stays_the_hosts(timer: HoldTimer) -> None:
    number = signal.SIGRTMAX - 4
    hosts = lambda number, frame: None  # noqa: E731 - compared below
    signal.signal(number, hosts)
    try:
        assert timer.open()
        assert signal.getsignal(number) is hosts
        timer.close()
        assert signal.getsignal(number) is hosts
    finally:
        signal.signal(number, signal.SIG_DFL)


@pytest.mark.parametrize("theirs", [signal.SIG_DFL, signal.SIG_IGN])
def test_a_signal_that_the_host_takes_later_is_not_sent_any_more(
    timer: HoldTimer, seen: list[str], theirs: signal.Handlers
) -> None:
    before = caught()
    assert timer.open()
    number = next(n for n in range(signal.SIGRTMIN, signal.SIGRTMAX) if is_ours(timer, n))
    signal.signal(number, theirs)
    timer.arm(0.01)
    time.sleep(0.05)
    timer.close()
    assert (seen, signal.getsignal(number)) == ([], theirs)
    signal.signal(number, signal.SIG_DFL)
    assert caught() == before


def test_a_fault_of_ours_does_not_reach_the_hosts_code() -> None:
    called = []

    def fail(frame: FrameType | None) -> None:
        called.append("")
        raise RecursionError

    timer = HoldTimer(fail)
    try:
        assert timer.open()
        timer.arm(0.01)
        wait_for(called, 1)
    finally:
        timer.close()
    assert called


def test_two_watches_in_one_process_have_a_timer_each(seen: list[str]) -> None:
    found: list[str] = []
    one, other = HoldTimer(lambda _: seen.append("")), HoldTimer(lambda _: found.append(""))
    try:
        assert one.open()
        assert other.open()
        one.arm(0.01)
        wait_for(seen, 1)
        assert (bool(seen), found) == (True, [])
    finally:
        other.close()
        one.close()


async def test_another_thread_than_the_main_one_gets_none(timer: HoldTimer) -> None:
    assert not await asyncio.to_thread(timer.open)


@pytest.mark.parametrize(("end", "printed"), [("exec", "later\n"), ("exit", "ended\n")])
def test_a_bot_that_does_not_unload_ends_and_restarts_unharmed(end: str, printed: str) -> None:
    done = subprocess.run((*PROGRAM, end), capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, printed, "")
