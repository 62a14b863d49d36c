"""Two processes of a bot, scraped by the real Prometheus and VictoriaMetrics with our files."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import aiohttp
import pytest

from discord_sandbox import Sandbox
from services.debugcog.alerting.default_rules import default_rules
from services.debugcog.alerting.reads import Signal
from services.debugcog.alerting.rule_status import RuleStatus
from services.debugcog.alerting.rules import Severity, rule
from services.debugcog.alerting.states import SeverityState
from services.debugcog.metrics import MetricsService
from services.debugcog.prometheus.promql import expressions
from services.debugcog.prometheus.rule_file import rule_file
from services.debugcog.prometheus.source import Source
from services.debugcog.settings import Settings
from tests.discord_sandbox.parts import Rest
from tests.monitoring import Engine, alertmanager, needs, prometheus, until, victoria_metrics
from tests.scraped import TOKEN, scraped

DEPLOY = Path(__file__).parents[2] / "deploy"
SCALE = 0.02
"""A window of five minutes is six seconds here, and two minutes of breach are 2.4 seconds."""
EVERY = 0.1
"""Seconds between two lots of values."""

pytestmark = [pytest.mark.thorough, pytest.mark.timeout(150)]


@dataclass(frozen=True)
class Shard:
    """One that is connected, and one that has been down for long."""

    id: int
    latency_ms: float | None
    down_seconds: float | None


def statuses(*, well: bool) -> list[RuleStatus]:
    """Say how the rules stand, and one that the host has added."""
    own = rule("queue", gauge="queue_length", warning=100)
    severity = Severity.OK if well else Severity.WARNING
    return [
        RuleStatus(one, one, Signal(0.0), SeverityState(severity=severity))
        for one in (*default_rules(Settings()), own)
    ]


class Bot:
    """A process of a bot: one that is well, or one in which everything that is watched is bad."""

    def __init__(self, name: str, *, well: bool) -> None:
        self.metrics = MetricsService()
        self.source = Source(
            metrics=self.metrics,
            process=name,
            release="1.2.0",
            rules=lambda: statuses(well=well),
            shards=lambda: (Shard(0, 45.0, None), Shard(1, None, 400.0)),
            active_users=lambda: 12,
            guilds=lambda: 3,
        )
        self.well = well

    def live(self) -> None:
        """Record what comes in a tenth of a second."""
        metrics, well = self.metrics, self.well
        for name, good, bad in (
            ("total_response_time", 900, 6000),
            ("command", 300, 4000),
            ("memory_usage_mb", 300, 2200),
            ("event_loop_lag_ms", 2, 4000),
            ("gateway_down_seconds", 0, 400),
            ("gateway_latency_ms", 45, 900),
            ("cpu_percent", 5, 90),
            ("process_start_time_seconds", 1_800_000_000, 1_800_000_000),
        ):
            metrics.record(name, good if well else bad)
        model = {"model": "small", "provider": "own"}
        metrics.record("llm_generation", 700, **model)
        metrics.record("llm_time_to_first_token", 150, **model)
        metrics.record("tokens_input", 1800 if well else 6000, **model)
        metrics.record("tokens_output", 250, **model)
        metrics.record("llm_cost", 0.002, **model)
        metrics.increment("messages_processed", 20)
        metrics.increment("errors_captured", 0 if well else 2)
        metrics.increment("cache_hits", 3)
        metrics.increment("cache_misses", 1)


@contextlib.asynccontextmanager
async def living(*bots: Bot) -> AsyncIterator[None]:
    """Let bots live for as long as the block lasts."""

    async def live() -> None:
        while True:
            for bot in bots:
                bot.live()
            await asyncio.sleep(EVERY)

    task = asyncio.create_task(live())
    try:
        yield
    finally:
        task.cancel()
        for bot in bots:
            bot.metrics.close()


def config(addresses: list[str], alerts: str = "") -> str:
    """Return our prometheus.yml, for these addresses and in a hurry."""
    text = (DEPLOY / "prometheus.yml").read_text()
    for pattern, new in (
        (r"_interval: 15s", "_interval: 500ms"),
        (r'"localhost:5000"', ", ".join(f'"{address}"' for address in addresses)),
        (r"localhost:9093", alerts or "localhost:9093"),
    ):
        text, count = re.subn(pattern, new, text)
        assert count, pattern
    return text


def rules() -> str:
    settings = Settings(alert_time_scale=SCALE, metrics_collection_interval=2.0)
    text = rule_file(default_rules(settings), scale=SCALE)
    return re.sub(r"interval: 1s", "interval: 500ms", text)


def recorded() -> dict[str, str]:
    """Return what our rules record, with names that are recorded before put in full."""
    found: dict[str, str] = {}
    for one in default_rules(Settings()):
        for name, expression in expressions(one).records:
            for earlier, full in found.items():
                expression = expression.replace(earlier, f"({full})")
            found[name] = expression
    return found


def of_the_board() -> Iterator[tuple[str, str]]:
    """Yield title and expression of each query of the board, with its variables filled in."""
    dashboard = json.loads((DEPLOY / "grafana.json").read_text())
    queries = [
        (panel["title"], target["expr"])
        for panel in dashboard["panels"]
        for target in panel.get("targets", ())
    ]
    queries += [(note["name"], note["expr"]) for note in dashboard["annotations"]["list"]]
    for title, expression in queries:
        for name, value in (("job", ".*"), ("process", ".*"), ("__rate_interval", "1m")):
            expression = expression.replace(f"${name}", value)
        assert "$" not in expression
        yield title, expression


async def processes(engine: Engine, expression: str) -> set[str]:
    """Return the processes that an expression has a number for; one without that label counts."""
    found = await engine.query(expression)
    return {one["metric"].get("process", "all") for one in found if one["value"][1] != "NaN"}


async def test_every_expression_has_data_in_both_engines(tmp_path: Path) -> None:
    needs("prometheus", "victoria-metrics")
    well, ill = Bot("well", well=True), Bot("ill", well=False)
    (tmp_path / "debugcog-token").write_text(TOKEN)
    (tmp_path / "rules.yml").write_text((DEPLOY / "rules.yml").read_text())
    async with contextlib.AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        await stack.enter_async_context(living(well, ill))
        addresses = [stack.enter_context(scraped(bot.source)) for bot in (well, ill)]
        scrape = config(addresses)
        engines = [
            await stack.enter_async_context(prometheus(tmp_path, session, scrape)),
            await stack.enter_async_context(victoria_metrics(tmp_path, session, scrape)),
        ]
        for engine in engines:
            for name, expression in recorded().items():
                who = await until(
                    partial(_both, engine, expression), f"{name} in {engine.name}: {expression}"
                )
                assert who == {"well", "ill"}
            for title, expression in of_the_board():
                await until(
                    partial(processes, engine, expression),
                    f"{title} in {engine.name}: {expression}",
                )


async def _both(engine: Engine, expression: str) -> set[str]:
    found = await processes(engine, expression)
    return found if len(found) == 2 else set()


RULES = ("ResponseTime", "Tokens", "Memory", "ErrorRate", "EventLoop", "Gateway")


async def test_breaches_fire_and_reach_discord_through_alertmanager(tmp_path: Path) -> None:
    needs("prometheus", "prometheus-alertmanager")
    ill = Bot("ill", well=False)
    (tmp_path / "debugcog-token").write_text(TOKEN)
    (tmp_path / "rules.yml").write_text(rules())
    async with contextlib.AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(Sandbox(rate_limits=False))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        channel = sandbox.add_guild("Home").add_text_channel("alerts")
        await stack.enter_async_context(living(ill))
        addresses = [stack.enter_context(scraped(ill.source)), "127.0.0.1:9"]
        hook = await Rest(sandbox, session)(
            "POST", f"/channels/{channel.id}/webhooks", {"name": "Alerts"}
        )
        url = f"{sandbox.api_base}/webhooks/{hook.body['id']}/{hook.body['token']}"
        alerts = await stack.enter_async_context(alertmanager(tmp_path, receiver(url)))
        engine = await stack.enter_async_context(
            prometheus(tmp_path, session, config(addresses, alerts))
        )

        async def firing() -> bool:
            found = await engine.query('ALERTS{alertstate="firing"}')
            return {_alert(one["metric"]) for one in found} == {
                *((f"DiscordBot{name}", "warning", "ill") for name in RULES),
                *((f"DiscordBot{name}", "critical", "ill") for name in RULES),
                ("DiscordBotOwnRule", "warning", "ill"),
                ("DiscordBotDown", "critical", ""),
            }

        def titles() -> list[str]:
            return [embed["title"] for message in channel.messages for embed in message.embeds]

        async def told() -> bool:
            return sorted(titles()) == sorted(
                (
                    *(f"CRITICAL: DiscordBot{name}" for name in RULES),
                    "CRITICAL: DiscordBotDown",
                    "WARNING: DiscordBotOwnRule",
                )
            )

        await until(firing, "all alerts")
        await until(told, "one message for each rule, its warning inhibited by its critical alert")
        texts = [embed["description"] for message in channel.messages for embed in message.embeds]
        assert "Response time of ill: 6s\nAverage over 6 s (needs 10 samples)" in texts

        async def ended() -> bool:
            return "RESOLVED: DiscordBotGateway" in titles()

        ill.well = True
        await until(ended, "the end of a breach")


def receiver(url: str) -> str:
    """Return our alertmanager.yml, for this webhook and in a hurry."""
    text = (DEPLOY / "alertmanager.yml").read_text()
    for pattern, new in (
        (r"group_wait: 10s", "group_wait: 1s"),
        (r"group_interval: 1m", "group_interval: 1s"),
        (r"https://discord.com/api/webhooks/ID/TOKEN", url),
    ):
        text, count = re.subn(pattern, new, text)
        assert count == 1, pattern
    return text


def _alert(labels: dict[str, str]) -> tuple[str, str, str]:
    return labels["alertname"], labels["severity"], labels.get("process", "")
