"""Two bots in processes of their own, read by Prometheus and VictoriaMetrics with our file."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import aiohttp
import pytest

from discord_sandbox import Sandbox
from tests import forked
from tests.deploy.test_engines import config
from tests.monitoring import (
    Engine,
    ended,
    free_port,
    needs,
    prometheus,
    until,
    victoria_metrics,
)
from tests.scraped import TOKEN

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
pytestmark = [pytest.mark.thorough, pytest.mark.timeout(150)]


@contextlib.asynccontextmanager
async def bot(sandbox: Sandbox, folder: Path, **settings: str) -> AsyncIterator[None]:
    """Run a bot whose only cog is this one."""
    environment = {
        **forked.environment(ROOT),
        "DISCORD_TOKEN": sandbox.token,
        "DISCORD_API_BASE": sandbox.api_base,
        "DISCORD_GATEWAY_URL": sandbox.gateway_url,
        "DASHBOARD_HOST": "127.0.0.1",
        "DASHBOARD_TOKEN": TOKEN,
        "METRICS_COLLECTION_INTERVAL": "0.5",
        **settings,
    }
    process = await forked.start(("-m", "cogs.debug"), folder, environment)
    try:
        yield
    finally:
        await ended(process)


async def test_a_dashboard_and_a_bare_port_are_both_scraped(tmp_path: Path) -> None:
    needs("prometheus", "victoria-metrics")
    ports = free_port(), free_port()
    (tmp_path / "debugcog-token").write_text(TOKEN)
    (tmp_path / "rules.yml").write_text((DEPLOY / "rules.yml").read_text())
    async with contextlib.AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(Sandbox(rate_limits=False))
        sandbox.add_guild("Home").add_text_channel("general")
        session = await stack.enter_async_context(aiohttp.ClientSession())
        for name, settings in {
            "front": {"DASHBOARD_ENABLED": "true", "DASHBOARD_PORT": str(ports[0])},
            "bare": {"METRICS_PORT": str(ports[1]), "PROCESS_NAME": "bare"},
        }.items():
            (tmp_path / name).mkdir()
            await stack.enter_async_context(bot(sandbox, tmp_path / name, **settings))
        scrape = config([f"127.0.0.1:{port}" for port in ports])
        for start in (prometheus, victoria_metrics):
            engine = await stack.enter_async_context(start(tmp_path, session, scrape))
            expected = {"main", "bare"}
            for name in ("info", "memory_bytes", "rule_severity", "shard_up", "guilds"):
                await until(partial(_has, engine, f"discord_bot_{name}", expected), name)
            assert {one["value"][1] for one in await engine.query("discord_bot_shard_up")} == {"1"}
            assert await engine.query("up == 0") == []
        for port in ports:
            headers = {"Authorization": f"Bearer {TOKEN}"}
            async with session.get(f"http://127.0.0.1:{port}/metrics", headers=headers) as answer:
                body = await answer.read()
            assert await asyncio.to_thread(check_metrics, body) == (0, b"", b"")


def check_metrics(body: bytes) -> tuple[int, bytes, bytes]:
    """Let promtool look at the answer to a scrape; return its status and what it prints."""
    command = ("promtool", "check", "metrics")
    done = subprocess.run(command, input=body, capture_output=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


async def _has(engine: Engine, expression: str, expected: set[str]) -> bool:
    found = await engine.query(expression)
    return {one["metric"]["process"] for one in found} == expected
