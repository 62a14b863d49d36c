"""Any mixture of equal and different errors over time: exact counts, few posts, bounded rows."""

from __future__ import annotations

import logging
import os
from collections import Counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.debugcog.errors.fingerprint import Fingerprinter
from tests.clock import Clock
from tests.error_rig import ROOT, Rig, rig

pytestmark = pytest.mark.thorough

EXAMPLES = int(os.environ.get("ALERT_EXAMPLES", "10"))
EVENTS_A_MINUTE = 60

bursts = st.tuples(
    st.integers(0, 25), st.sampled_from((1, 2, 11, 60, 700)), st.sampled_from((0, 0, 20, 61, 700))
)


def record(kind: int) -> logging.LogRecord:
    """Make a record of a kind; digits alone would not make it one of its own."""
    message = f"Lost {chr(97 + kind)}"
    return logging.LogRecord("host", logging.ERROR, "x.py", 1, message, (), None)


def fail(reports: Rig, kind: int, times: int) -> str:
    """Report errors of one kind; return its fingerprint."""
    for _ in range(times):
        reports.reporter.report_record(record(kind))
    return Fingerprinter(ROOT).of_record(record(kind)).fingerprint


@settings(max_examples=EXAMPLES)
@given(st.lists(bursts, min_size=1, max_size=12))
@example([(kind, 11, 0) for kind in range(7)])  # the seventh is not captured in full
def test_any_storm_is_counted_exactly_at_a_bounded_cost(
    tmp_path_factory: pytest.TempPathFactory, storm: list[tuple[int, int, int]]
) -> None:
    clock, happened = Clock(), Counter[str]()
    start = clock.now
    with rig(tmp_path_factory.mktemp("reports") / "state.sqlite3", clock) as reports:
        for kind, times, seconds in storm:
            happened[fail(reports, kind, times)] += times
            reports.groups()
            clock.now += seconds
        minutes = (clock.now - start) / 60

        assert {group.fingerprint: group.count for group in reports.groups()} == happened
        assert reports.counts == {"errors_captured": sum(happened.values())}
        events = reports.ask(lambda c: c.execute("SELECT COUNT(*) FROM error_events").fetchone()[0])
        assert events <= EVENTS_A_MINUTE * (minutes + 1)
        opened = [post for post in reports.posts() if post["kind"] == "open"]
        cards = [post for post in opened if post["subject"].startswith("group:")]
        assert len(cards) <= min(len(happened), 5 + minutes)
