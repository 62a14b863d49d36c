"""Delivery Condition → in a few words, that something cannot go out."""

from __future__ import annotations

from services.debugcog.outbox.records import Condition
from services.debugcog.wording import counted

LATE_SECONDS = 10.0
"""A post that has waited for less is on its way."""


def summary(condition: Condition | None, now: float) -> str:
    """Say in a few words that something cannot go out; empty when all can.

    Args:
        condition: None without a channel.
        now: unix seconds.
    """
    if condition is None:
        return "nothing can be posted"
    stuck = condition.backlog.dead
    if _is_late(condition, now):
        stuck += condition.backlog.waiting
    if stuck:
        return f"{counted(stuck, 'post')} not delivered"
    return "" if condition.target is not None else "nothing can be posted now"


def _is_late(condition: Condition, now: float) -> bool:
    oldest = condition.backlog.oldest
    return oldest is not None and now - oldest >= LATE_SECONDS
