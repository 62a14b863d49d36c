"""From a raw exception to an event: text only, without secrets, bounded, never failing."""

from __future__ import annotations

import gc
import logging
import weakref

import pytest

from services.debugcog.errors.breadcrumbs import Breadcrumbs
from services.debugcog.errors.details import MESSAGE_MAX, TRACEBACK_MAX, Details
from services.debugcog.errors.error_buffer import ErrorBuffer, Sample
from services.debugcog.errors.identity import Identity
from services.debugcog.errors.records import Context
from services.debugcog.errors.reporter import ErrorReporter
from services.debugcog.errors.taken import told
from services.debugcog.redaction.redactor import LONGEST, Redactor

IDENTITY = Identity("f" * 64, "ValueError", "x.py:1 in f")
DETAILS = Details(Redactor({"API_KEY": "0123456789abcdef"}), "1.0")


def sample(error: BaseException | None = None, record: logging.LogRecord | None = None) -> Sample:
    return Sample("E-000000", 5.0, IDENTITY, Context(), *told(error, record), ())


def raised(error: BaseException) -> BaseException:
    try:
        secret_token = "0123456789abcdef"  # noqa: F841 - a local, which must not be captured
        raise error
    except BaseException as caught:  # noqa: BLE001 - any kind is wanted
        return caught


def test_message_and_traceback_hold_no_secret_and_no_local() -> None:
    error = raised(ValueError("key 0123456789abcdef, password=hunter2x"))

    event = DETAILS.event(sample(error))

    assert event.message == "key [redacted], password=[redacted]"
    lines = event.traceback.split("\n")
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[-2:] == ["    raise error", "ValueError: key [redacted], password=[redacted]"]
    assert "0123456789abcdef" not in str(event)


def test_source_lines_of_the_traceback_are_left_alone() -> None:
    def login(session: object) -> None:
        token = session.token  # type: ignore[attr-defined]  # is what fails
        print(token)

    with pytest.raises(AttributeError) as caught:
        login(object())

    event = DETAILS.event(sample(caught.value))
    assert "    token = session.token  # type: ignore" in event.traceback


def test_a_long_message_keeps_its_begin_and_its_end() -> None:
    event = DETAILS.event(sample(raised(ValueError("a" * 5_000 + "z" * 5_000))))

    assert len(event.message) <= MESSAGE_MAX
    assert event.message.startswith("a")
    assert event.message.endswith("z")


def test_a_huge_message_makes_no_huge_traceback() -> None:
    event = DETAILS.event(sample(raised(ValueError("word " * 1_000_000))))

    assert len(event.traceback) <= TRACEBACK_MAX
    assert event.traceback.split("\n")[-1].startswith("ValueError: word word")


def test_a_message_of_many_lines_is_the_one_last_line_of_the_traceback() -> None:
    event = DETAILS.event(sample(raised(ValueError("one\ntwo"))))

    assert event.message == "one\ntwo"
    assert event.traceback.endswith("\nValueError: one ⏎ two")


def test_a_record_has_its_message_and_its_stack() -> None:
    record = logging.LogRecord("h", logging.ERROR, "x.py", 1, "Lost %s", ("it",), None)
    record.stack_info = 'Stack (most recent call last):\n  File "x.py", line 1, in f'

    event = DETAILS.event(sample(record=record))

    assert event.message == "Lost it"
    assert event.traceback == record.stack_info


def test_what_waits_keeps_no_object_of_the_host_alive_and_tells_what_was_reported() -> None:
    class Picture:
        pass

    def report(reporter: ErrorReporter) -> list[weakref.ref[Picture]]:
        pictures, texts = [Picture(), Picture()], ["now"]
        error = raised(ValueError(texts, pictures[0]))
        error.picture = pictures[0]  # type: ignore[attr-defined]  # as hosts do
        reporter.report(error)
        record = logging.LogRecord("h", logging.ERROR, "x.py", 1, "%s", (texts,), None)
        record.picture = pictures[1]
        reporter.report_record(record)
        texts[0] = "later"
        return [weakref.ref(picture) for picture in pictures]

    buffer = ErrorBuffer(lambda: None)
    watched = report(ErrorReporter(buffer, Breadcrumbs(), lambda _: None))
    gc.collect()

    assert [one() for one in watched] == [None, None]
    first, second = (DETAILS.event(one) for one in buffer.take().samples)
    assert first.message.startswith("(['now'], <")
    assert second.message == "['now']"


def test_of_a_message_that_was_cut_no_half_of_a_secret_is_kept() -> None:
    record = logging.LogRecord("h", logging.ERROR, "x.py", 1, "x " * 7_999 + "hunter2x", (), None)
    error = raised(ValueError("x" * (LONGEST - 4) + "hunter2x"))

    assert "hunt" not in told(None, record)[0]
    assert "hunt" not in told(error, None)[0]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ([ValueError("no voice"), KeyError("x")], "a (2 sub-exceptions): ValueError: no voice"),
        ([ValueError()], "a (1 sub-exception): ValueError"),
        (
            [ExceptionGroup("b", [RuntimeError("token=q8Zk3wTr5y")])],
            "a (1 sub-exception): RuntimeError: token=[redacted]",
        ),
    ],
)
def test_the_message_of_a_group_names_its_first_member(
    members: list[Exception], message: str
) -> None:
    event = DETAILS.event(sample(raised(ExceptionGroup("a", members))))

    assert event.message == message


class Unspeakable(Exception):  # noqa: N818 - a name
    def __str__(self) -> str:
        raise RuntimeError("password=hunter2x")


def test_an_exception_without_words_still_has_its_traceback() -> None:
    event = DETAILS.event(sample(raised(Unspeakable())))

    assert event.message == "<str() raised RuntimeError>"
    assert event.traceback.endswith(".Unspeakable: <str() raised RuntimeError>")


def test_names_are_redacted_made_one_line_and_short_in_this_order() -> None:
    secret = "sk-0123456789abcdef0123"
    raw = Identity("f" * 64, f"ERROR host\n\ud800 token: |\n  {secret}", "x" * 190 + f" {secret}")

    found = DETAILS.identity(raw)

    assert found.type == "ERROR host \ufffd token: | [redacted]"
    assert found.where == "x" * 190 + " sk-[redac"
