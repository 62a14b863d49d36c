from __future__ import annotations

import logging
import sys
import threading

import pytest

from services.debugcog import log_exception
from services.debugcog.log_exception import raised_of, stack_of
from services.debugcog.tracebacks import Raised


def fail(text: str = "timeout") -> None:
    raise ValueError(text)


def logged(text: str = "timeout") -> logging.LogRecord:
    """Return the record that ``logger.exception`` would make."""
    try:
        fail(text)
    except ValueError:
        return logging.LogRecord("bot", logging.ERROR, "bot.py", 1, "failed", None, sys.exc_info())
    raise AssertionError


def test_all_who_ask_of_a_record_get_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    record = logged()
    taken = raised_of(record)
    assert taken is not None
    monkeypatch.setattr(log_exception, "_memory", None)  # nothing is taken down any more
    assert raised_of(record) is taken
    trace = record.exc_info[2] if record.exc_info else None
    assert stack_of(trace, record) is taken.links[-1].stack


def test_a_record_of_another_exception_or_of_none_has_its_own() -> None:
    first, second = logged("one"), logged("two")
    texts = [
        taken.links[-1].text.text for one in (first, second, first) if (taken := raised_of(one))
    ]
    assert texts == ["one", "two", "one"]
    second.exc_info = None
    assert raised_of(second) is None


def test_an_exception_that_a_filter_of_the_hosts_has_put_in_its_place_counts() -> None:
    record, other = logged("one"), logged("two")
    assert raised_of(record)
    record.exc_info = other.exc_info
    taken = raised_of(record)
    assert taken
    assert taken.links[-1].text.text == "two"


def test_nothing_of_it_stays_on_the_record() -> None:
    record = logged()
    before = set(vars(record))
    raised_of(record)
    assert set(vars(record)) == before


def test_what_cannot_be_taken_down_says_so() -> None:
    record = logged()
    record.exc_info = (1, 2)  # type: ignore[assignment]  # as a host may put it there
    taken = raised_of(record)
    assert taken
    assert taken.links[0].type == "[traceback cannot be formatted: ValueError]"


def test_a_traceback_that_a_record_does_not_carry_is_taken_down_by_itself() -> None:
    record, other = logged(), logged()
    trace = other.exc_info[2] if other.exc_info else None
    stack = stack_of(trace, record)
    assert stack is not None
    assert [function for _, _, function in stack.first] == ["logged", "fail"]
    assert stack_of(None, record) is None


def test_two_threads_that_log_at_once_do_not_disturb_each_other() -> None:
    found: dict[str, Raised | None] = {}
    both = threading.Barrier(2)

    def log(text: str) -> None:
        record = logged(text)
        raised_of(record)
        both.wait(10)
        found[text] = raised_of(record)

    threads = [threading.Thread(target=log, args=(text,)) for text in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert {text: taken.links[-1].text.text for text, taken in found.items() if taken} == {
        "one": "one",
        "two": "two",
    }
