"""SeverityState, Signal and now → the next SeverityState, and the Change between them. Pure.

Pure: it knows no database and no Discord. ``now`` is in seconds on a clock that never jumps
(``steady_clock``). A level is a switch with a dead band (``Track``); the shown severity
follows the highest switch that is on, but is held while the rule flaps.
"""

from __future__ import annotations

import math
from dataclasses import fields, replace
from enum import Enum
from typing import Any

from services.debugcog.alerting.reads import Quality, Signal
from services.debugcog.alerting.rules import Level, Rule, Severity
from services.debugcog.frozen import frozen
from services.debugcog.state.records import record

MISSING_TICKS = 3
CYCLES = 3


@frozen
class Timing:
    """The durations that all rules share, in seconds."""

    idle: float = 600.0  # without traffic: an incident ends
    reopen: float = 600.0  # after its end: the same incident goes on; at most one ping in it
    cycling: float = 3600.0  # three cycles within it: the rule flaps
    quiet: float = 1800.0  # without a breach: it flaps no longer
    grace: float = 90.0  # after a start: only rules whose guard is met are evaluated
    repeat_critical: float = 4 * 3600.0
    repeat_warning: float = 24 * 3600.0
    edit: float = 60.0  # at least, between two edits of a card for its value
    editable: float = 3300.0  # Discord limits edits of a message older than 1 h
    recent: float = 1800.0  # before a breach: changes worth telling

    def scaled(self, factor: float) -> Timing:
        """Multiply every duration."""
        return Timing(*(factor * float(getattr(self, field.name)) for field in fields(self)))


class Change(Enum):
    """What happened to a rule's severity."""

    OPENED = "opened"
    ESCALATED = "escalated"
    EASED = "eased"
    REOPENED = "reopened"
    FLAPPING = "flapping"
    ENDED = "ended"


@frozen
class Track:
    """A switch of one level; ``since`` is when the value began to ask for the other position."""

    on: bool = False
    since: float | None = None


@frozen
class Kept:
    """What of a state is stored, in this order."""

    warning: bool
    critical: bool
    severity: Severity
    climbed: bool
    cycles: tuple[float, ...]
    flaps: int
    calm_since: float | None
    ended: float | None


@frozen
class SeverityState:
    """What is remembered of one rule from tick to tick.

    ``flaps``: while it flaps, the cycles of the hour before the latest one; else 0.
    """

    at: float = -math.inf
    warning: Track = Track()
    critical: Track = Track()
    severity: Severity = Severity.OK
    climbed: bool = False  # the last move was up, so the next one down completes a cycle
    cycles: tuple[float, ...] = ()
    flaps: int = 0
    calm_since: float | None = None
    idle_since: float | None = None
    ended: float | None = None
    missing: int = 0

    @property
    def kept(self) -> tuple[Any, ...]:
        """Return what a restart must not forget; running timers may be lost."""
        return (
            self.warning.on,
            self.critical.on,
            self.severity,
            self.climbed,
            self.cycles,
            self.flaps,
            self.calm_since,
            self.ended,
        )

    @classmethod
    def restored(cls, kept: object) -> SeverityState:
        """Make a state of what was kept; what a later version kept besides is left out.

        Raises:
            DamagedRecordError: it is something else.
        """
        names = (field.name for field in fields(Kept))
        found = record(
            Kept, dict(zip(names, kept, strict=False)) if isinstance(kept, list | tuple) else kept
        )
        return cls(
            warning=Track(found.warning),
            critical=Track(found.critical),
            severity=found.severity,
            climbed=found.climbed,
            cycles=found.cycles,
            flaps=found.flaps,
            calm_since=found.calm_since,
            ended=found.ended,
        )

    @property
    def idle(self) -> bool:
        """Tell whether there has been too little traffic for more than one tick."""
        return self.idle_since is not None and self.at > self.idle_since

    @property
    def recovering(self) -> bool:
        """Tell whether the lowest level that is on is on its way out."""
        lowest = self.warning if self.warning.on else self.critical
        return self.severity > Severity.OK and (not lowest.on or lowest.since is not None)


def step(
    rule: Rule, state: SeverityState, signal: Signal, now: float, timing: Timing
) -> SeverityState:
    """Advance one rule to ``now``; a second call with the same ``now`` changes nothing."""
    if now <= state.at:
        return state
    return _show(replace(_read(rule, state, signal, now, timing), at=now), now, timing)


def change(before: SeverityState, after: SeverityState, timing: Timing) -> Change | None:
    """Name the difference of two states of one rule."""
    if before.severity == after.severity:
        return Change.FLAPPING if after.flaps and not before.flaps else None
    if before.severity is Severity.OK:
        recent = before.ended is not None and after.at - before.ended < timing.reopen
        return Change.REOPENED if recent else Change.OPENED
    if after.severity is Severity.OK:
        return Change.ENDED
    return Change.ESCALATED if after.severity > before.severity else Change.EASED


def _read(
    rule: Rule, state: SeverityState, signal: Signal, now: float, timing: Timing
) -> SeverityState:
    if signal.quality is Quality.GOOD:
        return replace(
            state,
            warning=_turn(state.warning, rule.warning, rule.keep_firing_for, signal.value, now),
            critical=_turn(state.critical, rule.critical, rule.keep_firing_for, signal.value, now),
            idle_since=None,
            missing=0,
        )
    if signal.quality is Quality.MISSING:
        missing = state.missing + 1
        passed = now - state.at if missing < MISSING_TICKS else math.inf
        warning, critical = (
            _freeze_timer(state.warning, passed),
            _freeze_timer(state.critical, passed),
        )
        return replace(state, warning=warning, critical=critical, missing=missing)
    since = now if state.idle_since is None else state.idle_since
    over = now - since >= timing.idle
    warning, critical = (Track(t.on and not over) for t in (state.warning, state.critical))
    return replace(state, warning=warning, critical=critical, idle_since=since, missing=0)


def _turn(
    track: Track, level: Level | None, keep_firing_for: float, value: float, now: float
) -> Track:
    """Turn the switch after ``for_seconds`` of unbroken breach, or ``keep_firing_for`` without."""
    if level is None:
        return Track()
    if not (value < level.clear if track.on else value >= level.enter):
        return Track(track.on)
    since = now if track.since is None else track.since
    due = now - since >= (keep_firing_for if track.on else level.for_seconds)
    return Track(not track.on) if due else Track(track.on, since)


def _freeze_timer(track: Track, passed: float) -> Track:
    """Stop a running timer for a tick without a value; drop it when there is none for long."""
    if track.since is None or not math.isfinite(passed):
        return Track(track.on)
    return Track(track.on, track.since + passed)


def _show(state: SeverityState, now: float, timing: Timing) -> SeverityState:
    raw = Severity.OK
    if state.critical.on or state.warning.on:
        raw = Severity.CRITICAL if state.critical.on else Severity.WARNING
    if raw > state.severity:
        return replace(state, severity=raw, climbed=True, calm_since=None)
    if raw == state.severity:
        return state if state.calm_since is None else replace(state, calm_since=None)
    return _flap(state, raw, now, timing) if state.flaps else _fall(state, raw, now, timing)


def _cycles(state: SeverityState, now: float, timing: Timing) -> tuple[float, ...]:
    """Add the cycle that this fall completes, if it does, to those of the last hour."""
    recent = tuple(at for at in state.cycles if now - at < timing.cycling)
    return (*recent, now) if state.climbed or state.flaps else recent


def _fall(state: SeverityState, raw: Severity, now: float, timing: Timing) -> SeverityState:
    cycles = _cycles(state, now, timing)
    if len(cycles) >= CYCLES:
        return replace(state, cycles=cycles, flaps=len(cycles), calm_since=now, climbed=False)
    ended = now if raw is Severity.OK else None
    return replace(state, severity=raw, cycles=cycles, climbed=False, ended=ended)


def _flap(state: SeverityState, raw: Severity, now: float, timing: Timing) -> SeverityState:
    if state.calm_since is None:
        cycles = _cycles(state, now, timing)
        return replace(state, cycles=cycles, flaps=len(cycles), calm_since=now)
    if now - state.calm_since < timing.quiet:
        return state
    ended = now if raw is Severity.OK else None
    return replace(
        state, severity=raw, cycles=(), flaps=0, calm_since=None, climbed=False, ended=ended
    )
