"""Incident and event → the sentence of its notification, in plain text.

A phone shows the text of a message and nothing of its embeds, and it shows Discord's own timestamps
as they are typed. So the sentence has all that matters, and its time is in UTC, with the day unless
that is today's when it is sent.
"""

from __future__ import annotations

from collections.abc import Sequence

from services.debugcog.alerting.crash import Crash
from services.debugcog.alerting.incidents import Incident
from services.debugcog.alerting.rules import CRASH_LOOP, DATA_MISSING, Severity
from services.debugcog.units import apart, duration, human, utc_moment
from services.debugcog.wording import clip, counted

TITLE_MAX = 80
CAUSE_MAX = 120
REASON_MAX = 80
LEADS = {
    "escalated": "Now {severity}: ",
    "reopened": "Back again: ",
    "reminder": "Still {severity}: ",
}


def sentence(incident: Incident, event: str, now: float) -> str:
    """Say how bad it is, what it is, how much and since when; or that it is over.

    Args:
        incident: as it stands.
        event: of its ``Notice``.
        now: unix seconds at which it is sent.
    """
    return f"{_mark(incident)} {_statement(incident, event, now)}"


def headline(incident: Incident, event: str) -> str:
    """Return the sentence with number and peak severity, for where nothing else is shown.

    They come first, so that they stay where the end is cut off. It is stored, and may be sent days
    later.
    """
    is_peak = incident.open and incident.severity is incident.peak
    peak = incident.peak.word if is_peak else f"was {incident.peak.word}"
    return f"{_mark(incident)} #{incident.id} {peak} · {_statement(incident, event, None)}"


def value_text(incident: Incident) -> str:
    """Write an incident's value with its limit: ``5.4 s (limit 5 s)``; empty where it has none."""
    if incident.threshold is None or not _has_limit(incident):
        return _value(incident)
    value, limit = apart(incident.value, incident.threshold, incident.unit)
    if not incident.open or incident.value >= incident.threshold:
        return f"{value} (limit {limit})"
    return f"{value} (limit {limit}{_why_on(incident)})"


def separator(incident: Incident) -> str:
    """Return what stands between its title and its value, which it may not have."""
    if _has_limit(incident):
        return " "
    return "" if incident.rule.startswith(DATA_MISSING) else ": "


def log_text(incident: Incident) -> str:
    """Write what it is and its value, as a line of the log has it: ``Memory is 1.56 GB``."""
    is_value = " is " if _has_limit(incident) else separator(incident)
    return f"{incident.title}{is_value}{_value(incident)}"


def _has_limit(incident: Incident) -> bool:
    """Tell whether its value is one to be held against its limit."""
    known = not incident.stale and incident.rule != CRASH_LOOP
    return known and not incident.rule.startswith(DATA_MISSING)


def _value(incident: Incident) -> str:
    if incident.rule.startswith(DATA_MISSING):
        return ""
    if incident.rule == CRASH_LOOP:
        return f"{counted(round(incident.value), 'crash', 'crashes')}{_last_cause(incident)}"
    value = human(incident.value, incident.unit)
    if incident.stale:
        return f"no {'traffic' if incident.idle else 'value'} (last {value})"
    return value


def _last_cause(incident: Incident) -> str:
    """Say what the last of some crashes died of, or all of them."""
    if not incident.died_of or not incident.died_of[0]:
        return ""
    which = ", each: " if len(set(incident.died_of)) == 1 else ", the last: "
    return f"{which}{clip(incident.died_of[0], CAUSE_MAX)}"


def _why_on(incident: Incident) -> str:
    """Say what it waits for below its limit."""
    if incident.ends_below is None or incident.flaps:  # while it flaps, no level is left so soon
        return ""
    for_long = f"after {duration(incident.ends_after)} " if incident.ends_after else ""
    _, clear = apart(incident.value, incident.ends_below, incident.unit)
    return f"; {incident.severity.word} ends {for_long}below {clear}"


def lasted(incident: Incident) -> str:
    """Write how long an incident has lasted that is over."""
    return duration(lasted_seconds(incident))


def lasted_seconds(incident: Incident) -> float:
    """Return how long an incident has lasted that is over."""
    if incident.lasted is not None:
        return incident.lasted
    end = incident.opened if incident.ended is None else incident.ended
    return max(0.0, end - incident.since)


def crash_sentence(crash: Crash, now: float | None = None) -> str:
    """Say that the bot crashed, of what, how long it was away, and since when it is back.

    Args:
        crash: with what is known of it.
        now: unix seconds at which it is sent; None to store it.
    """
    cause = f": {clip(crash.cause, CAUSE_MAX)}" if crash.cause else ""
    back = utc_moment(crash.last_beat + crash.down, now)
    memory = ""
    if crash.memory_mb is not None and "out of memory" not in cause:
        memory = f" · last memory {human(crash.memory_mb, 'MB')}"
    return f"🔴 Crashed{cause}, was down {duration(crash.down)}, back since {back}{memory}"


def digest_sentence(titles: Sequence[str], reason: str) -> str:
    """Say how many posts were held back, what the last attempt ended with, and name the first.

    Args:
        titles: of the posts.
        reason: of the last attempt; empty where there was none.
    """
    why = f" (last attempt: {clip(reason, REASON_MAX)})" if reason else ""
    first = f" · first: {titles[0].rstrip(' ·')}" if titles else ""
    return f"📨 {counted(len(titles), 'message')} held back{why}{first}"


TEST = "🔔 Test alert: alerts reach this channel"
"""The sentence of a test alert."""


def _mark(incident: Incident) -> str:
    return (incident.severity if incident.open else Severity.OK).mark


def _statement(incident: Incident, event: str, now: float | None) -> str:
    if not incident.open:
        return f"Resolved: {_title(incident)}{_end(incident)}"
    lead = LEADS.get(event, "").format(severity=incident.severity.word)
    since = utc_moment(incident.since, now)
    recovering = ", recovering" if incident.state == "recovering" else ""
    return f"{lead}{_title(incident)}{_reading(incident)}, since {since}{recovering}"


def _reading(incident: Incident) -> str:
    return f"{separator(incident)}{value_text(incident)}"


def _end(incident: Incident) -> str:
    why = "" if incident.reason in ("", "recovered") else f" ({incident.reason})"
    return f"{why} · lasted {lasted(incident)}"


def _title(incident: Incident) -> str:
    title = " ".join(incident.title.encode(errors="replace").decode().split())
    return clip(title, TITLE_MAX)
