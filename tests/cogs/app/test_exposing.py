"""The answer to a scrape, made of what the bot's thread has published."""

from __future__ import annotations

import builtins
from typing import Any

import pytest

from cogs.debug.app.exposing import Exposing, process_name
from services.debugcog.answers.published import Shard
from services.debugcog.answers.sources import Sources
from services.debugcog.metrics import MetricsService
from services.debugcog.process.samplers import ProcessSampler
from services.debugcog.web.questions import RefusedError
from tests.services.web.served import published


def shard(number: int | None) -> Shard:
    return Shard(id=number, latency_ms=40.0, down_seconds=None)


@pytest.mark.parametrize(
    ("ids", "name"),
    [
        ([None], "main"),
        ([], "main"),
        ([0], "0"),
        ([0, 1, 2, 3], "0-3"),
        ([6, 4, 5], "4-6"),
        ([0, 2], "0,2"),
    ],
)
def test_a_process_is_named_by_its_shards(ids: list[int | None], name: str) -> None:
    assert process_name([shard(one) for one in ids]) == name


def redact(text: str) -> str:
    return text.replace("hunter2", "[redacted]").replace("swordfish", "[redacted]")


def exposing() -> Exposing:
    metrics = MetricsService(fold_interval=None)
    for word in ("hunter2", "swordfish", "plain"):
        metrics.increment("jobs", place=word)
    metrics.increment("messages_processed", 3)

    async def never(work: Any) -> Any:
        raise AssertionError("a scrape awaits nothing")

    sources = Sources(
        metrics=metrics,
        process=ProcessSampler(metrics),
        stalls=lambda window: None,  # type: ignore[arg-type, return-value]
        stalled=lambda: None,
        query=never,
        off_loop=never,
        release="1.2",
    )
    latest = published(shards=(shard(0), shard(1)), guilds=5)
    return Exposing(sources, lambda: latest, redact)


def test_it_tells_the_numbers_of_this_process_with_its_name() -> None:
    body, kind = exposing()("text/plain")
    lines = body.decode().splitlines()
    assert kind == "text/plain; version=0.0.4; charset=utf-8"
    assert 'discord_bot_messages_processed_total{process="0-1"} 3.0' in lines
    assert 'discord_bot_guilds{process="0-1"} 5' in lines


def test_no_secret_is_in_a_label_and_what_is_one_label_set_then_is_added_up() -> None:
    body, _ = exposing()("text/plain")
    assert [line for line in body.decode().splitlines() if line.startswith("discord_bot_jobs")] == [
        'discord_bot_jobs_total{place="[redacted]",process="0-1"} 2.0',
        'discord_bot_jobs_total{place="plain",process="0-1"} 1.0',
    ]


def test_without_the_extra_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("prometheus_client"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(RefusedError) as caught:
        exposing()("text/plain")
    assert caught.value.status == 501
    assert caught.value.text == (
        "Metrics for Prometheus need prometheus_client: pip install 'debugcog[prometheus]', then "
        "restart the bot."
    )
