from __future__ import annotations

import logging
import sys
import threading

import pytest

from services.debugcog import log_exception
from services.debugcog.log_exception import raised_of, stack_of
from services.debugcog.stack_memory import StackSummary
from services.debugcog.tracebacks import Text


def fail(text: str = "timeout") -> None:
    raise ValueError(text)


def logged(text: str = "timeout") -> logging.LogRecord:
    """Return the record that ``logger.exception`` would make."""
    try:
        fail(text)
    except ValueError:
        return logging.LogRecord("bot", logging.ERROR, "bot.py", 1, "failed", None, sys.exc_info())
    raise AssertionError


def dig() -> None:
    fail()


def logged_deeper() -> logging.LogRecord:
    try:
        dig()
    except ValueError:
        return logging.LogRecord("bot", logging.ERROR, "bot.py", 1, "failed", None, sys.exc_info())
    raise AssertionError


def other_way_that_fails() -> None:
    raise KeyError


def error_of(record: logging.LogRecord) -> BaseException:
    assert record.exc_info
    assert record.exc_info[1]
    return record.exc_info[1]


def stack(record: logging.LogRecord, of: logging.LogRecord | None = None) -> StackSummary | None:
    """Return the stack of a record's exception, or of another's while this one is reported."""
    error = error_of(of or record)
    return stack_of(error, error.__traceback__, record)


def test_the_report_takes_the_stack_over_from_the_log_once(monkeypatch: pytest.MonkeyPatch) -> None:
    record = logged()
    taken = raised_of(record)
    assert taken is not None
    with monkeypatch.context() as patch:
        patch.setattr(log_exception, "_memory", None)  # nothing is taken down any more
        assert stack(record) is taken.links[-1].stack
        assert stack(record) == StackSummary((), 2, ())  # used up


def test_the_report_makes_no_text_of_an_exception() -> None:
    asked: list[BaseException] = []

    class LoudError(ValueError):
        def __str__(self) -> str:
            asked.append(self)
            return "loud"

    record = logged()
    record.exc_info = (LoudError, LoudError().with_traceback(error_of(record).__traceback__), None)
    assert stack(record) is not None
    assert asked == []


def test_a_record_that_is_used_again_has_the_exception_that_it_has_then() -> None:
    record = logged("one")
    texts = []
    for text in ("one", "two", "one"):
        record.exc_info = logged(text).exc_info
        taken = raised_of(record)
        texts.append(taken.links[-1].text.text if taken else None)
        record.exc_info = None
    assert texts == ["one", "two", "one"]


def test_an_exception_that_was_changed_between_two_calls_is_taken_down_as_it_is() -> None:
    record = logged("old")
    first = raised_of(record)
    error_of(record).args = ("new",)
    error_of(record).add_note("seen by mia")
    second = raised_of(record)
    assert [(one.links[-1].text.text, one.links[-1].notes) for one in (first, second) if one] == [
        ("old", ()),
        ("new", (Text("seen by mia"),)),
    ]


def test_a_traceback_that_cannot_be_taken_down_keeps_its_length(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record = logged()
    monkeypatch.setattr(log_exception, "_memory", None)
    error = error_of(record)
    assert stack_of(error, error.__traceback__) == StackSummary((), 2, ())


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
    record = logged()
    try:
        other_way_that_fails()
    except KeyError as error:
        raised_of(record)
        found = stack_of(error, error.__traceback__, record)
        assert found is not None
        assert found.first[-1][2] == "other_way_that_fails"
    assert stack_of(error_of(record), None, record) is None


def test_two_threads_that_log_at_once_do_not_take_each_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found: dict[str, StackSummary | None] = {}
    # Once both have logged, nothing is taken down any more: what comes is what was kept.
    both = threading.Barrier(2, lambda: monkeypatch.setattr(log_exception, "_memory", None))

    def report(name: str, record: logging.LogRecord) -> None:
        raised_of(record)
        both.wait(10)
        found[name] = stack(record)

    records = {"one": logged(), "two": logged_deeper()}
    threads = [threading.Thread(target=report, args=each) for each in records.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    names = {name: [step[2] for step in one.first] for name, one in found.items() if one}
    assert names == {"one": ["logged", "fail"], "two": ["logged_deeper", "dig", "fail"]}
