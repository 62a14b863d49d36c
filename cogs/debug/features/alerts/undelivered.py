"""Delivery Condition → what waits or was given up, since when, why, and when it is tried again."""

from __future__ import annotations

from cogs.debug.ui.escaping import inline
from cogs.debug.ui.times import ago, at
from services.debugcog.outbox.outcomes import REFUSING, Outcome
from services.debugcog.outbox.records import Backlog, Condition
from services.debugcog.wording import counted

FIXES = {
    Outcome.UNREACHABLE: "Discord cannot be reached; it is tried again until it can.",
    Outcome.UNSURE: "Discord gives no good answer; it is tried again until it does.",
    Outcome.LIMITED: "Discord asks to wait; it goes on by itself.",
    Outcome.BANNED: "Discord refuses the bot's requests: look at its token, and its address.",
    Outcome.FOREIGN: "It is tried again until Discord itself answers.",
    Outcome.TOO_LARGE: "A shorter form is tried, and again until Discord itself answers.",
    Outcome.UNBUILT: "An error of ours keeps a post back, and the log says which; it stays queued.",
}
IN_BETWEEN = (Outcome.FOREIGN, Outcome.TOO_LARGE)
REFUSALS = (
    *REFUSING,
    Outcome.LIMITED,
    Outcome.EDIT_LIMITED,
    Outcome.BANNED,
    Outcome.REFUSED,
    Outcome.ARCHIVED,
    Outcome.NO_ROOM,
)
"""What only Discord says."""


def failure(condition: Condition) -> str:
    """Say what keeps posts back that are tried again and again; empty when nothing does."""
    fix = FIXES.get(condition.last) if condition.last else None
    if fix is None or not condition.backlog.waiting:
        return ""
    if condition.last in IN_BETWEEN and condition.failing:
        said = inline(condition.failing.detail, 120)
        fix = f"Something between us and Discord answers: {said}. {fix}"
    since = f" Since {ago(condition.failing.since)}." if condition.failing else ""
    again = f" Next try {ago(condition.next_try)}." if condition.next_try else ""
    return f"{fix}{since}{again}"


def waiting(condition: Condition) -> str:
    """Say what waits; empty when nothing does."""
    backlog = condition.backlog
    if not backlog.waiting:
        return ""
    since = f" since {at(backlog.oldest)}" if backlog.oldest else ""
    limit = f" (limit: 10 per 10 min; next {ago(backlog.capped_until)})"
    held = limit if backlog.capped_until else ""
    return (
        f"{counted(backlog.waiting, 'post')} queued{since}{held}.{_reason(backlog, condition.last)}"
    )


def last_word(reason: str, last: Outcome | None) -> str:
    """Tell what an attempt was answered, and by whom."""
    if last in IN_BETWEEN:
        return f"What answered said {inline(reason, 200)}."
    if last in REFUSALS:
        return f"Discord said {inline(reason, 200)}."
    return f"The last attempt ended with {inline(reason, 200)}."


def _reason(backlog: Backlog, last: Outcome | None) -> str:
    told = not backlog.reason or last in IN_BETWEEN
    return "" if told else f" {last_word(backlog.reason, last)}"
