"""Five posts at once, one a minute after that, the rest in a digest."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.debugcog.errors.rate_limit import BURST, DIGEST_SECONDS, RateLimit, admit, opened


def admitted(times: list[float]) -> list[bool]:
    limit, found = RateLimit(), []
    for now in times:
        limit, ok = admit(limit, now)
        found.append(ok)
    return found


def test_five_go_at_once_and_then_one_a_minute() -> None:
    assert admitted([1_000.0] * 7 + [1_059.0, 1_060.0, 1_061.0, 1_120.0]) == (
        [True] * 5 + [False, False, False, True, False, True]
    )


def test_a_clock_that_is_set_back_gives_nothing_away() -> None:
    assert admitted([1_000.0] * 5 + [500.0, 559.0, 560.0]) == [True] * 5 + [False, False, True]


@given(gaps=st.lists(st.floats(0, 600), max_size=200))
def test_in_any_ten_minutes_at_most_fifteen_go(gaps: list[float]) -> None:
    now, times = 1_000.0, []
    for gap in gaps:
        now += gap
        times.append(now)
    went = [at for at, ok in zip(times, admitted(times), strict=True) if ok]

    for start in went:
        assert sum(start <= at <= start + 600 for at in went) <= BURST + 10


def test_a_digest_takes_groups_for_55_minutes_and_is_edited_every_five() -> None:
    limit = opened(RateLimit(), 1_000.0)

    assert limit.digest == 1
    assert limit.is_open(1_000.0 + DIGEST_SECONDS - 1)
    assert not limit.is_open(1_000.0 + DIGEST_SECONDS)
    assert not RateLimit().is_open(0.0)
    assert limit.edit_due(1_000.0) == 300.0
    assert limit.edit_due(1_000.0 + DIGEST_SECONDS) is None
    assert opened(limit, 9_000.0).digest == 2
