"""A host whose rules, gauges and objects raise or hang is told of it, and closes in time."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from discord.ext import commands

from services.debugcog.alerting.rules import rule
from services.debugcog.metrics import MetricsService
from tests.discord_bot import running
from tests.e2e.conftest import Home, Host, registered
from tests.hostile import Mute, Stuck, StuckError, raising

SECONDS = 30.0
"""Far more than the two seconds that it may take; what hangs would hang for ever."""


class Failing(Host):
    """A host whose rule and gauge look at what was cancelled, among others that are well."""

    def __init__(self) -> None:
        super().__init__()
        self.metrics = MetricsService()
        self.alert_rules: Any = [
            rule("job", raising(asyncio.CancelledError()), warning=5, title="Half a \ud83d"),
            rule("mute", raising(Mute("model")), warning=5),
            rule("good", lambda _: 9.0, warning=5, for_seconds=0.1, title="Good rule"),
        ]
        self.metrics.gauge("stopped", raising(SystemExit(1)))


async def test_what_of_the_host_fails_is_told_and_the_rest_goes_on(home: Home) -> None:
    async with running(Failing(), home.sandbox) as host:
        await home.alerts.wait_for(lambda it: "Good rule" in it.text)
        run = await home.sandbox.run_command(home.owner, home.channel, "debug alerts")
        await run.wait(lambda run: run.message and run.message.embeds)
        host.metrics.close()
    assert run.message
    (delivery,) = (
        field["value"] for field in run.message.embeds[0]["fields"] if field["name"] == "Delivery"
    )
    assert {line.partition(" (first <t:")[0] for line in delivery.splitlines()[:3]} == {
        "⚠️ Rule `job` fails: `asyncio.exceptions.CancelledError`",
        "⚠️ Rule `mute` fails: `tests.hostile.Mute: model <str() raised ValueError>`",
        "⚠️ Gauge `stopped` fails: `SystemExit: 1`",
    }


class Hanging(Host):
    """A host with a gauge, a log argument and an exception that never return."""

    def __init__(self) -> None:
        super().__init__()
        self.metrics = MetricsService()
        self.stuck = Stuck()

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        self.metrics.gauge("stuck", lambda: float(str(self.stuck)))
        record = logging.makeLogRecord(
            {"name": "host", "levelno": logging.ERROR, "msg": "Lost %s", "args": (self.stuck,)}
        )
        for handler in logging.root.handlers:
            if type(handler).__module__.startswith("services."):  # the tests' own would hang
                handler.handle(record)
        self.cog.runtime.errors.reporter.report(StuckError(self.stuck))


async def test_what_hangs_of_the_host_does_not_hold_up_the_close_of_the_bot(home: Home) -> None:
    async with running(Hanging(), home.sandbox) as host:
        await registered()
        await asyncio.to_thread(host.stuck.asked.wait, SECONDS)
        async with asyncio.timeout(SECONDS):
            await host.unload_extension("cogs.debug")
            host.metrics.close()
        host.stuck.free.set()
    assert "MainThread" not in host.stuck.threads
