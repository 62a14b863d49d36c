"""Lines with ways to die → a process each, forked from this one, that dies like that.

Each is a host with DebugCog, and says first what its last run died of.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import cast

import discord
from discord.ext import commands

import services.debugcog.stalls.watch
from cogs.debug.app.cog import DebugCog
from services.debugcog.alerting.evaluator import Evaluator
from services.debugcog.stalls.stall import Stall
from tests.discord_bot import started


def say(text: object) -> None:
    print(json.dumps(text), flush=True)


def watch_hangs() -> None:
    """Say when a hang is in the state file."""
    real = Evaluator.note_hang

    def note_hang(evaluator: Evaluator, stall: Stall) -> None:
        real(evaluator, stall)
        evaluator._database.submit(lambda _: None).add_done_callback(
            lambda _: say({"hung": os.getpid()})
        )

    setattr(Evaluator, "note_hang", note_hang)  # noqa: B010 - mypy's sake
    services.debugcog.stalls.watch.STILL_SECONDS = 0.4


def crunch() -> None:
    time.sleep(60)


def hang_up() -> None:
    os.kill(os.getpid(), signal.SIGHUP)
    crunch()


def in_a_thread() -> None:
    threading.Thread(target=break_down).start()
    time.sleep(60)


def break_down() -> None:
    os.abort()


def eat() -> None:
    bytearray(1 << 30)  # in one call: by small steps, the kernel takes back files for minutes


DEATHS: dict[str, Callable[[], object]] = {
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "segmentation fault": lambda: ctypes.string_at(0),
    "abort in a thread": in_a_thread,
    "exit": lambda: os._exit(3),
    "closed terminal": hang_up,
    "hang": crunch,
    "memory": eat,
}


async def live(death: str) -> None:
    bot = commands.Bot("!", intents=discord.Intents.default())
    await bot.load_extension("cogs.debug")
    await started()
    cog = cast("DebugCog", bot.get_cog("DebugCog"))
    for crash in await cog.runtime.alerting.service.crashes(1):
        say(crash.cause)
    if death in DEATHS:
        DEATHS[death]()
    await bot.unload_extension("cogs.debug")


def main() -> None:
    """Fork a host for each line, wait for its end, and say its status."""
    watch_hangs()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            asyncio.run(live(line.strip()))
            os._exit(0)
        say(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


if __name__ == "__main__":
    main()
