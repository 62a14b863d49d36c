from __future__ import annotations

import gc
import weakref
from types import TracebackType

import pytest

from services.debugcog import exception_memory
from services.debugcog.exception_memory import ExceptionMemory
from services.debugcog.tracebacks import Limits, Text, take_down

LIMITS = Limits(text=40, first=20, last=40)


class Held:
    """What a frame of the host has in a local variable."""


def speak(kind: type[Exception], text: str, held: object = None) -> None:
    raise kind(text)


def caught(
    kind: type[Exception] = ValueError, text: str = "timeout", held: object = None
) -> Exception:
    with pytest.raises(kind) as info:
        speak(kind, text, held)
    return info.value


def trace_of(error: BaseException) -> TracebackType | None:
    return error.__traceback__


@pytest.fixture
def memory() -> ExceptionMemory:
    return ExceptionMemory(LIMITS)


def test_an_exception_like_one_before_it_is_the_same_object(memory: ExceptionMemory) -> None:
    taken = [memory.of(error, trace_of(error)) for error in (caught(), caught())]
    assert taken[0] is taken[1]


@pytest.mark.parametrize(
    "error",
    [
        caught(text="other"),
        caught(text="long " * 20),
        caught(KeyError),
        ValueError("never raised"),
        ExceptionGroup("two", [caught(), caught()]),
    ],
    ids=["another text", "a long text", "another type", "never raised", "a group"],
)
def test_an_exception_that_differs_is_taken_down_as_it_is(
    memory: ExceptionMemory, error: Exception
) -> None:
    first = caught()
    memory.of(first, trace_of(first))
    assert memory.of(error, trace_of(error)) == take_down(error, trace_of(error), LIMITS)


def test_a_text_that_differs_is_cut_as_any_other(memory: ExceptionMemory) -> None:
    first, second = caught(), caught(text="x" * 50)
    memory.of(first, trace_of(first))
    assert memory.of(second, trace_of(second)).links[-1].text == Text("x" * 40, 10)


def test_a_text_that_was_cut_is_not_taken_for_one_that_ends_there(memory: ExceptionMemory) -> None:
    errors = caught(text="x" * 50), caught(text="x" * 40)
    taken = [memory.of(error, trace_of(error)).links[-1].text for error in errors]
    assert taken == [Text("x" * 40, 10), Text("x" * 40)]


def test_what_is_raised_in_a_stack_that_is_not_remembered_is_not_either(
    memory: ExceptionMemory,
) -> None:
    def dig(depth: int) -> None:
        if not depth:
            raise ValueError("deep")
        dig(depth - 1)

    taken = []
    for _ in range(2):
        with pytest.raises(ValueError, match="deep") as info:
            dig(200)
        taken.append(memory.of(info.value, trace_of(info.value)))
        assert taken[-1] == take_down(info.value, trace_of(info.value), LIMITS)
    assert taken[0] is not taken[1]
    assert memory._known == {}


def test_a_note_or_a_cause_that_came_later_is_taken_down(memory: ExceptionMemory) -> None:
    plain, noted, wrapped = caught(), caught(), caught()
    memory.of(plain, trace_of(plain))
    noted.add_note("seen by mia")
    wrapped.__cause__ = OSError("no route")
    taken = [memory.of(error, trace_of(error)) for error in (noted, wrapped, plain)]
    assert [one.links[-1].notes for one in taken] == [(Text("seen by mia"),), (), ()]
    assert [[link.type for link in one.links] for one in taken] == [
        ["ValueError"],
        ["OSError", "ValueError"],
        ["ValueError"],
    ]


def test_a_class_that_was_made_anew_at_the_same_address_is_another(
    memory: ExceptionMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = [type(name, (Exception,), {"__module__": "host"}) for name in ("Old", "New")]
    monkeypatch.setattr(exception_memory, "id", lambda _: 1, raising=False)
    taken = [memory.of(error, trace_of(error)) for error in map(caught, kinds)]
    assert [one.links[-1].type for one in taken] == ["host.Old", "host.New"]


def test_nothing_of_the_host_lives_on_in_it(memory: ExceptionMemory) -> None:
    held, kind = Held(), type("Mine", (Exception,), {})
    error = caught(kind, held=held)
    gone: list[weakref.ref[object]] = [weakref.ref(held), weakref.ref(kind), weakref.ref(error)]
    memory.of(error, trace_of(error))
    del held, kind, error
    gc.collect()
    assert [one() for one in gone] == [None, None, None]


def test_no_more_exceptions_are_remembered_than_it_may(
    memory: ExceptionMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exception_memory, "KNOWN_MAX", 1)
    errors = caught(), caught(KeyError), caught()
    taken = [memory.of(error, trace_of(error)) for error in errors]
    assert taken[0] == taken[2]
    assert taken[0] is not taken[2]
