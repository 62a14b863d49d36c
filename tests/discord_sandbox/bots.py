"""Small discord.py bots for the tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import discord
from discord.ext import commands


def make_bot(**options: Any) -> commands.Bot:
    return commands.Bot("!", intents=discord.Intents.all(), **options)


async def until(condition: Callable[[], object]) -> None:
    """Wait until something holds; the test's timeout ends a wait in vain."""
    while not condition():  # noqa: ASYNC110 - the library gives no event for its cache
        await asyncio.sleep(0.001)
