"""ErrorGroup and new errors or an admin's action → the next ErrorGroup, and what to report.

new ─ a day ─→ ongoing ←─ a day ─ regressed
any ─ resolve ─→ resolved ─ seen again (in another release, if so chosen) ─→ regressed
any ─ mute until ─→ muted ─ seen after that ─→ ongoing
muted or resolved ─ reopen ─→ ongoing
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from services.debugcog.errors.records import Disposition, ErrorEvent, ErrorGroup

HOUR = 3600.0
DAY = 24 * HOUR
HOURS_KEPT = 25
MINUTE = 60.0
MINUTES_KEPT = 60
"""Minutes with errors, so those of a rare error reach far back."""
ESCALATING_FACTOR = 10
ESCALATING_FLOOR = 50
"""Errors an hour above which a group may escalate."""
EDIT_INTERVAL = 60.0
NOTE_INTERVAL = HOUR
"""Seconds between two messages about more errors in the post of a group."""
FRESH = 55 * 60.0
"""Discord limits edits of messages older than an hour: then only a further digit causes one."""

DISPOSED = ("muted", "resolved")
"""States that an admin has chosen."""
WORST_FIRST = ("new", "regressed", "ongoing", "muted", "resolved")
NEW = "new"
REGRESSED = "regressed"
UNMUTED = "unmuted"
ESCALATING = "escalating"


def seen(
    group: ErrorGroup, count: int, at: float, event: ErrorEvent | None, release: str
) -> tuple[ErrorGroup, str]:
    """Count errors of a group.

    Args:
        group: before; a group with a count of 0 is new.
        count: how many there were since the last call.
        at: unix seconds of the latest of them.
        event: the latest that was captured in full, if any.
        release: the host's version.

    Returns:
        The group, and the news: "new", "regressed", "unmuted", "escalating", or nothing.
    """
    is_new = group.count == 0
    group = replace(
        group,
        count=group.count + count,
        last_seen=max(group.last_seen, at),
        hours=latest([*group.hours, (int(at // HOUR), count)], HOURS_KEPT),
        minutes=latest([*group.minutes, (int(at // MINUTE), count)], MINUTES_KEPT),
        event=event or group.event,
    )
    if is_new:
        return replace(group, since=group.first_seen), NEW
    return _changed(group, at, release)


def muted(group: ErrorGroup, now: float, until: float, by: str = "") -> ErrorGroup:
    """Mute a group until a time (unix seconds): it is counted, and nothing is posted about it."""
    return replace(_disposed(group, "muted", now, by), muted_until=until, resolved_in=None)


def resolved(group: ErrorGroup, now: float, release: str | None, by: str = "") -> ErrorGroup:
    """Resolve a group; with a release, errors of that release do not reopen it."""
    return replace(_disposed(group, "resolved", now, by), muted_until=None, resolved_in=release)


def reopened(group: ErrorGroup, now: float) -> ErrorGroup:
    """Reopen a muted or resolved group; one in another state stays as it is."""
    if group.state not in DISPOSED:
        return group
    return replace(
        group,
        state="ongoing",
        since=now,
        muted_until=None,
        resolved_in=None,
        changed_by="",
        before=None,
    )


def undone(group: ErrorGroup, at_ms: int) -> ErrorGroup:
    """Undo that a group was muted or resolved; it stays as it is when that is no longer so.

    Args:
        group: as it is now.
        at_ms: unix milliseconds at which it was muted or resolved.
    """
    before = group.before
    if before is None or group.state not in DISPOSED or milliseconds(group.since) != at_ms:
        return group
    return replace(
        group,
        state=before.state,
        since=before.since,
        muted_until=before.muted_until,
        resolved_in=before.resolved_in,
        changed_by=before.changed_by,
        before=None,
    )


def milliseconds(unix_seconds: float) -> int:
    """Write a moment as a whole number, by which an action is told from others."""
    return round(unix_seconds * 1000)


def rate(group: ErrorGroup, now: float) -> float:
    """Return the errors an hour: those of this hour, and of the last one in proportion."""
    hour, fraction = int(now // HOUR), now % HOUR / HOUR
    counts = dict(group.hours)
    return counts.get(hour, 0) + counts.get(hour - 1, 0) * (1 - fraction)


def count_between(group: ErrorGroup, start: float, end: float = math.inf) -> int:
    """Return the errors between two times (unix seconds), to the minute as far as that is kept.

    What is older is spread evenly over its hour.
    """
    if start <= group.first_seen and group.last_seen <= end:
        return group.count
    if group.last_seen < start or end < group.first_seen:
        return 0
    minutes = ((at * MINUTE, many) for at, many in group.minutes)
    total = float(sum(many for at, many in minutes if start < at + MINUTE and at <= end))
    oldest = MINUTE * group.minutes[0][0] if group.minutes else math.inf
    for hour, count in group.hours:
        begin = max(hour * HOUR, group.first_seen)
        stop = min((hour + 1) * HOUR, group.last_seen, oldest)
        rest = count - sum(many for at, many in group.minutes if at * MINUTE // HOUR == hour)
        inside = min(stop, end) - max(begin, start)
        if rest > 0 and inside > 0:
            total += rest * inside / (stop - begin)
    return max(round(total), int(start <= group.last_seen <= end))


def badness(group: ErrorGroup, now: float) -> tuple[int, float]:
    """Return what sorts the worst group first: by its state, then by its rate."""
    return WORST_FIRST.index(group.state), -rate(group, now)


def edit_due(group: ErrorGroup) -> float | None:
    """Return when the group's card is to be edited (unix seconds); None when it is up to date."""
    if not group.posted or group.count == group.reported_count or group.state == "muted":
        return None
    due = max(group.edited + EDIT_INTERVAL, group.last_seen)
    has_more_digits = len(str(group.count)) > len(str(group.reported_count))
    if has_more_digits or due - group.posted < FRESH:
        return due
    return max(group.noted + NOTE_INTERVAL, due) if group.noted else None


def note_due(group: ErrorGroup, now: float) -> bool:
    """Tell whether its post in the forum is due a message: hourly, and at a further digit."""
    has_more_digits = len(str(group.count)) > len(str(group.noted_count))
    return group.count > group.noted_count and (
        has_more_digits or now - group.noted >= NOTE_INTERVAL
    )


def _disposed(group: ErrorGroup, state: str, now: float, by: str) -> ErrorGroup:
    """Enter a state that an admin has chosen, and note who did and what was before."""
    before = Disposition(
        group.state, group.since, group.muted_until, group.resolved_in, group.changed_by
    )
    return replace(group, state=state, since=now, changed_by=by, before=before)


def _changed(group: ErrorGroup, at: float, release: str) -> tuple[ErrorGroup, str]:
    if group.state == "muted":
        if group.muted_until is not None and at < group.muted_until:
            return group, ""
        return replace(group, state="ongoing", since=at, muted_until=None), UNMUTED
    if group.state == "resolved":
        if group.resolved_in is not None and group.resolved_in == release:
            return group, ""
        return replace(group, state="regressed", since=at, resolved_in=None), REGRESSED
    if group.state != "ongoing" and at - group.since >= DAY:
        group = replace(group, state="ongoing", since=at)
    return _escalated(group, int(at // HOUR))


def _escalated(group: ErrorGroup, hour: int) -> tuple[ErrorGroup, str]:
    """Find out whether there are many more errors than in the hours before; once while it lasts."""
    first = max(int(group.first_seen // HOUR), hour - HOURS_KEPT + 1)
    if first == hour:
        return group, ""
    counts = dict(group.hours)
    baseline = sum(counts.get(earlier, 0) for earlier in range(first, hour)) / (hour - first)
    if counts.get(hour, 0) <= max(ESCALATING_FLOOR, ESCALATING_FACTOR * baseline):
        return group, ""
    news = ESCALATING if hour - group.hot_hour > 1 else ""
    return replace(group, hot_hour=hour), news


def latest(counts: Iterable[tuple[int, int]], most: int) -> tuple[tuple[int, int], ...]:
    """Add up counts by their time, and keep those of the latest times, oldest first."""
    totals: dict[int, int] = {}
    for at, count in counts:
        totals[at] = totals.get(at, 0) + count
    return tuple(sorted(totals.items()))[-most:]
