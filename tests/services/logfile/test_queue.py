"""The handler takes records without waiting, and counts what finds no room."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import pytest

from services.debugcog.logfile.entry import entry_of
from services.debugcog.logfile.queue import RecordQueue

DEBUG, INFO, WARNING, ERROR = logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR


def record(level: int = INFO) -> logging.LogRecord:
    return logging.LogRecord("bot", level, "bot.py", 1, "message", None, None)


def fill(queue: RecordQueue, level: int, count: int) -> int:
    return sum(queue.handle(record(level)) for _ in range(count))


def test_records_come_out_as_they_went_in_and_are_not_touched() -> None:
    queue = RecordQueue()
    first, second = record(), record()
    before = dict(first.__dict__)
    assert queue.handle(first)
    assert queue.handle(second)
    assert next(queue.take()) == entry_of(first)
    assert list(queue.take()) == [entry_of(second)]
    assert list(queue.take()) == []
    assert first.__dict__ == before


def test_debug_and_info_are_dropped_first_then_warnings_then_errors_and_all_are_counted() -> None:
    queue = RecordQueue()
    assert fill(queue, INFO, 7_999) == 7_999
    assert fill(queue, DEBUG, 10) == 1
    assert fill(queue, INFO, 20) == 0
    assert fill(queue, WARNING, 1_030) == 1_000
    assert fill(queue, ERROR, 999) == 999
    assert fill(queue, logging.CRITICAL, 41) == 1
    assert queue.waiting() == 10_000
    assert queue.dropped() == {"debug": 9, "info": 20, "warning": 30, "error": 40}
    assert queue.dropped() == {"debug": 9, "info": 20, "warning": 30, "error": 40}


def test_drops_of_many_threads_are_counted_exactly() -> None:
    queue = RecordQueue()
    fill(queue, ERROR, 10_000)
    threads = [threading.Thread(target=fill, args=(queue, INFO, 5_000)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert queue.dropped()["info"] == 40_000


def test_it_waits_for_no_lock() -> None:
    queue = RecordQueue()
    queue.acquire()  # as a handler that writes holds it
    thread = threading.Thread(target=queue.handle, args=(record(),))
    thread.start()
    thread.join(10)
    queue.release()
    assert queue.waiting() == 1


def test_filters_of_the_handler_work() -> None:
    queue = RecordQueue()
    queue.addFilter(lambda made: made.levelno > INFO)
    assert not queue.handle(record(INFO))
    assert queue.handle(record(ERROR))


@pytest.mark.skipif("sys.version_info < (3, 12)", reason="new in Python 3.12")
def test_a_filter_may_answer_with_another_record() -> None:
    queue = RecordQueue()
    other = record(ERROR)
    queue.addFilter(lambda _: other)  # type: ignore[arg-type,return-value]  # typed for 3.11
    queue.handle(record())
    assert list(queue.take()) == [entry_of(other)]


def test_after_shut_nothing_is_taken() -> None:
    queue = RecordQueue()
    queue.shut()
    assert not queue.handle(record(ERROR))
    assert queue.waiting() == 0


@pytest.mark.parametrize(
    "come",
    [
        lambda queue: queue.handle(record()),
        lambda queue: queue.put(record()),
        RecordQueue.mark,
        RecordQueue.shut,
    ],
    ids=["record", "put", "mark", "shut"],
)
@pytest.mark.parametrize("is_late", [False, True])
def test_who_waits_is_woken_by_what_comes_and_does_not_wait_for_what_is_there(
    come: Callable[[RecordQueue], object], is_late: bool
) -> None:
    queue, woken = RecordQueue(), threading.Event()

    def wait() -> None:
        queue.wait(None)
        woken.set()

    if not is_late:
        come(queue)
    threading.Thread(target=wait, daemon=True).start()
    if is_late:
        assert not woken.wait(0.05)
        come(queue)
    assert woken.wait(10)


def test_who_waits_gives_up_after_its_time() -> None:
    queue = RecordQueue()
    queue.wait(0.01)
    assert queue.waiting() == 0


def test_a_mark_finds_room_in_a_full_queue() -> None:
    queue = RecordQueue()
    fill(queue, ERROR, 10_000)
    mark = queue.mark()
    assert list(queue.take())[-1] is mark
