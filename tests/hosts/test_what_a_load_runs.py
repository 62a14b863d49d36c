"""What ``load_extension`` runs of ours: enough to watch the bot, and nothing of an answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hosts.installed import output_of, written

pytestmark = pytest.mark.timeout(120)  # the first of them builds and installs the wheel

Seen = tuple[list[str], dict[str, list[list[str]]]]
BOT = """
import asyncio, json, sys
import discord
from discord.ext import commands

async def main():
    async with commands.Bot("!", intents=discord.Intents.none()) as bot:
        before = set(sys.modules)
        await bot.load_extension("debugcog")
        from services.debugcog.deferred import DeferredModule
        ran = [
            name
            for name, module in sys.modules.items()
            if name not in before and type(module) is not DeferredModule
        ]
        features = bot.get_cog("DebugCog")._features
        families = {}
        for one in features:
            made = await one.handlers.get()
            named = {control.action.NAME.partition(".")[0] for control in made.controls()}
            families[one.command.name] = [sorted(one.families), sorted(named)]
            forms = [control.action.NAME for control in made.controls() if control.form]
            families[f"forms of {one.command.name}"] = [list(one.forms), forms]
        print(json.dumps([ran, families]))

asyncio.run(main())
"""

IMPORTS = """
import asyncio, json, sys, threading
import discord
from discord.ext import commands

class Finder:
    def __init__(self):
        self.asked = []

    def find_spec(self, name, path=None, target=None):
        if threading.current_thread() is not threading.main_thread():
            self.asked.append(f"{threading.current_thread().name} imports {name}")

async def main():
    async with commands.Bot("!", intents=discord.Intents.none()) as bot:
        finder = Finder()
        sys.meta_path.insert(0, finder)
        await bot.load_extension("debugcog")
        await bot.get_cog("DebugCog").runtime.whole()
        print(json.dumps(finder.asked))

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def seen(
    site: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[str], dict[str, list[list[str]]]]:
    folder = written(tmp_path_factory.mktemp("host"), {"bot.py": BOT})
    ran, families = output_of(folder, site)
    return ran, families


def test_of_a_feature_the_command_alone_runs(seen: Seen) -> None:
    features = "cogs.debug.features."
    ran = [name.removeprefix(features) for name in seen[0] if name.startswith(features)]
    assert {name.partition(".")[2] for name in ran} <= {"", "command"}


def test_a_feature_declares_the_families_of_all_its_actions_and_those_that_open_forms(
    seen: Seen,
) -> None:
    for declared, named in seen[1].values():
        assert declared == named


def test_no_thread_imports_anything_at_the_start_for_a_reload_may_walk_through_sys_modules(
    site: Path, tmp_path: Path
) -> None:
    assert output_of(written(tmp_path, {"bot.py": IMPORTS}), site) == []
