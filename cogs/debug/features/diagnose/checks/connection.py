"""Check: shards that are away, and connections that Discord refused for a reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.debugcog.alerting.rules import Severity
from services.debugcog.answers.gateway import DisconnectRow
from services.debugcog.answers.gateway_verdict import Verdict
from services.debugcog.answers.published import Shard
from services.debugcog.diagnosis.findings import Finding, critical, warning
from services.debugcog.units import duration
from services.debugcog.wording import counted

AWAY_SECONDS = 60.0
OFTEN = 10
"""Lost connections in a day from which that is told; Discord itself asks for some."""


def connection(
    shards: Sequence[Shard], rows: Sequence[DisconnectRow], verdict: Verdict
) -> Iterator[Finding]:
    """Look at the gateway.

    Args:
        shards: as they are now.
        rows: connections lost in the last day.
        verdict: on the last 15 minutes.
    """
    away = [one for one in shards if (one.down_seconds or 0.0) >= AWAY_SECONDS]
    if away:
        longest = duration(max(one.down_seconds or 0.0 for one in away))
        what = f"{counted(len(away), 'shard')} of {len(shards)}, the longest for {longest}"
        yield critical("The bot is not connected", what, fix="See `/debug gateway`.")
    for row in rows:
        if row.fatal:
            text = f"{row.text} ({row.code}), {counted(row.count, 'time')}"
            yield critical("Discord refuses the bot's connection", text, fix=row.fix)
        elif row.fix and row.count >= OFTEN:
            text = f"{row.text}, {counted(row.count, 'time')} in the last day"
            yield warning("The connection is lost often", text, fix=row.fix)
    if verdict.side != "none":
        whose = {"discord": "Discord", "bot": "the bot", "both": "the bot or Discord"}[verdict.side]
        fix = "See `/debug gateway`; discordstatus.com tells of Discord's own trouble."
        yield Finding(Severity.WARNING, f"Trouble that looks like {whose}", verdict.evidence, fix)
