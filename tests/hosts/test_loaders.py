"""Hosts whose loader tries all that it finds in ``cogs`` load the cog once or not at all."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from discord_sandbox import Channel, Guild, Member, Sandbox, SandboxError
from tests import forked
from tests.hosts.installed import ROOT, environment, written

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.timeout(120),  # the first of them builds and installs the wheel
]

BOT = """
import asyncio, inspect, json, os, pkgutil, sys
from pathlib import Path
import discord, discord.gateway, discord.http, yarl
from discord.ext import commands

discord.http.Route.BASE = os.environ["API"]
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["GATEWAY"])
FIRST, LOADER, LAST, NAME = json.loads(sys.argv[1])

def dotted(path):
    return ".".join(path.with_suffix("").parts)

def rglob():
    yield from map(dotted, Path("cogs").rglob("*.py"))

def rglob_sorted():
    yield from map(dotted, sorted(Path("cogs").rglob("*.py"), reverse=True))

def rglob_but_init():
    yield from map(dotted, (p for p in Path("cogs").rglob("*.py") if p.name != "__init__.py"))

def walk_packages():
    import cogs
    yield from (found.name for found in pkgutil.walk_packages(cogs.__path__, "cogs."))

def iter_modules():
    yield from (f"cogs.{found.name}" for found in pkgutil.iter_modules(["cogs"]))

def iterdir():
    yield from (dotted(path) for path in Path("cogs").iterdir() if path.name != "__pycache__")

def generations(cog):
    seen, todo = {}, [type(cog).__init__.__globals__]
    while todo:
        namespace = todo.pop()
        ids = seen.setdefault(namespace["__name__"], set())
        if id(namespace) in ids:
            continue
        ids.add(id(namespace))
        for value in list(namespace.values()):
            if inspect.ismodule(value):
                found = [vars(value)]
            elif inspect.isclass(value):
                found = [f.__globals__ for f in vars(value).values() if inspect.isfunction(f)]
            else:
                found = [value.__globals__] if inspect.isfunction(value) else []
            todo += [one for one in found if one["__name__"].startswith("cogs.debug")]
    return sorted(name for name, ids in seen.items() if len(ids) > 1)

class Bot(commands.Bot):
    async def setup_hook(self):
        for name in [FIRST, *globals()[LOADER](), LAST]:
            try:
                if name:
                    await self.load_extension(name)
            except commands.ExtensionError:
                pass
        await self.tell()

    async def tell(self):
        cog = self.get_cog("DebugCog")
        self.seen = [sorted(self.extensions), generations(cog) if cog else []]
        print(json.dumps(self.seen), flush=True)

    async def on_message(self, message):
        if message.content == "!reload" and NAME:
            await self.reload_extension(NAME)
            await self.tell()

intents = discord.Intents.default()
intents.message_content = True
Bot("!", intents=intents).run(os.environ["TOKEN"], log_handler=None)
"""
GREETINGS = """
from discord.ext import commands

class Greetings(commands.Cog):
    pass

async def setup(bot):
    await bot.add_cog(Greetings())
"""


@dataclass
class Place:
    """A server, its owner, and a channel."""

    sandbox: Sandbox
    guild: Guild
    owner: Member
    channel: Channel

    def debugs(self) -> int:
        """Count the commands that Discord has by the name of ours."""
        held = self.sandbox.application.registered(self.guild.id).values()
        return [command.name for command in held].count("debug")

    async def answer(self) -> str:
        """Ask as soon as the command is there; return the title of what comes."""
        async with asyncio.timeout(30):
            while True:
                try:
                    run = await self.sandbox.run_command(self.owner, self.channel, "debug metrics")
                    break
                except SandboxError:
                    await asyncio.sleep(0.05)
        await run.wait(lambda run: run.message and run.message.embeds)
        assert run.message
        return str(run.message.embeds[0]["title"])


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async with Sandbox() as sandbox:
        guild = sandbox.add_guild("Home")
        owner = guild.add_member(user=sandbox.owner)
        yield Place(sandbox, guild, owner, guild.add_text_channel("general"))


async def said(place: Place, folder: Path, site: Path | None, *program: str) -> list[Any]:
    """Run the host until it has answered, and again after a reload; return what it prints."""
    written(folder, {"bot.py": BOT, "cogs/greetings.py": GREETINGS})
    settings = {
        **environment(*([site] if site else [])),
        "API": place.sandbox.api_base,
        "GATEWAY": place.sandbox.gateway_url,
        "TOKEN": place.sandbox.token,
        "DEBUG_GUILD_IDS": str(place.guild.id),
        "DEBUG_ADMIN_USER_IDS": str(place.owner.id),
    }
    process = await forked.start(["bot.py", json.dumps(program)], folder, settings, stdout=True)
    assert process.stdout is not None
    try:
        lines = [json.loads(await process.stdout.readline())]
        if program[-1]:
            assert "metrics" in (await place.answer()).lower()
            await place.sandbox.say(place.owner, place.channel, "!reload")
            lines.append(json.loads(await process.stdout.readline()))
            assert "metrics" in (await place.answer()).lower()
    finally:
        process.kill()
        await process.wait()
    return lines


ONCE = [["cogs.debug", "cogs.greetings"], []]
"""Extensions, and modules that exist twice in what runs."""


@pytest.mark.parametrize(
    "loader", ["rglob", "rglob_sorted", "walk_packages", "iter_modules", "iterdir"]
)
@pytest.mark.parametrize("packages", [False, True], ids=["folders", "packages"])
async def test_a_loader_that_tries_everything_and_then_the_name_loads_copied_in_folders_once(
    place: Place, tmp_path: Path, loader: str, packages: bool
) -> None:
    for folder in ("cogs/debug", "services/debugcog"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    if packages:
        written(tmp_path, {"cogs/__init__.py": "", "services/__init__.py": ""})
    lines = await said(place, tmp_path, None, "", loader, "cogs.debug", "cogs.debug")
    assert lines == [ONCE, ONCE]
    assert place.debugs() == 1


@pytest.mark.parametrize(
    ("loader", "loads"),
    [
        ("rglob", False),
        ("rglob_but_init", False),
        ("walk_packages", True),
        ("iter_modules", True),
        ("iterdir", True),
    ],
)
async def test_a_loader_by_itself_loads_copied_in_folders_once_or_not_at_all(
    place: Place, tmp_path: Path, loader: str, loads: bool
) -> None:
    for folder in ("cogs/debug", "services/debugcog"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    name = "cogs.debug" if loads else ""
    lines = await said(place, tmp_path, None, "", loader, "", name)
    assert lines == ([ONCE, ONCE] if loads else [[["cogs.greetings"], []]])
    assert place.debugs() == int(loads)


async def test_a_walk_after_debugcog_is_loaded_leaves_it_as_it_is(
    place: Place, tmp_path: Path, site: Path
) -> None:
    lines = await said(place, tmp_path, site, "debugcog", "walk_packages", "", "debugcog")
    once = [["cogs.greetings", "debugcog"], []]
    assert lines == [once, once]
    assert place.debugs() == 1


async def test_debugcog_is_refused_where_a_walk_has_loaded_cogs_debug(
    place: Place, tmp_path: Path, site: Path
) -> None:
    lines = await said(place, tmp_path, site, "", "walk_packages", "debugcog", "cogs.debug")
    assert lines == [ONCE, ONCE]
    assert place.debugs() == 1
