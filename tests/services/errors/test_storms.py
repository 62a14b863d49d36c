"""Any mixture of equal and different errors over time: exact counts, few posts, bounded rows."""

from __future__ import annotations

import logging
import os
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.clock import Clock
from tests.error_rig import Rig, rig

EXAMPLES = int(os.environ.get("ALERT_EXAMPLES", "10"))
EVENTS_A_MINUTE = 60

bursts = st.tuples(
    st.integers(0, 25), st.sampled_from((1, 2, 11, 60, 700)), st.sampled_from((0, 0, 20, 61, 700))
)


def fail(desk: Rig, kind: int, times: int) -> None:
    """Report errors of one kind; digits alone would not make it one of its own."""
    message = f"Lost {chr(97 + kind)}"
    for _ in range(times):
        record = logging.LogRecord("host", logging.ERROR, "x.py", 1, message, (), None)
        desk.reporter.report_record(record)


@settings(max_examples=EXAMPLES)
@given(st.lists(bursts, min_size=1, max_size=12))
def test_any_storm_is_counted_exactly_at_a_bounded_cost(
    tmp_path_factory: pytest.TempPathFactory, storm: list[tuple[int, int, int]]
) -> None:
    clock, happened = Clock(), Counter[str]()
    start = clock.now
    with rig(tmp_path_factory.mktemp("desk") / "state.sqlite3", clock) as desk:
        for kind, times, seconds in storm:
            fail(desk, kind, times)
            happened[f"Lost {chr(97 + kind)}"] += times
            desk.groups()
            clock.now += seconds
        minutes = (clock.now - start) / 60

        assert {group.message: group.count for group in desk.groups()} == happened
        assert desk.counts == {"errors_captured": sum(happened.values())}
        events = desk.ask(lambda c: c.execute("SELECT COUNT(*) FROM error_events").fetchone()[0])
        assert events <= EVENTS_A_MINUTE * (minutes + 1)
        opened = [post for post in desk.posts() if post["kind"] == "open"]
        cards = [post for post in opened if post["subject"].startswith("group:")]
        assert len(cards) <= min(len(happened), 5 + minutes)
