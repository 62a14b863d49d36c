"""The audit log says the same thing once a minute, and remembers a bounded number of things."""

from __future__ import annotations

from services.debugcog.audit import REMEMBERED, SECONDS, OnceAMinute
from tests.clock import Clock


def test_the_same_is_news_once_a_minute() -> None:
    clock = Clock()
    written = OnceAMinute(clock)
    assert [written.is_news(key) for key in ("a", "a", "b")] == [True, False, True]
    clock.turn(SECONDS)
    assert written.is_news("a")


def test_it_remembers_the_latest_thousand() -> None:
    written = OnceAMinute(Clock())
    for number in range(REMEMBERED + 10):
        assert written.is_news(number)
    assert len(written) == REMEMBERED
    assert written.is_news(0)
    assert not written.is_news(REMEMBERED + 9)
