"""Where the dashboard is off, a bot runs nothing of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hosts.installed import ROOT, output_of, written

BOT = """
import asyncio, json, os, sys
import discord
from discord.ext import commands

async def main():
    async with commands.Bot("!", intents=discord.Intents.none()) as bot:
        await bot.load_extension("debugcog")
        names = ("services.debugcog.web", "services.debugcog.prometheus", "prometheus_client")
        names += ("services.web_dashboard", "cogs.debug.app.dashboard", "cogs.debug.app.exposing")
        from services.debugcog.deferred import DeferredModule
        ran = [name for name, module in sys.modules.items() if type(module) is not DeferredModule]
        ours = {name for one in names for name in ran if f"{name}.".startswith(f"{one}.")}
        print(json.dumps(sorted(ours)))

asyncio.run(main())
"""


def loaded(folder: Path, settings: str) -> list[str]:
    files = {"bot.py": BOT, ".env": settings}
    found = output_of(written(folder, files), ROOT)
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("settings", ["", "DASHBOARD_ENABLED=false\nDASHBOARD_PORT=5000\n"])
def test_nothing_of_the_dashboard_runs_where_it_is_off(tmp_path: Path, settings: str) -> None:
    assert loaded(tmp_path, settings) == []


@pytest.mark.parametrize("setting", ["DASHBOARD_ENABLED=true\nDASHBOARD_PORT=0\n"])
def test_where_it_is_on_the_client_of_prometheus_is_imported_at_the_first_scrape(
    tmp_path: Path, setting: str
) -> None:
    found = loaded(tmp_path, setting)
    assert "services.debugcog.web.server" in found
    assert [name for name in found if name.startswith("prometheus_client")] == []
