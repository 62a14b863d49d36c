"""Outcome of an attempt → line of the local log, where one is worth it."""

from __future__ import annotations

from services.debugcog.guard import own_logger
from services.debugcog.outbox.dispatch import Claim
from services.debugcog.outbox.outcomes import Action, Result

log = own_logger("debugcog.delivery")


def write(job: Claim, result: Result, action: Action) -> None:
    """Tell what Discord does not take, once for each row and form, and what it took later."""
    if action.state == "dead":
        log.error("Alert refused by Discord: %s (%s)", job.title, result.detail)
    elif action.state == "sent":
        if job.attempts > 1:
            log.warning("Alert sent at attempt %d: %s", job.attempts, job.title)
    elif job.attempts == 1 or action.lower:
        log.warning(
            "Alert not sent yet, it is tried again: %s, %s (%s)",
            *(job.title, result.outcome.value, result.detail),
        )
