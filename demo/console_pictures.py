"""Commands of /debug → pictures of their answers, on a desktop for the docs and on a phone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from demo.demo_guild import DemoGuild, is_answered
from discord_sandbox import Message
from discord_sandbox.people.runs import Run

CHART = "chart.png"
DRAWN_SECONDS = 60.0
ASKED = ("What is a monad?", "Why is the sky blue?", "Can you fail?")
"""So that commands have something to tell of; the last one fails."""


class Camera(Protocol):
    """Takes a message as its reader sees it; ``demo.pictures`` has one."""

    async def message(self, message: Message | None, name: str) -> None:
        """Take a message alone."""


def has_embed(run: Run) -> bool:
    """Return whether the answer's text is there."""
    return bool(run.message and run.message.embeds)


def has_picture(run: Run) -> bool:
    """Return whether the answer's picture is there."""
    files = run.message.attachments if run.message else ()
    return any(file.filename == CHART for file in files)


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture of an answer.

    Attributes:
        name: of the file, without ``.png``.
        typed: the command.
        done: tells whether the answer is complete.
        options: of the command.
    """

    name: str
    typed: str
    done: Callable[[Run], object] = has_embed
    options: Mapping[str, object] = field(default_factory=dict)


SHOTS = (
    Shot("debug-overview", "debug overview", has_picture),
    Shot("debug-metrics-by", "debug metrics", has_picture, {"metric": "command", "by": "command"}),
    Shot("debug-users", "debug users"),
    Shot("debug-export", "debug export", options={"what": "bundle"}),
    Shot("debug-config", "debug config"),
    Shot("debug-logs", "debug logs", options={"level": "WARNING", "logger": "debugcog"}),
    Shot("debug-loglevel", "debug loglevel", options={"level": "DEBUG", "logger": "demo.chat"}),
    Shot("debug-alerts-crash", "debug alerts", options={"find": "crash"}),
    Shot("debug-loop", "debug loop", has_picture),
    Shot("debug-commands", "debug commands", has_picture),
    Shot("debug-trace", "debug trace", has_picture, {"service": "llm_generation"}),
    Shot("debug-profile", "debug profile", has_picture, {"seconds": 5}),
    Shot("debug-tasks", "debug tasks"),
    Shot("debug-gateway", "debug gateway", has_picture),
    Shot("debug-diagnose", "debug diagnose"),
)
"""One line for each command; the others of the README are taken while something happens."""
CENSUS = Shot("debug-memory-census", "debug memory", options={"action": "census"})
MEMORY = Shot("debug-memory", "debug memory", has_picture)
LATE = (MEMORY, CENSUS)
"""What takes minutes to show: a leak, and what grows from one census to the next."""
BLOCKS_SECONDS, SLOW_SECONDS = 6.0, 8.0
LEAKS_SECONDS = 180.0


async def console_pictures(demo_guild: DemoGuild, desktop: Camera) -> list[Message]:
    """Take all; return the messages, for a camera of another size."""
    await command(demo_guild, "weather", is_answered, state="blocking")
    await asyncio.sleep(BLOCKS_SECONDS)
    await command(demo_guild, "weather", is_answered, state="slow")
    for question in ASKED:
        await command(demo_guild, "ask", is_answered, question=question)
    await asyncio.sleep(SLOW_SECONDS)
    await _asked(demo_guild, CENSUS)  # the one that the picture's is compared with
    return [await _take(demo_guild, desktop, shot) for shot in SHOTS]


async def late_pictures(demo_guild: DemoGuild, desktop: Camera) -> list[Message]:
    """Take what shows a leak, as soon as it is told to be one."""
    async with asyncio.timeout(LEAKS_SECONDS):
        while "Leaking" not in (await _asked(demo_guild, MEMORY)).text:  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(5)
    return [await _take(demo_guild, desktop, shot) for shot in LATE]


async def _take(demo_guild: DemoGuild, desktop: Camera, shot: Shot) -> Message:
    message = await _asked(demo_guild, shot)
    await desktop.message(message, shot.name)
    return message


async def _asked(demo_guild: DemoGuild, shot: Shot) -> Message:
    message = await command(demo_guild, shot.typed, shot.done, **shot.options)
    assert message
    return message


async def command(
    demo_guild: DemoGuild, typed: str, done: Callable[[Run], object], **options: object
) -> Message | None:
    """Run a command as the owner, and wait until its answer is complete."""
    run = await demo_guild.sandbox.run_command(demo_guild.owner, demo_guild.admin, typed, options)
    await run.wait(done, timeout=DRAWN_SECONDS)
    return run.message
