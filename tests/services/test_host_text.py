"""The text of a host's object comes at once, and one that hangs holds up nobody for long."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from services.debugcog import host_text
from services.debugcog.host_text import answers, text_now

HERE = threading.current_thread()


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Give what lets a text that hangs go on, as it does at the end of the test."""
    monkeypatch.setattr(host_text, "HANG_SECONDS", 0.05)
    free = threading.Event()
    yield free
    free.set()


def kind_of(free: threading.Event, base: type = object) -> type[Any]:
    """Make a class whose text waits, and tells in which threads it was asked for."""

    class Waiting(base):  # type: ignore[misc]  # any base
        threads: list[threading.Thread] = []  # noqa: RUF012 - shared by all of the class

        def __str__(self) -> str:
            self.threads.append(threading.current_thread())
            free.wait(30)
            return "text"

        __repr__ = __str__

    return Waiting


def test_a_type_that_hangs_is_asked_once_and_in_no_thread_of_the_host(
    free: threading.Event,
) -> None:
    kind = kind_of(free)
    assert [text_now(kind()) for _ in range(5)] == ["<str() does not return>"] * 5
    assert len(kind.threads) == 1
    assert HERE not in kind.threads


def test_a_type_that_hung_is_asked_again_after_a_while(
    free: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_text, "AGAIN_SECONDS", 0.0)
    kind = kind_of(free)
    assert text_now(kind()) == "<str() does not return>"
    free.set()
    monkeypatch.setattr(host_text, "HANG_SECONDS", 30.0)
    assert text_now(kind()) == "text"


def test_a_type_that_has_answered_is_asked_where_its_text_is_needed(
    free: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_text, "HANG_SECONDS", 30.0)
    kind = kind_of(free)
    free.set()
    assert [text_now(kind()) for _ in range(3)] == ["text"] * 3
    first, *others = kind.threads
    assert first is not HERE
    assert others == [HERE] * 3


def test_a_type_that_takes_long_once_is_asked_in_a_thread_of_its_own_again(
    free: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_text, "HANG_SECONDS", 0.5)  # the first text has to be in time
    kind = kind_of(free)
    free.set()
    assert text_now(kind()) == "text"
    free.clear()
    threading.Timer(1.0, free.set).start()
    assert text_now(kind()) == "text"  # too late
    free.clear()
    assert [text_now(kind()) for _ in range(3)] == ["<str() does not return>"] * 3
    assert kind.threads[:3].count(HERE) == 2
    assert HERE not in kind.threads[3:]


def test_of_an_exception_what_it_was_made_with_decides(free: threading.Event) -> None:
    kind = kind_of(free)
    assert text_now(ValueError("text")) == "text"
    assert text_now(ValueError("text", kind())) == "text <str() does not return>"
    assert text_now(kind_of(free, Exception)("text")) == "text <str() does not return>"
    values: list[object] = [5]
    assert text_now(ValueError(values)) == "[5]"
    assert text_now(ValueError({"key": [kind()]})) == "<str() does not return>"
    values.append(values)
    assert text_now(ValueError(values)) == "[5, [...]]"
    assert HERE not in kind.threads


def test_what_hangs_of_str_and_repr_does_not_cost_the_other_one(free: threading.Event) -> None:
    quick, slow = kind_of(free), kind_of(free)
    setattr(quick, "__str__", lambda _: "quick")  # noqa: B010 - a class of the test's
    setattr(slow, "__repr__", lambda _: "quick")  # noqa: B010 - the same
    assert [text_now(quick()), answers(quick()), answers([quick()])] == ["quick", False, False]
    assert [text_now(slow()), answers(slow())] == ["<str() does not return>", False]
    assert HERE not in quick.threads + slow.threads


def test_a_class_without_a_hash_is_asked_in_a_thread_of_its_own_each_time() -> None:
    class Meta(type):
        def __hash__(cls) -> int:
            raise RuntimeError

    kind = Meta("Odd", (), {"__str__": lambda _: "text"})
    assert [text_now(kind()), text_now(kind())] == ["text", "text"]


def test_no_class_is_kept_alive() -> None:
    kind: type[object] | None = type("Reloaded", (), {})
    assert kind is not None
    assert answers(kind())
    alive = weakref.ref(kind)
    kind = None
    gc.collect()
    assert alive() is None
