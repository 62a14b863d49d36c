"""The state machine: breaches become severities, and severities become changes."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.debugcog.alerting.reads import FEW, MISSING, Quality, Signal
from services.debugcog.alerting.rules import Level, Rule, Severity
from services.debugcog.alerting.states import Change, SeverityState, Timing, Track, change, step

TICK = 15.0
MINUTE = 60.0
TIMING = Timing()
OK, WARNING, CRITICAL = Severity


MEMORY = Rule(
    name="memory",
    title="Memory",
    unit="MB",
    window=180.0,
    reads=None,
    warning=Level(enter=10.0, clear=8.0, for_seconds=2 * MINUTE),
    critical=Level(enter=20.0, clear=18.0, for_seconds=30.0),
    keep_firing_for=5 * MINUTE,
)


class Machine:
    """Feeds one rule, tick by tick, and remembers what changed and when."""

    def __init__(self, rule: Rule = MEMORY) -> None:
        self.rule = rule
        self.state = SeverityState()
        self.now = 0.0
        self.changes: list[tuple[float, Change]] = []

    def feed(self, value: float | Signal, seconds: float = TICK) -> list[Change]:
        found = []
        signal = value if isinstance(value, Signal) else Signal(value)
        for _ in range(round(seconds / TICK)):
            self.now += TICK
            before = self.state
            self.state = step(self.rule, before, signal, self.now, TIMING)
            what = change(before, self.state, TIMING)
            if what is not None:
                found.append(what)
                self.changes.append((self.now, what))
        return found

    def cycle(self) -> list[Change]:
        return self.feed(15.0, 3 * MINUTE) + self.feed(0.0, 6 * MINUTE)


def test_a_breach_fires_after_its_time_and_not_before() -> None:
    machine = Machine()
    assert machine.feed(15.0, 2 * MINUTE) == []
    assert machine.feed(15.0) == [Change.OPENED]
    assert machine.state.severity is WARNING
    assert machine.changes == [(135.0, Change.OPENED)]


def test_flapping_for_hours_counts_the_cycles_of_the_last_hour() -> None:
    machine = Machine()
    for _ in range(16):
        machine.feed(15.0, 10 * MINUTE)
        machine.feed(0.0, 10 * MINUTE)
    assert (machine.state.severity, machine.state.flaps) == (WARNING, 3)


def test_a_value_at_its_threshold_is_a_breach() -> None:
    assert Machine().feed(10.0, 3 * MINUTE) == [Change.OPENED]


def test_a_breach_that_is_interrupted_starts_anew() -> None:
    machine = Machine()
    machine.feed(15.0, 2 * MINUTE)
    machine.feed(9.0)
    assert machine.feed(15.0, 2 * MINUTE) == []


def test_an_incident_ends_after_its_time_below_the_clear_value() -> None:
    machine = Machine()
    machine.feed(15.0, 3 * MINUTE)
    assert machine.feed(9.0, 60 * MINUTE) == []
    assert machine.feed(7.0, 5 * MINUTE) == []
    assert machine.state.recovering
    assert machine.feed(7.0) == [Change.ENDED]


def test_one_value_in_the_dead_band_delays_the_end() -> None:
    machine = Machine()
    machine.feed(15.0, 3 * MINUTE)
    machine.feed(7.0, 5 * MINUTE)
    machine.feed(9.0)
    assert not machine.state.recovering
    assert machine.feed(7.0, 5 * MINUTE) == []


def test_critical_escalates_and_eases_back_to_warning() -> None:
    machine = Machine()
    assert machine.feed(15.0, 5 * MINUTE) == [Change.OPENED]
    assert machine.feed(25.0, MINUTE) == [Change.ESCALATED]
    assert machine.feed(15.0, 6 * MINUTE) == [Change.EASED]
    assert machine.feed(0.0, 6 * MINUTE) == [Change.ENDED]


def test_a_sudden_critical_breach_opens_as_critical() -> None:
    machine = Machine()
    assert machine.feed(25.0, 5 * MINUTE) == [Change.OPENED]
    assert machine.state.severity is CRITICAL


def test_a_rule_may_have_one_level_only_and_fire_at_once() -> None:
    machine = Machine(replace(MEMORY, warning=None, critical=Level(3, 1, 0.0), keep_firing_for=0.0))
    assert machine.feed(3.0) == [Change.OPENED]
    assert machine.state.severity is CRITICAL
    assert machine.feed(0.0) == [Change.ENDED]


def test_a_breach_soon_after_the_end_reopens() -> None:
    machine = Machine()
    machine.cycle()
    assert machine.feed(15.0, 3 * MINUTE) == [Change.REOPENED]


def test_a_breach_long_after_the_end_is_another_incident() -> None:
    machine = Machine()
    machine.cycle()
    machine.feed(0.0, 15 * MINUTE)
    assert machine.feed(15.0, 3 * MINUTE) == [Change.OPENED]


def test_three_cycles_in_an_hour_hold_the_incident_open_until_it_is_quiet() -> None:
    machine = Machine()
    assert machine.cycle() == [Change.OPENED, Change.ENDED]
    assert machine.cycle() == [Change.REOPENED, Change.ENDED]
    assert machine.cycle() == [Change.REOPENED, Change.FLAPPING]
    assert (machine.state.severity, machine.state.flaps) == (WARNING, 3)
    assert machine.cycle() == []
    assert machine.state.flaps == 4
    assert machine.feed(0.0, 24 * MINUTE) == []
    assert machine.feed(0.0, 6 * MINUTE) == [Change.ENDED]
    assert machine.state.flaps == 0


def test_cycles_between_warning_and_critical_flap_too() -> None:
    machine = Machine()
    machine.feed(15.0, 5 * MINUTE)
    changes = [machine.feed(25.0, MINUTE) + machine.feed(15.0, 6 * MINUTE) for _ in range(4)]
    assert changes == [
        [Change.ESCALATED, Change.EASED],
        [Change.ESCALATED, Change.EASED],
        [Change.ESCALATED, Change.FLAPPING],
        [],
    ]
    assert machine.state.severity is CRITICAL
    assert machine.feed(15.0, 31 * MINUTE) == [Change.EASED]


def test_critical_escalates_while_warnings_flap() -> None:
    machine = Machine()
    for _ in range(3):
        machine.cycle()
    assert machine.feed(25.0, 5 * MINUTE) == [Change.ESCALATED]


def test_three_cycles_in_more_than_an_hour_do_not_flap() -> None:
    machine = Machine()
    for _ in range(5):
        assert machine.cycle() == [Change.OPENED, Change.ENDED]
        machine.feed(0.0, 30 * MINUTE)


def test_without_traffic_an_incident_ends_after_ten_minutes() -> None:
    machine = Machine()
    machine.feed(15.0, 3 * MINUTE)
    assert machine.feed(FEW, 10 * MINUTE) == []
    assert machine.feed(FEW) == [Change.ENDED]
    assert machine.state.idle_since is not None


def test_few_samples_never_fire_and_break_a_breach() -> None:
    machine = Machine()
    machine.feed(15.0, 2 * MINUTE)
    assert machine.feed(FEW, 60 * MINUTE) == []
    assert machine.feed(15.0, 2 * MINUTE) == []


def test_traffic_that_comes_back_keeps_the_incident() -> None:
    machine = Machine()
    machine.feed(15.0, 3 * MINUTE)
    machine.feed(FEW, 9 * MINUTE)
    machine.feed(15.0)
    assert machine.feed(FEW, 9 * MINUTE) == []


def test_a_missing_value_stops_the_timers_for_its_tick() -> None:
    machine = Machine()
    machine.feed(15.0, 90.0)
    machine.feed(MISSING)
    assert machine.feed(15.0, 30.0) == []
    assert machine.feed(15.0) == [Change.OPENED]


def test_three_missing_values_drop_the_timers_and_are_counted() -> None:
    machine = Machine()
    machine.feed(15.0, 2 * MINUTE)
    machine.feed(MISSING, 3 * TICK)
    assert machine.state.missing == 3
    assert machine.feed(15.0, 2 * MINUTE) == []
    assert machine.state.missing == 0


def test_missing_values_hold_an_open_incident() -> None:
    machine = Machine()
    machine.feed(15.0, 3 * MINUTE)
    assert machine.feed(MISSING, 24 * 60 * MINUTE) == []
    assert machine.state.severity is WARNING


def test_what_is_kept_over_a_restart_comes_back_without_timers() -> None:
    machine = Machine()
    machine.feed(15.0, 3 * MINUTE)
    machine.feed(7.0, MINUTE)
    restored = SeverityState.restored(machine.state.kept)
    assert restored == SeverityState(warning=Track(on=True), severity=WARNING, climbed=True)


def test_a_factor_scales_every_duration() -> None:
    assert Timing().scaled(0.5).repeat_critical == 2 * 3600
    assert Timing().scaled(1.0) == Timing()


LEVELS = st.sampled_from([0.0, 7.9, 8.0, 9.9, 10.0, 17.9, 18.0, 19.9, 20.0, 30.0])
SIGNALS = st.one_of(LEVELS.map(Signal), st.sampled_from([FEW, MISSING]))
HISTORIES = st.lists(st.tuples(SIGNALS, st.sampled_from([1, 2, 9, 21])), max_size=15)


def run(history: list[tuple[Signal, int]]) -> list[tuple[float, Signal, SeverityState]]:
    machine, found = Machine(), []
    for signal, ticks in history:
        for _ in range(ticks):
            machine.feed(signal)
            found.append((machine.now, signal, machine.state))
    return found


@given(HISTORIES)
def test_nothing_fires_without_its_time_of_unbroken_breach(
    history: list[tuple[Signal, int]],
) -> None:
    seen = run(history)
    for index in range(1, len(seen)):
        now, _, state = seen[index]
        before = seen[index - 1][2].severity
        if state.severity <= before:
            continue
        level = MEMORY.critical if state.severity is CRITICAL else MEMORY.warning
        assert level
        breach = [
            (at, signal) for at, signal, _ in seen[: index + 1] if at >= now - level.for_seconds
        ]
        assert breach[0][0] <= now - level.for_seconds
        assert all(
            signal.quality is Quality.MISSING or signal.value >= level.enter for _, signal in breach
        )
        assert all(signal.quality is not Quality.FEW for _, signal in breach)


@given(HISTORIES, st.sampled_from([8.0, 9.0, 9.99]), st.integers(1, 300))
def test_a_signal_in_the_dead_band_changes_nothing(
    history: list[tuple[Signal, int]], value: float, ticks: int
) -> None:
    machine = Machine(replace(MEMORY, critical=None))
    for signal, count in history:
        machine.feed(signal, count * TICK)
    if machine.state.flaps:
        return  # it is the flapping that ends by itself, for being quiet
    before = machine.state
    assert machine.feed(value, ticks * TICK) == []
    assert (machine.state.severity, machine.state.warning.on) == (
        before.severity,
        before.warning.on,
    )


@given(HISTORIES)
def test_the_same_moment_twice_is_the_same_as_once(history: list[tuple[Signal, int]]) -> None:
    for now, signal, state in run(history):
        assert step(MEMORY, state, signal, now, TIMING) is state


@given(HISTORIES)
def test_the_shown_severity_is_never_below_a_level_that_is_on(
    history: list[tuple[Signal, int]],
) -> None:
    for _, _, state in run(history):
        assert not state.critical.on or state.severity is CRITICAL
        assert not state.warning.on or state.severity >= WARNING
        assert state.flaps or state.severity is OK or state.warning.on or state.critical.on


@pytest.mark.parametrize("quality", [Quality.FEW, Quality.MISSING])
def test_a_value_without_quality_is_not_looked_at(quality: Quality) -> None:
    machine = Machine()
    assert machine.feed(Signal(math.inf, quality), 60 * MINUTE) == []
