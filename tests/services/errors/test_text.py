"""The whole traceback: Python's own form, whatever the exception is made of."""

from __future__ import annotations

import re

from services.debugcog.errors.text import FRAMES_MAX, LIMITS, traceback_text
from services.debugcog.tracebacks import take_down


def text_of(error: BaseException) -> str:
    """Write it down, with this file's lines and numbers made plain."""
    text = traceback_text(take_down(error, error.__traceback__, LIMITS))
    return re.sub(r'File ".*[\\/]([\w.]+)", line \d+', r'File "\1", line 1', text)


def fail(error: Exception, cause: BaseException | None = None) -> Exception:
    try:
        raise error from cause
    except Exception as raised:  # noqa: BLE001 - any kind is wanted
        return raised


FAIL = '  File "test_text.py", line 1, in fail\n    raise error from cause\n'
START = "Traceback (most recent call last):\n"


def test_one_exception() -> None:
    assert text_of(fail(ValueError("no\nvoice"))) == f"{START}{FAIL}ValueError: no ⏎ voice"
    assert text_of(fail(KeyError())) == f"{START}{FAIL}KeyError"
    assert text_of(ValueError("never raised")) == "ValueError: never raised"


def test_causes_and_contexts_come_first() -> None:
    assert text_of(fail(ValueError("b"), fail(KeyError("a")))) == (
        f"{START}{FAIL}KeyError: 'a'\n"
        "\nThe above exception was the direct cause of the following exception:\n\n"
        f"{START}{FAIL}ValueError: b"
    )
    error = ValueError("b")
    error.__context__ = KeyError("a")
    assert text_of(error) == (
        "KeyError: 'a'\n"
        "\nDuring handling of the above exception, another exception occurred:\n\n"
        "ValueError: b"
    )


def test_notes_and_the_members_of_a_group() -> None:
    group = ExceptionGroup("many", [fail(ValueError("a")), ExceptionGroup("more", [KeyError("b")])])
    group.add_note("a note")

    assert text_of(group) == (
        "ExceptionGroup: many (2 sub-exceptions)\n"
        "a note\n"
        "  Exception 1 of 2 in the group:\n"
        "    Traceback (most recent call last):\n"
        '      File "test_text.py", line 1, in fail\n'
        "        raise error from cause\n"
        "    ValueError: a\n"
        "  Exception 2 of 2 in the group:\n"
        "    ExceptionGroup: more (1 sub-exception)\n"
        "      Exception 1 of 1 in the group:\n"
        "        KeyError: 'b'"
    )


def test_groups_without_an_end_are_cut() -> None:
    group: ExceptionGroup[Exception]
    group = ExceptionGroup("x", [ValueError(number) for number in range(1_000)])
    for _ in range(100):
        group = ExceptionGroup("x", [group])

    assert len(text_of(group).split("\n")) < 100


def test_deep_recursion_is_short() -> None:
    def deep(left: int) -> None:
        deep(left - 1) if left else fail_here()

    def even(left: int) -> None:
        odd(left - 1) if left else fail_here()

    def odd(left: int) -> None:
        even(left - 1) if left else fail_here()

    def fail_here() -> None:
        raise ValueError("deep")

    for function in (deep, even):
        try:
            function(400)
        except ValueError as error:
            text = text_of(error)
        assert text.endswith("\nValueError: deep")
        assert len(text.split("\n")) < 2 * FRAMES_MAX + 10


def test_long_chains_and_huge_texts_are_cut() -> None:
    error: Exception = ValueError("word " * 1_000_000)
    for number in range(100):
        error = fail(ValueError(number), error)
    text = text_of(error)

    assert text.count("ValueError: ") == 10
    assert len(text_of(ValueError("word " * 1_000_000))) < 65_000
