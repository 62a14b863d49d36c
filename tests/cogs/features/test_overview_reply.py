from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from cogs.debug.features.overview.actions import ShowOverview
from cogs.debug.features.overview.reply import overview_reply
from cogs.debug.ui.reply import DESCRIPTION_MAX, EMBEDS_TOTAL_MAX, Button, Colour, Menu
from services.debugcog.alerting.rules import Severity
from services.debugcog.answers.figure import Figure
from services.debugcog.answers.health import Health, Reason
from services.debugcog.answers.overview import OverviewAnswer, overview
from services.debugcog.answers.overview_picture import overview_picture
from services.debugcog.answers.traffic import ActiveUsers
from services.debugcog.outbox.records import Backlog, Condition
from services.debugcog.process.own_cost import OwnCost
from tests.services.answers.test_health import Vitals
from tests.services.answers.test_traffic import People
from tests.services.answers.world import RULES, START, World, published, reading, world


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as made:
        yield made


async def asked(bot: World, **told: object) -> OverviewAnswer:
    return await overview(bot.sources, published(**told), "1h")


def fields(bot: World, answer: OverviewAnswer) -> dict[str, str]:
    (embed,) = overview_reply(answer, overview_picture(bot.sources, answer, "Testbot")).embeds
    assert len(embed) <= EMBEDS_TOTAL_MAX
    return {str(field.name): str(field.value) for field in embed.fields}


async def test_a_busy_bot_in_one_glance(bot: World) -> None:
    async def condition() -> Condition:
        return Condition(1, 1, None, 0.0, None, Backlog(waiting=0))

    bot.sources = replace(
        bot.sources,
        activity=People(),
        vitals=Vitals(left=998, invalid=3),
        delivery=condition,
        cost=lambda: OwnCost(200.0, 1.0, 0.5, 9.5),
    )
    values = {"total_response_time": 4000.0, "memory_usage_mb": 512.0, "cpu_percent": 12.5}
    bot.run(600, step=10, messages_processed=2, errors=1, gateway_latency_ms=42.0, **values)
    rules = {**RULES, "response_time": reading("response_time", 4000.0)}

    assert fields(bot, await asked(bot, rules=rules)) == {
        "People": "**10** active users\n**120** messages per hour",
        "Response time ⚠️": "avg **4 s**\np95 4 s",
        "Errors": "**50%** of messages\n60 in all",
        "Memory and CPU": "**512 MB**\nCPU 12.5%",
        "Event loop": "lag p99 **2 ms**\n0 stalls",
        "Gateway": "**42 ms**, connected\n3 servers",
        "Discord's limits ✅": (
            "**998** of 1,000 session starts left\n**3** of 10,000 invalid requests"
        ),
        "Alert delivery": "**all sent**",
        "This run": "up **10 min**\nno crash since yesterday",
        "The cog itself": "**0.75%** of a CPU, 0.25% on the loop\n+9.5 MB while it started",
    }


async def test_a_new_bot_has_dashes_and_says_what_is_not_set(bot: World) -> None:
    shown = fields(bot, await asked(bot))

    assert shown["Alert delivery"] == "no channel: `ALERT_CHANNEL_ID`"
    assert shown["The cog itself"] == "not reported by the system"
    assert shown["People"] == "**–** active users\n**–** messages per hour"  # noqa: RUF001 - dashes


async def test_one_user_is_one_user(bot: World) -> None:
    answer = await asked(bot)
    users = ActiveUsers(Figure(1), Figure(2))
    one = replace(answer, tiles=replace(answer.tiles, active_users=users))
    assert fields(bot, one)["People"].startswith("**1** active user (yesterday 2)\n")


async def test_the_health_comes_first_and_its_reasons_the_worst_first(bot: World) -> None:
    reasons = (
        Reason(Severity.CRITICAL, "Queue **of** @everyone", START - 60),
        Reason(Severity.WARNING, "Rule `queue` fails", has_code=True),
    )
    health = Health(Severity.CRITICAL, "In trouble: Queue **of** @everyone, and 1 more.", reasons)
    answer = replace(await asked(bot), health=health)

    (embed,) = overview_reply(answer, overview_picture(bot.sources, answer, "")).embeds

    assert embed.description == (
        "🔴 **In trouble: Queue \\*\\*of\\*\\* @\u200beveryone, and 1 more.**\n"
        "🔴 Queue \\*\\*of\\*\\* @\u200beveryone · <t:1799999940:R>\n"
        "⚠️ Rule `queue` fails\n"
        "→ `/debug alerts`, `/debug diagnose`"
    )
    assert embed.colour is not None
    assert embed.colour.value == Colour.CRITICAL.value


async def test_a_hundred_long_reasons_fit_and_the_rest_is_counted(bot: World) -> None:
    reasons = (Reason(Severity.WARNING, "*" * 5000, START, has_code=False),) * 100
    health = Health(Severity.WARNING, "Needs a look: " + "`" * 5000, reasons)
    answer = replace(await asked(bot), health=health)

    (embed,) = overview_reply(answer, overview_picture(bot.sources, answer, "x" * 500)).embeds

    assert len(embed.description or "") <= DESCRIPTION_MAX
    assert "and 94 more: `/debug alerts`\n" in (embed.description or "")
    assert len(embed) <= EMBEDS_TOTAL_MAX


async def test_the_window_is_chosen_in_place_and_refreshed(bot: World) -> None:
    answer = await overview(bot.sources, published(), "24h")

    reply = overview_reply(answer, overview_picture(bot.sources, answer, ""))
    menu, refresh = reply.controls

    assert reply.embeds[0].title == "Overview · last 24 hours"
    assert isinstance(menu, Menu)
    assert isinstance(refresh, Button)
    assert [one.label for one in menu.options if one.chosen] == ["Last 24 hours"]
    assert refresh.action == ShowOverview("24h")
