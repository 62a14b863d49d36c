"""What a host hands over is used from the next load on, whatever its bot's attributes are named."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import discord
import pytest

import debugcog
from cogs.debug.app.handover import ATTRIBUTE
from discord_sandbox import Message
from services.debugcog.alerting.rules import rule
from services.debugcog.metrics import MetricsService
from services.debugcog.prometheus.exposition import exposition
from services.debugcog.prometheus.source import Source
from tests.discord_bot import running
from tests.e2e.conftest import Home, Host, registered

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
HANDING_OVER = next(
    block
    for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    if "configure(\n" in block
)


class OwnMetrics:
    """A host's own, which has nothing to do with us."""


class Unloaded(Host):
    async def setup_hook(self) -> None:
        pass


async def loaded(bot: Host) -> None:
    await bot.load_extension("debugcog")
    await registered()


def about(word: str) -> Callable[[Message], bool]:
    return lambda message: word in message.text


async def test_the_service_the_rule_and_the_gauge_that_are_handed_over_make_an_alert(
    home: Home,
) -> None:
    bot = Unloaded()
    names: dict[str, Any] = {
        "bot": bot,
        "debugcog": debugcog,
        "MetricsService": MetricsService,
        "rule": rule,
    }
    exec(HANDING_OVER, names)
    for _ in range(150):
        names["jobs"].put("job")
    metrics = debugcog.metrics_of(bot)
    async with running(bot, home.sandbox):
        await loaded(bot)
        assert bot.cog.runtime.metrics is metrics
        card = await home.alerts.wait_for(about("Jobs"))
        assert "**150 (limit 100)** · started" in card.text
    metrics.close()


async def test_a_bots_own_metrics_and_rules_are_named_once_in_the_log_and_stay(
    home: Home, tmp_path: Path
) -> None:
    bot: Any = Unloaded()
    bot.metrics, bot.alert_rules = own = OwnMetrics(), {"low": 1}
    async with running(bot, home.sandbox):
        await loaded(bot)
        assert (bot.metrics, bot.alert_rules) == own
        assert debugcog.metrics_of(bot) is bot.cog.runtime.metrics
    log = (tmp_path / "logs" / "bot.log").read_text(encoding="utf-8")
    assert re.findall(r"\[WARNING\] debugcog.handover: (.*)", log) == [
        (
            f"bot.metrics is not used, it is of type {__name__}.OwnMetrics: to share a service of "
            "DebugCog, call debugcog.configure(bot, metrics=debugcog.MetricsService())"
        ),
        (
            "bot.alert_rules is not used, it is of type dict and has no rule of DebugCog: to add "
            "rules, call debugcog.configure(bot, rules=[debugcog.rule(...)])"
        ),
    ]


async def test_what_configure_was_given_wins_over_the_bots_attributes(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    bot: Any = Unloaded()
    bot.metrics, bot.alert_rules = OwnMetrics(), [rule("left", lambda _: 1.0, warning=9)]
    ours = MetricsService()
    debugcog.configure(bot, metrics=ours, rules=[rule("right", lambda _: 1.0, warning=9)])
    async with running(bot, home.sandbox):
        await loaded(bot)
        names = {one.name for one in bot.cog.runtime.alerting.service.configured}
        assert bot.cog.runtime.metrics is ours
        assert names >= {"right", "memory"}
        assert "left" not in names
    assert "debugcog.handover" not in {record.name for record in caplog.records}
    ours.record("tokens_input", 5)  # not closed by the unload
    assert ours.get_stats()["tokens_input"] == 5
    ours.close()


async def test_the_service_in_use_is_reached_while_the_cog_is_loaded_and_nothing_fails_else(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    bot = Unloaded()
    debugcog.metrics_of(bot).increment("api_calls")
    debugcog.metrics_of(bot).increment("api_calls")
    async with running(bot, home.sandbox):
        await loaded(bot)
        debugcog.metrics_of(bot).increment("api_calls")
        assert bot.cog.runtime.metrics.get_stats()["api_calls"] == 1
        await bot.reload_extension("debugcog")
        debugcog.metrics_of(bot).increment("api_calls")
        assert bot.cog.runtime.metrics.get_stats()["api_calls"] == 2  # since the process started
        await bot.unload_extension("debugcog")
        debugcog.metrics_of(bot).increment("api_calls")
        assert debugcog.metrics_of(bot).get_stats()["api_calls"] == 0
    told = [record.getMessage() for record in caplog.records if "ignored" in record.getMessage()]
    assert told == ["Values are ignored: metrics_of() was called while DebugCog is not loaded"]


async def test_a_reload_lets_no_total_of_the_cogs_own_service_fall(home: Home) -> None:
    """Prometheus takes a counter that falls for a restart of the process."""
    bot = Unloaded()
    async with running(bot, home.sandbox):
        await loaded(bot)
        for _ in range(3):
            metrics = debugcog.metrics_of(bot)
            metrics.record("total_response_time", 700, command="ask")
            metrics.increment("messages_processed", 2)
            metrics.record("Bad Name", 1)
            await bot.reload_extension("debugcog")
        source = Source(metrics=debugcog.metrics_of(bot), process="one")
        lines = exposition(source, "")[0].decode().splitlines()
    labels = 'command="ask",process="one"'
    assert 'discord_bot_response_seconds_bucket{command="ask",le="1",process="one"} 3' in lines
    assert 'discord_bot_response_seconds_bucket{command="ask",le="0.5",process="one"} 0' in lines
    assert f"discord_bot_response_seconds_count{{{labels}}} 3" in lines
    assert f"discord_bot_response_seconds_sum{{{labels}}} 2.1" in lines
    assert 'discord_bot_messages_processed_total{process="one"} 6.0' in lines
    assert 'discord_bot_values_refused_total{process="one"} 3' in lines


async def test_gauges_are_read_while_the_cog_is_loaded_and_from_the_next_load_on(
    home: Home,
) -> None:
    bot = Unloaded()
    shared = MetricsService()
    async with running(bot, home.sandbox):
        await loaded(bot)
        debugcog.configure(bot, metrics=shared, gauges={"queue_length": lambda: 7})
        assert shared.summary("queue_length").count == 0
        await bot.reload_extension("debugcog")
        assert set(shared.gauges._reads) == {"queue_length"}
        await bot.unload_extension("debugcog")
        assert set(shared.gauges._reads) == set()
    shared.close()


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (
            {"metrics": OwnMetrics()},
            f"metrics is of type {__name__}.OwnMetrics, not a debugcog.MetricsService",
        ),
        (
            {"rules": rule("queue", gauge="queue", warning=1)},
            (
                "rules is of type services.debugcog.alerting.rules.Rule: give a list of "
                "debugcog.rule(...)"
            ),
        ),
        ({"rules": 5}, "rules is of type int: give a list of debugcog.rule(...)"),
        ({"rules": ["queue"]}, "'queue' in rules is no rule: make it with debugcog.rule(...)"),
        (
            {"gauges": {"queue": 5}},
            "gauge queue is no plain function: give one that returns a number",
        ),
        (
            {"gauges": {"Queue": len}},
            (
                "metric name 'Queue' is not allowed: start with a lower-case letter, go on with "
                "lower-case letters, digits and underscores, 64 at most"
            ),
        ),
    ],
)
def test_what_cannot_be_used_is_refused_at_once_and_changes_nothing(
    given: dict[str, Any], problem: str
) -> None:
    bot = discord.Client(intents=discord.Intents.none())
    with pytest.raises((TypeError, ValueError)) as caught:
        debugcog.configure(bot, **given)
    assert str(caught.value) == problem
    assert not hasattr(bot, ATTRIBUTE)


class Sulking(Unloaded):
    @property
    def metrics(self) -> object:
        raise RuntimeError("not before the login")


async def test_a_property_of_the_bot_that_raises_is_no_hindrance(home: Home) -> None:
    async with running(Sulking(), home.sandbox) as bot:
        await loaded(bot)
        assert sorted(bot.cogs) == ["DebugCog"]
