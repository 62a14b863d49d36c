"""Parts and texts of exceptions, whatever their classes make of them."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.debugcog.exceptions import (
    HostError,
    attributes_of,
    brief,
    cause_of,
    earlier_than,
    loggable,
    members_of,
    storable,
    text_in_time,
    text_of,
    type_name,
    without_step,
)
from services.debugcog.guard import trace_of
from tests.hostile import Mute, Stuck, StuckError, odd, raising


def hostile(kind: type[BaseException] = Exception) -> type[Any]:
    """Make a class of exceptions whose parts raise when they are asked for."""
    fails = property(raising(KeyboardInterrupt()))
    names = ("__cause__", "__context__", "__suppress_context__", "__traceback__", "__dict__")
    parts: dict[str, Any] = dict.fromkeys((*names, "args", "exceptions", "__notes__"), fails)
    parts["__getattr__"] = raising(LookupError("lazy"))
    return type("Hostile", (kind,), parts)


def test_the_parts_of_an_exception_are_read_past_its_class() -> None:
    def fail() -> None:
        try:
            raise first
        except ValueError as cause:
            raise kind("second") from cause

    kind, first = hostile(), ValueError("first")
    with pytest.raises(kind) as caught:
        fail()
    error: BaseException = caught.value
    attributes_of(error)["mark"] = 7
    assert (cause_of(error), earlier_than(error), attributes_of(error)) == (
        *(first, first),
        {"mark": 7},
    )
    trace = trace_of(error)
    without_step(error)
    assert trace is not None
    assert trace_of(error) is trace.tb_next


def test_the_members_of_a_group_are_read_past_its_class() -> None:
    inner = ValueError("inner")
    assert members_of(hostile(ExceptionGroup)("several", [inner])) == (inner,)


class Status(Exception):  # noqa: N818 - a name
    def __str__(self) -> str:
        return f"{self.args[0]} from provider"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (ValueError("plain"), "plain"),
        (Status(503), "503 from provider"),
        (Mute(), "<str() raised ValueError>"),
        (Mute("model", 503), "model, 503 <str() raised ValueError>"),
        (Mute(odd(KeyboardInterrupt()), 5), "5 <str() raised ValueError>"),
        (ValueError(odd(SystemExit())), "<str() raised SystemExit>"),
        (KeyError(odd(GeneratorExit())), "<str() raised GeneratorExit>"),
        (odd(RuntimeError()), "<str() raised RuntimeError>"),
        (ValueError("half \ud83d, whole \ud83d\ude00"), "half \ufffd, whole \N{GRINNING FACE}"),
    ],
)
def test_of_a_text_that_cannot_be_made_what_can_be_read_is_shown(
    value: object, expected: str
) -> None:
    assert (text_of(value), text_in_time(value)) == (expected, expected)


def test_a_text_that_never_comes_is_not_waited_for() -> None:
    stuck = Stuck()
    assert text_in_time(StuckError(stuck)) == "E-MAIL, 7 <str() does not return>"
    assert text_in_time(stuck) == "<str() does not return>"
    assert set(stuck.threads) == {"debugcog-bounded"}
    stuck.free.set()


def test_a_brief_text_is_one_line_of_bounded_length() -> None:
    assert brief(ValueError("two\nlines")) == "ValueError: two lines"
    assert brief(KeyboardInterrupt()) == "KeyboardInterrupt"
    assert len(brief(ValueError("x" * 9_000))) < 400


def test_a_brief_text_never_ends_inside_a_secret() -> None:
    secret = "Xk29vQ7mZp41RtW8sLd60bNy3HcEa5Jf"
    for before in range(250, 310):
        text = brief(ValueError(f"{'p' * before} {secret} (retry)"))
        assert "Xk2" not in text.replace(secret, "")


def test_what_runs_no_code_of_the_host_is_logged_as_it_is_and_the_rest_by_a_stand_in() -> None:
    plain, custom = ValueError("plain"), Status(503)
    assert loggable(plain) is plain
    plain.__cause__ = custom
    for error in (custom, plain):
        shown = loggable(error)
        assert type(shown) is HostError
    assert str(loggable(custom)) == f"{type_name(Status)}: 503 from provider"


def test_a_class_with_an_odd_name_is_named_all_the_same() -> None:
    kind = type("Odd", (Exception,), {"__module__": odd(KeyboardInterrupt())})
    assert type_name(kind) == "?.Odd"


class Name(str):
    """A text whose methods are the host's."""

    __slots__ = ()

    isascii = encode = __str__ = raising(KeyboardInterrupt())


@given(st.text(st.characters(exclude_categories=())))
def test_every_text_becomes_one_that_can_be_stored_and_sent(text: str) -> None:
    found = storable(text)
    assert json.loads(json.dumps(found, ensure_ascii=False).encode()) == found
    with sqlite3.connect(":memory:") as connection:
        assert connection.execute("SELECT ?", (found,)).fetchone() == (found,)
    connection.close()
    assert storable(found) == found
    assert type(storable(Name(text))) is str
