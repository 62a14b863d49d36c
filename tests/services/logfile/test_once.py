"""A host hands our handlers on to a queue or a buffer of its own: each record is taken once."""

from __future__ import annotations

import logging
import logging.handlers
import queue
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.debugcog.logfile.root_handler import RootHandler
from services.debugcog.logs import Logging, setup_logging, write_always
from services.debugcog.settings import Settings

Records = queue.SimpleQueue[logging.LogRecord]
log = logging.getLogger("bot")


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[Logging]:
    """Log to a file, with no handler of the test's own, and then leave the root as it was."""
    before, logging.root.handlers = logging.root.handlers, []
    active = setup_logging(Settings(log_file_path=tmp_path / "bot.log"), console=False)
    yield active
    active.close()
    logging.root.handlers = before


@pytest.fixture
def take_over(logs: Logging) -> Iterator[Callable[[], logging.handlers.QueueListener]]:
    """Make a queue of all handlers of the root logger, as Home Assistant does."""
    listeners = []

    def take_over() -> logging.handlers.QueueListener:
        records: Records = queue.SimpleQueue()
        handlers, logging.root.handlers = logging.root.handlers, []
        logging.root.addHandler(logging.handlers.QueueHandler(records))
        listeners.append(logging.handlers.QueueListener(records, *handlers))
        listeners[-1].start()
        return listeners[-1]

    yield take_over
    for listener in listeners:
        if listener._thread is not None:
            listener.stop()


TakeOver = Callable[[], logging.handlers.QueueListener]


def lines(logs: Logging) -> list[str]:
    assert logs.flush()
    assert logs.path is not None
    text = re.sub(r"(?m)^\d{4}-\d\d-\d\d \S+ ", "", logs.path.read_text())
    return [line for line in text.splitlines() if "debugcog.logs" not in line]


def test_what_a_queue_listener_hands_on_as_well_is_in_the_file_once_and_as_it_was_logged(
    logs: Logging, take_over: TakeOver
) -> None:
    listener = take_over()
    log.warning("through the listener alone")
    listener.stop()
    listener.start()
    logs.ensure()
    try:
        raise ValueError("boom")
    except ValueError:
        log.exception("both ways")
    write_always("debugcog.audit", logging.INFO, "use: %s", "/debug")
    listener.stop()
    listener.start()
    logs.ensure()
    log.warning("again")
    listener.stop()
    found = lines(logs)
    assert [line for line in found if not line.startswith(" ")] == [
        "[WARNING] bot: through the listener alone",
        "[ERROR] bot: both ways",
        "[INFO] debugcog.audit: use: /debug",
        "[WARNING] bot: again",
    ]
    assert found.count("  ValueError: boom") == 1
    assert logs.put_back == 1


def test_it_is_said_that_a_listener_has_the_handler(logs: Logging, take_over: TakeOver) -> None:
    take_over()
    logs.ensure()
    assert logs.flush()
    assert logs.lines.after(0, 9)[-1].message.partition(". ")[0] == (
        "Log handler was taken off the root logger and given to a QueueListener; it is back, and "
        "takes each record once"
    )


def test_what_comes_through_the_listener_alone_stays(logs: Logging, take_over: TakeOver) -> None:
    listener = take_over()
    (to_queue,) = logging.root.handlers
    logs.ensure()
    aside = logging.getLogger("aside")
    aside.propagate = False
    aside.addHandler(to_queue)
    aside.warning("of a logger that does not propagate")
    record = logging.LogRecord("worker", logging.WARNING, __file__, 1, "of a process", (), None)
    record.process = 1
    to_queue.handle(record)
    listener.stop()
    aside.removeHandler(to_queue)
    aside.propagate = True
    assert lines(logs) == [
        "[WARNING] aside: of a logger that does not propagate",
        "[WARNING] worker: of a process",
    ]


def test_a_record_that_another_thread_hands_on_without_a_listener_stays(
    logs: Logging, take_over: TakeOver
) -> None:
    take_over().stop()
    logs.ensure()
    record = logging.LogRecord("bot", logging.WARNING, __file__, 1, "of a thread", (), None)
    record.thread = 1
    log.handle(record)
    assert lines(logs) == ["[WARNING] bot: of a thread"]


def test_a_handler_that_a_buffer_writes_to_is_left_to_it(logs: Logging) -> None:
    (ours,) = (one for one in logging.root.handlers if isinstance(one, RootHandler))
    logging.root.handlers = [logging.handlers.MemoryHandler(100, target=ours)]
    logs.ensure()
    log.info("line 1")
    write_always("debugcog.audit", logging.INFO, "use: %s", "/debug")
    log.error("line 2")
    assert logs.put_back == 0
    assert lines(logs) == [
        "[INFO] debugcog.audit: use: /debug",
        "[INFO] bot: line 1",
        "[ERROR] bot: line 2",
    ]
    logging.root.handlers = []
    logs.ensure()
    log.error("line 3")
    assert logs.put_back == 1
    assert lines(logs)[-1] == "[ERROR] bot: line 3"
