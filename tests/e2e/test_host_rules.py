"""A host's own gauges and rules, as the documents write them, to the card in the channel."""

from __future__ import annotations

from queue import Queue
from typing import Any

import pytest

from services.debugcog.alerting.rules import rule
from services.debugcog.metrics import MetricsService
from tests.discord_bot import running, started
from tests.docs.documents import blocks
from tests.e2e.conftest import Home, Host, registered

SNIPPETS = [
    block.text
    for block in blocks()
    if "bot.metrics.gauge(" in block.text or "bot.alert_rules" in block.text
]


class Written(Host):
    """A host with what the documents say in its setup."""

    def __init__(self) -> None:
        super().__init__()
        self.metrics = MetricsService()
        self.alert_rules: Any = []
        self.queue: Queue[int] = Queue()

    async def setup_hook(self) -> None:
        for snippet in SNIPPETS:
            exec(snippet, {"bot": self, "queue": self.queue})  # the documents' own words
        await super().setup_hook()

    async def close(self) -> None:
        await super().close()
        self.metrics.close()


async def test_the_documents_gauge_and_rule_fire_when_the_queue_is_long(home: Home) -> None:
    assert len(SNIPPETS) == 2
    async with running(Written(), home.sandbox) as host:
        for number in range(150):
            host.queue.put(number)
        card = await home.alerts.wait_for(lambda it: "Queue" in it.text)
        assert "**150 (limit 100)** · started" in card.text
        assert r"Newest value of queue\_length" in card.text
        await home.alerts.wait_for(lambda it: it is card and bool(it.attachments))


async def test_bad_rules_do_not_keep_the_cog_from_loading(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    host = Host()
    host.alert_rules = [lambda: 5, rule("queue", lambda _: 1.0, warning=9)]  # type: ignore[attr-defined]  # a host's own attribute
    async with running(host, home.sandbox):
        await registered()
        names = [one.name for one in host.cog.runtime.alerting.service.configured]
    assert "queue" in names
    assert (
        "Alert rule left out: function in bot.alert_rules is no rule: make it with debugcog.rule()"
    ) in caplog.text


async def test_rules_that_are_set_later_count_from_the_next_load_on(home: Home) -> None:
    host = Host()
    async with running(host, home.sandbox):
        await registered()
        host.alert_rules = [rule("queue", lambda _: 1.0, warning=9)]  # type: ignore[attr-defined]  # a host's own attribute
        assert host.cog.runtime.alerting.service.rule_status("queue") is None
        await host.reload_extension("cogs.debug")
        await started()
        assert host.cog.runtime.alerting.service.rule_status("queue")


async def test_in_a_small_container_the_card_of_the_rule_for_memory_says_what_it_is_judged_by(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cogs.debug.app.alerting.usable_mb", lambda: 4096.0 / 8)
    async with running(Host(), home.sandbox):
        await registered()
        options = {"find": "memory"}
        run = await home.sandbox.run_command(home.owner, home.channel, "debug alerts", options)
        await run.wait(lambda run: run.message and run.message.embeds)
    assert run.message
    assert "**409 MB** for 1 s" in run.message.text
    assert "warning at 80%, critical at 95% of the 512 MB that there is" in run.message.text
