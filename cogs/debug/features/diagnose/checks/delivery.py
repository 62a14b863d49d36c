"""Check: whether alerts and error reports arrive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.debugcog.diagnosis.findings import Finding, critical, warning
from services.debugcog.outbox.records import Condition
from services.debugcog.units import duration
from services.debugcog.wording import counted

FIX = "`/debug alerts` says more, and sends a test alert."


def delivery(condition: Condition | None, troubles: Sequence[str]) -> Iterator[Finding]:
    """Look at the channel, at what waits, and at what keeps alerts from being made.

    Args:
        condition: None without a channel for alerts.
        troubles: what keeps alerts from being made or kept, in sentences.
    """
    if condition is None:
        fix = "Set `ALERT_CHANNEL_ID`, and restart the bot."
        yield warning("No channel for alerts is set", "nothing is posted", fix=fix)
    elif condition.refusal is not None and condition.reopens is not None:
        text = f"the channel {condition.channel_id} refuses the bot: {condition.refusal.value}"
        yield critical("Alerts do not arrive", text, fix=FIX)
    elif condition.failing is not None:
        yield critical("Discord does not take posts", _backlog(condition), fix=FIX)
    if condition is not None and condition.backlog.dead:
        dead = counted(condition.backlog.dead, "post")
        text = f"{dead} given up in the last day: {condition.backlog.dead_reason}"
        yield warning("Posts were given up", text, fix=FIX)
    if troubles:
        yield warning("Alerts have trouble", *troubles, fix=FIX)


def _backlog(condition: Condition) -> str:
    waiting = counted(condition.backlog.waiting, "post")
    wait = f", next attempt in {duration(condition.wait)}" if condition.wait else ""
    return f"{waiting} waiting{wait}"
