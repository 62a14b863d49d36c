"""Health for Docker and Kubernetes, and the metrics for Prometheus."""

from __future__ import annotations

import time
from typing import Any

import pytest

from services.debugcog.answers.published import Published, Shard
from services.debugcog.web.questions import RefusedError
from tests.services.web.served import TOKEN, published, served

DOWN = Shard(id=1, latency_ms=40.0, down_seconds=12.0)
NEW = Shard(id=2, latency_ms=None, down_seconds=None)

STATES: dict[str, tuple[dict[str, Any] | None, tuple[int, str], tuple[int, str]]] = {
    "well": ({}, (200, "ok\n"), (200, "ok\n")),
    "starting": (
        None,
        (503, "The bot is still starting.\n"),
        (503, "The bot is still starting.\n"),
    ),
    "not logged in": ({"name": ""}, (200, "ok\n"), (503, "The bot is not logged in yet.\n")),
    "a shard is away": (
        {"shards": (DOWN, NEW)},
        (200, "ok\n"),
        (503, "The bot has been without Discord's gateway for 12 s.\n"),
    ),
    "a shard is new": (
        {"shards": (NEW,)},
        (200, "ok\n"),
        (503, "The bot is still connecting to Discord's gateway.\n"),
    ),
    "stalled": (
        {"heartbeat": -31.0},
        (503, "The bot's event loop has not run for 31 s.\n"),
        (503, "The bot's event loop has not run for 31 s.\n"),
    ),
    "slow": ({"heartbeat": -28.0}, (200, "ok\n"), (200, "ok\n")),
}


@pytest.mark.parametrize("name", STATES)
async def test_alive_is_who_has_a_heartbeat_and_ready_who_is_connected_too(name: str) -> None:
    parts, alive, ready = STATES[name]

    def latest() -> Published | None:
        if parts is None:
            return None
        age = parts.get("heartbeat", 0.0)
        return published(**{**parts, "heartbeat": time.monotonic() + age})

    async with served(latest=latest) as site:
        for path, expected in (("/healthz", alive), ("/readyz", ready)):
            answer = await site.get(path)
            assert (answer.status, answer.text()) == expected


async def test_metrics_are_for_the_token_or_a_session() -> None:
    async with served() as site:
        assert (await site.get("/metrics")).status == 401
        answer = await site.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert (answer.status, answer.text()) == (200, "up 1\n")
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4"
        await site.log_in()
        assert (await site.get("/metrics")).status == 200


async def test_the_scraper_gets_the_format_that_it_asks_for() -> None:
    asked = []

    def expose(accept: str) -> tuple[bytes, str]:
        asked.append(accept)
        return b"# EOF\n", "application/openmetrics-text; version=1.0.0; charset=utf-8"

    async with served(expose=expose) as site:
        headers = {
            "Authorization": f"Bearer {TOKEN}",
            "Accept": "application/openmetrics-text;version=1.0.0",
        }
        answer = await site.get("/metrics", headers=headers)
    assert asked == ["application/openmetrics-text;version=1.0.0"]
    assert answer.headers["Content-Type"] == (
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    )


async def test_without_the_extra_the_answer_says_what_to_install() -> None:
    def expose(accept: str) -> tuple[bytes, str]:
        raise RefusedError(501, "Install it: pip install 'debugcog[prometheus]'")

    async with served(expose=expose) as site:
        answer = await site.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert (answer.status, answer.json()) == (
            501,
            {"error": "Install it: pip install 'debugcog[prometheus]'"},
        )


async def test_alone_the_metrics_have_health_beside_them_and_no_page() -> None:
    async with served(metrics_alone=True, metrics_open=True, token="") as site:
        for path in ("/metrics", "/healthz", "/readyz"):
            assert (await site.get(path)).status == 200
        assert (await site.get("/metrics", headers={"Host": "rebound.example"})).status == 421
        for path in ("/", "/login", "/api/v1/overview", "/static/main.js"):
            assert (await site.get(path)).status in (401, 404, 302)
        assert (await site.post("/login", json={"code": site.codes.make("x")})).status == 404


async def test_alone_and_with_a_token_the_metrics_are_for_its_bearer() -> None:
    async with served(metrics_alone=True) as site:
        assert (await site.get("/metrics")).status == 401
        bearer = {"Authorization": f"Bearer {TOKEN}", "Host": "bot:9100"}
        assert (await site.get("/metrics", headers=bearer)).status == 200
