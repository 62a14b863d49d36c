"""Entry point of the demo (``make run``): a sandbox with a bot and users, and a guided tour."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import shutil
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path

from demo.dashboard import SETTINGS, dashboard_link
from demo.demo_guild import DemoGuild, chatter, furnish, settings_for
from demo.terminal import Terminal
from demo.tour import Tour
from discord_sandbox import Sandbox, SandboxError
from services.debugcog.settings import FIELDS

ROOT = Path(__file__).parent.parent
FOLDER = Path("logs/demo")
LOG = Path("logs/bot.log")
START_SECONDS = 60.0
STOP_SECONDS = 10.0
WELCOME = """\
A Discord for this machine, with a demo bot in it: {}
Open that page at any time; it opens as the owner, who may use /debug. Here is a tour of it."""
DASHBOARD = """\
Its web dashboard: {}
That address works once, within 2 minutes; /debug dashboard in Discord gives another one."""
STAYS = """\
The bot stays up: {}
Its web dashboard, once within 2 minutes: {}
In Discord, /weather state:slow, failing, blocking and crashing get it into trouble. Then ask:
  is my bot all right?    /debug overview      what is slow?       /debug commands
  why did it crash?       /debug alerts        who blocked it?     /debug loop
  is it leaking?          /debug memory        (after 3 minutes)
/weather state:healthy ends the trouble. Ctrl-C ends the demo."""
CRASHED = "The bot has crashed, and is started again: /debug alerts tells why."
ABORTED = 3 if os.name == "nt" else -signal.SIGABRT
"""Exit status after ``/weather state:crashing``."""


@contextlib.asynccontextmanager
async def bot_of(demo_guild: DemoGuild) -> AsyncIterator[Process]:
    """Run the bot in a process of its own, so that the memory it reports is its own.

    It runs in a folder of its own too: your settings and your .env are not the demo's. It ends
    with its standard input, so it does not outlive this process, however that is ended.
    """
    environment = {
        **{key: value for key, value in os.environ.items() if key not in FIELDS},
        **settings_for(demo_guild),
        **SETTINGS,
        "PYTHONPATH": str(ROOT),
        "LOG_FILE_PATH": "../bot.log",
        "STATE_PATH": "debugcog.sqlite3",
    }
    program = (sys.executable, "-m", "demo.bot", "--attached")
    with (FOLDER / "bot.stderr").open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            *program, env=environment, stdin=PIPE, stderr=errors, cwd=FOLDER
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            await end(process)


async def end(process: Process) -> None:
    """Close what the bot waits at; kill it if it stays, or if somebody cannot wait for its end."""
    assert process.stdin
    process.stdin.close()
    try:
        await asyncio.wait((asyncio.create_task(process.wait()),), timeout=STOP_SECONDS)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def registered(demo_guild: DemoGuild) -> None:
    """Wait until the bot has registered /debug.

    Raises:
        SandboxError: it has not within START_SECONDS.
    """
    application, guild = demo_guild.sandbox.application, demo_guild.guild
    try:
        async with asyncio.timeout(START_SECONDS):
            while not application.registered(guild.id):  # noqa: ASYNC110 - no event tells
                await asyncio.sleep(0.2)
    except TimeoutError:
        text = f"the bot has not registered /debug within {START_SECONDS:.0f} s"
        raise SandboxError(text) from None


async def take_tour(demo_guild: DemoGuild, terminal: Terminal, talk: float, *, once: bool) -> None:
    """Let people talk for some seconds, show everything, then stay up."""
    async with terminal.waiting("Starting the bot", START_SECONDS):
        await registered(demo_guild)
    terminal.headline("The bot is up, and people chat with it")
    print(DASHBOARD.format(await dashboard_link(demo_guild)), flush=True)
    people = asyncio.create_task(chatter(demo_guild))
    try:
        async with terminal.waiting("Letting them chat before the first look", talk):
            await asyncio.sleep(talk)
        tour = Tour(demo_guild, terminal, LOG)
        await tour.commands()
        await tour.log_level()
        await tour.trouble()
        print(f"\nPictures: {FOLDER}/*.png   Log: {LOG}", flush=True)
        if not once:
            addresses = demo_guild.sandbox.page_url, await dashboard_link(demo_guild)
            print(STAYS.format(*addresses), flush=True)
            await asyncio.Event().wait()
    finally:
        people.cancel()
        await asyncio.wait((people,))


async def main(talk: float, *, once: bool) -> int:
    """Return the exit status: 1 when the bot ended by itself."""
    task = asyncio.current_task()
    assert task is not None
    with contextlib.suppress(NotImplementedError):  # Windows
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    async with Sandbox() as sandbox:
        demo_guild = furnish(sandbox)
        print(WELCOME.format(sandbox.page_url), flush=True)
        terminal = Terminal(FOLDER, demo_guild.names)
        tour = asyncio.create_task(take_tour(demo_guild, terminal, talk, once=once))
        try:
            return await supervise(demo_guild, tour)
        except SandboxError as error:
            print(f"The demo ends: {error}", file=sys.stderr)
            return 1
        finally:
            tour.cancel()


async def supervise(demo_guild: DemoGuild, tour: asyncio.Task[None]) -> int:
    """Run the bot until the tour is over, again after each crash of the story; return the status.

    Raises:
        SandboxError: the tour did not get what it waited for.
    """
    while True:
        async with bot_of(demo_guild) as process:
            died = asyncio.create_task(process.wait())
            try:
                await asyncio.wait((tour, died), return_when=asyncio.FIRST_COMPLETED)
            finally:
                died.cancel()
            if tour.done():
                await tour
                return 0
            if process.returncode != ABORTED:
                print(f"The bot ended with status {process.returncode}:", file=sys.stderr)
                print((FOLDER / "bot.stderr").read_text()[-4000:], file=sys.stderr)
                return 1
        print(CRASHED, flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the tour")
    parser.add_argument(
        "--talk",
        metavar="SECONDS",
        type=float,
        default=3.0,
        help="how long people chat before the tour (default: 3)",
    )
    arguments = parser.parse_args()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    try:
        sys.exit(asyncio.run(main(arguments.talk, once=arguments.once)))
    except (KeyboardInterrupt, asyncio.CancelledError):
        print()
