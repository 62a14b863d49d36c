"""Alerts, Discord client and asyncio → Published, on the bot's thread."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from services.debugcog.alerting.alert_service import AlertService
from services.debugcog.answers.published import Published

if TYPE_CHECKING:
    from services.debugcog.answers.published import BotState

COMPLETE_SECONDS = 30.0
"""Until then some of it is as it was read last: counting tasks costs what there are."""


def take(
    alerts: AlertService,
    bot: BotState,
    troubles: Callable[[], list[str]],
    last: Published | None = None,
) -> Published:
    """Read what is published.

    Args:
        alerts: knows rules and incidents.
        bot: knows the Discord client.
        troubles: lists what keeps alerts from being made or kept.
        last: what was published last, for what costs too much to be read each second; None reads
            all of it anew.
    """
    now = time.monotonic()
    if last is not None and now - last.complete_at >= COMPLETE_SECONDS:
        last = None
    statuses = alerts.rule_statuses() if last is None else alerts.recent_statuses()
    return Published(
        taken_at=time.time(),
        heartbeat=now,
        complete_at=now if last is None else last.complete_at,
        name=bot.name(),
        rules={one.rule.name: one for one in statuses},
        incidents=(incidents := alerts.open),
        shards=bot.shards(),
        guilds=bot.guilds(),
        tasks=len(asyncio.all_tasks()) if last is None else last.tasks,
        troubles=tuple(troubles()),
        shard_ids=bot.shard_ids(),
        people={one.acked_by: bot.person(one.acked_by) for one in incidents if one.acked},
    )
