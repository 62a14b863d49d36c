"""A bot on a library that began as a copy of discord.py: py-cord, disnake, nextcord."""

from __future__ import annotations

import importlib
import sys
from typing import Any

from common import API_BASE, EXTENSION, TOKEN, Notes, refusal, said

library: Any = importlib.import_module(sys.argv[1])
commands: Any = importlib.import_module(f"{sys.argv[1]}.ext.commands")
route: Any = importlib.import_module(f"{sys.argv[1]}.http").Route
route.BASE = route.API_BASE_URL = API_BASE  # one of the names is that of py-cord

intents = library.Intents.default()
intents.message_content = True
bot = commands.Bot(command_prefix="!", intents=intents)
notes = Notes()


@bot.command()
async def note(ctx: Any) -> None:
    """Take stock."""
    await ctx.send(notes.note())


@bot.command()
async def left(ctx: Any) -> None:
    """Take stock again."""
    await ctx.send(notes.left())


@bot.command()
async def load(ctx: Any) -> None:
    """Load it, as this library does: without awaiting anything."""
    try:
        bot.load_extension(EXTENSION)
    except Exception as error:  # noqa: BLE001 - the harness hears it
        await ctx.send(refusal(error))
    else:
        await ctx.send(said("done"))


bot.run(TOKEN)
