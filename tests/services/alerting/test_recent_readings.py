from __future__ import annotations

from collections.abc import Sequence

from services.debugcog.alerting.reads import Signal
from services.debugcog.alerting.recent_readings import SHARES, RecentReadings
from services.debugcog.alerting.rules import Rule, rule

RULES = tuple(rule(f"rule_{number}", gauge="depth", warning=1.0) for number in range(7))


class Values:
    """Rules that read, each time, how often anything has been read."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, ...]] = []

    def __call__(self, rules: Sequence[Rule]) -> dict[str, Signal]:
        self.calls.append(tuple(one.name for one in rules))
        return {one.name: Signal(float(len(self.calls))) for one in rules}


def test_at_first_all_rules_are_read_and_then_a_few_at_a_time() -> None:
    values = Values()
    readings = RecentReadings(values)
    for _ in range(1 + SHARES):
        assert set(readings.recent(RULES)) == {one.name for one in RULES}
    first, *later = values.calls
    assert first == tuple(one.name for one in RULES)
    assert later == [
        ("rule_1", "rule_6"),
        ("rule_2",),
        ("rule_3",),
        ("rule_4",),
        ("rule_0", "rule_5"),
    ]


def test_what_is_asked_for_now_is_read_now_and_known_from_then_on() -> None:
    readings = RecentReadings(Values())
    readings.recent(RULES)
    assert {signal.value for signal in readings.now(RULES).values()} == {2.0}
    later = readings.recent(RULES)
    assert {name: signal.value for name, signal in later.items()} == {
        **{one.name: 2.0 for one in RULES},
        "rule_1": 3.0,
        "rule_6": 3.0,
    }
