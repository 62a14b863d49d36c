from __future__ import annotations

import pytest

from services.debugcog.stalls.stall import Stall, StallSummary
from services.debugcog.stalls.stall_log import KEPT, StallLog
from tests.clock import Clock

FETCH = Stall(1.0, 4.8, "fetch", "cogs/chat.py", 63, "regular expression; simplify it")
LINE = "Event loop blocked for 4.8 s by fetch (cogs/chat.py:63): regular expression; simplify it"


def test_a_stall_is_one_line_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    StallLog().add(FETCH)
    assert [(one.levelname, one.message) for one in caplog.records] == [("WARNING", LINE)]


def test_more_stalls_in_ten_seconds_are_counted_in_the_next_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = Clock()
    stalls = StallLog(clock)
    for _ in range(4):
        stalls.add(FETCH)
        clock.turn(1)
    clock.turn(10)
    stalls.add(FETCH)
    assert caplog.messages == [LINE, f"{LINE} (3 more since the last line)"]


def test_what_was_left_out_is_told_when_no_stall_follows(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    stalls = StallLog(clock)
    for seconds in (1.0, 2.0, 9.0, 3.0):
        stalls.add(Stall(1.0, seconds, "fetch", "chat.py", 6))
    stalls.settle()
    clock.turn(10)
    stalls.settle()
    stalls.settle()
    assert caplog.messages[1:] == [
        "Event loop blocked 3 times more, longest for 9 s by fetch (chat.py:6)"
    ]


def test_each_function_that_blocked_has_a_line_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    stalls = StallLog(clock)
    for _ in range(2):
        for name in ("fetch", "parse"):
            stalls.add(Stall(1.0, 2.0, name, "chat.py", 6))
            clock.turn(1)
    clock.turn(10)
    stalls.settle()
    assert caplog.messages == [
        "Event loop blocked for 2 s by fetch (chat.py:6)",
        "Event loop blocked for 2 s by parse (chat.py:6)",
        "Event loop blocked 1 time more, longest for 2 s by fetch (chat.py:6)",
        "Event loop blocked 1 time more, longest for 2 s by parse (chat.py:6)",
    ]


def test_a_stall_of_another_thread_and_one_of_nobody_say_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = Clock()
    stalls = StallLog(clock)
    stalls.add(Stall(1.0, 2.0, "search", "chat.py", 6, thread="asyncio_0"))
    clock.turn(10)
    stalls.add(Stall(1.0, 2.0))
    stalls.still(FETCH)
    assert caplog.messages == [
        "Event loop blocked for 2 s by search (chat.py:6) in the thread asyncio_0",
        "Event loop blocked for 2 s; no code was seen in it",
        LINE.replace("blocked for 4.8 s", "still blocked, for 4.8 s now,"),
    ]


def test_the_stalls_of_a_window_are_summed_up() -> None:
    clock = Clock()
    stalls = StallLog(clock)
    assert stalls.summary(300) == StallSummary()
    stalls.add(FETCH)
    clock.turn(200)
    short = Stall(2.0, 0.6)
    stalls.add(short)
    assert stalls.summary(300) == StallSummary(2, False, FETCH)
    clock.turn(200)
    assert stalls.summary(300) == StallSummary(1, False, short)


def test_no_more_than_so_many_stalls_are_kept() -> None:
    stalls = StallLog()
    for number in range(KEPT + 10):
        stalls.add(Stall(number, 1.0))
    assert stalls.summary(300) == StallSummary(KEPT, True, Stall(10, 1.0))
