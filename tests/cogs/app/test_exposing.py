"""The answer to a scrape, made of what the bot's thread has published."""

from __future__ import annotations

import builtins
from typing import Any

import pytest

from cogs.debug.app.exposing import Exposing, process_name
from services.debugcog.answers.published import Published, Shard
from services.debugcog.answers.sources import Sources
from services.debugcog.metrics import MetricsService
from services.debugcog.process.samplers import ProcessSampler
from services.debugcog.web.questions import RefusedError
from tests.services.web.served import published


@pytest.mark.parametrize(
    ("ids", "name"),
    [
        ([], "main"),
        ([0], "0"),
        ([0, 1, 2, 3], "0-3"),
        ([6, 4, 5], "4-6"),
        ([0, 2], "0,2"),
    ],
)
def test_a_process_is_named_by_its_shards(ids: list[int], name: str) -> None:
    assert process_name(ids) == name


STARTED = published(shards=(Shard(0, 40.0, None),), shard_ids=(0, 1), guilds=5)


def redact(text: str) -> str:
    return text.replace("hunter2", "[redacted]").replace("swordfish", "[redacted]")


def exposing(latest: Published | None = STARTED, process: str = "") -> Exposing:
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
    return Exposing(sources, lambda: latest, redact, process)


def test_it_tells_the_numbers_of_this_process_with_its_name() -> None:
    body, kind = exposing()("text/plain")
    lines = body.decode().splitlines()
    assert kind == "text/plain; version=0.0.4; charset=utf-8"
    assert 'discord_bot_messages_processed_total{process="0-1"} 3.0' in lines
    assert 'discord_bot_guilds{process="0-1"} 5' in lines


def test_until_the_shards_are_known_there_is_no_answer_but_under_a_name_that_was_given() -> None:
    for latest in (None, published(shards=(), shard_ids=None)):
        with pytest.raises(RefusedError) as caught:
            exposing(latest)("text/plain")
        assert (caught.value.status, caught.value.text) == (
            503,
            "The bot is still starting: which shards it has is not known yet.",
        )
        body, _ = exposing(latest, "east")("text/plain")
        assert 'discord_bot_messages_processed_total{process="east"} 3.0' in body.decode()


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
