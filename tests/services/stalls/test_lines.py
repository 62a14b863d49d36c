"""Lines about stalls are written by a thread of their own, whatever the host's handlers do."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import pytest

from services.debugcog.stalls.lines import StallLines
from services.debugcog.stalls.stall import Stall
from services.debugcog.stalls.stall_log import StallLog

FETCH = Stall(1.0, 4.8, "fetch", "chat.py", 63)


class Hanging(logging.Handler):
    """A handler of the host's that hangs until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.go_on.wait(20)
        self.texts.append(record.getMessage())


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    handler = Hanging()
    logger = logging.getLogger("debugcog.stalls")
    logger.addHandler(handler)
    yield handler
    handler.go_on.set()
    logger.removeHandler(handler)


def test_a_handler_that_hangs_holds_up_nobody_who_tells_of_a_stall(hanging: Hanging) -> None:
    lines = StallLines()
    stalls = StallLog(warn=lines.warning)
    stalls.add(FETCH)
    stalls.still(FETCH)
    assert stalls.worst(60) == FETCH
    assert hanging.texts == []
    hanging.go_on.set()
    lines.close()
    assert hanging.texts == [
        "Event loop blocked for 4.8 s by fetch (chat.py:63)",
        "Event loop still blocked, for 4.8 s now, by fetch (chat.py:63)",
    ]


def test_what_waits_is_written_at_the_end(caplog: pytest.LogCaptureFixture) -> None:
    lines = StallLines()
    for number in range(3):
        lines.warning("Line %d", number)
    lines.close()
    told = [one for one in caplog.messages if one.startswith("Line ")]  # not of other threads
    assert told == ["Line 0", "Line 1", "Line 2"]


def test_the_end_does_not_wait_for_a_handler_that_hangs(hanging: Hanging) -> None:
    lines = StallLines()
    lines.warning("Late line %d", 1)
    lines.close()
    assert hanging.texts == []
    hanging.go_on.set()
    lines.close()
    assert hanging.texts == ["Late line 1"]
