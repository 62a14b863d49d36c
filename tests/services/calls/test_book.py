"""Which of the calls that have ended are kept."""

from __future__ import annotations

from typing import Any

from services.debugcog.calls.book import NAMES, RECENT, TRACES, TROUBLED, CallBook
from services.debugcog.calls.call import Call, Span

NOON = 1_800_000_000.0
SPAN = Span("llm_generation", "", 0.0, 5.0, False, 0)


def call(number: int, **changes: Any) -> Call:
    """Make a call, the higher its number the later."""
    values = {"kind": "slash", "name": "ask", "at": NOON + number, "ms": 10.0, **changes}
    return Call(id=number, **values)


def kept(*calls: Call) -> CallBook:
    book = CallBook()
    for one in calls:
        book.keep(one)
    return book


def test_the_last_calls_with_spans_are_the_traces_the_latest_first() -> None:
    calls = [call(number, spans=(SPAN,)) for number in range(TRACES + 5)]
    book = kept(*calls, call(999))
    assert [one.id for one in book.traces()] == list(range(TRACES + 4, 4, -1))


def test_calls_that_came_near_the_limit_are_kept_apart() -> None:
    near = call(1, gateway_ms=1500.0, loop_ms=300.0, code_ms=200.0)
    book = kept(near, call(2, code_ms=1999.0), call(3, problem="never"))
    assert [one.id for one in book.troubled(0.0)] == [3, 1]
    assert [one.id for one in book.troubled(NOON + 2)] == [3]
    many = kept(*(call(number, problem="never") for number in range(TROUBLED + 9)))
    assert len(many.troubled(0.0)) == TROUBLED


def test_the_slowest_calls_stay_with_their_spans_however_many_come_after_them() -> None:
    slow = [call(number, ms=1000.0 * number, spans=(SPAN,)) for number in (1, 2, 3)]
    fast = [call(10 + number) for number in range(10 * TRACES)]
    book = kept(*slow, *fast)
    assert [one.id for one in book.slowest("ask", 0.0, 4)][:3] == [3, 2, 1]
    assert book.trace(3) == slow[2]
    assert [one.id for one in book.slowest("ask", NOON + 3, 1)] == [3]
    assert book.trace(10) is None
    assert len(book.recent("ask", 0.0)) == RECENT


def test_a_slow_call_makes_room_after_a_week() -> None:
    slow = [call(number, ms=9000.0 + number) for number in (1, 2, 3)]
    later = call(8 * 86_400, ms=5.0)
    book = kept(*slow, later, *(call(later.id + number, ms=1.0) for number in range(1, 40)))
    found = [one.id for one in book.slowest("ask", 0.0, 99)]
    assert found[0] == later.id
    assert not {1, 2, 3} & set(found)


def test_names_are_bounded_and_the_one_not_called_for_longest_goes() -> None:
    book = kept(*(call(number, name=f"c{number}") for number in range(NAMES + 1)))
    assert book.recent("c0", 0.0) == ()
    assert [one.id for one in book.recent("c1", 0.0)] == [1]
    assert book.recent("never used", 0.0) == ()
