"""Event of discord.py → count of a user: what it costs the loop, and what readers cost."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Callable
from time import thread_time

import discord

from cogs.debug.capture.activity import ActivityFeed
from discord_sandbox import Sandbox
from services.debugcog.activity.counter import USERS_MAX, ActivityCounter
from services.debugcog.activity.days import DayCounter
from tests.benchmarks.rows import Row
from tests.discord_bot import running

CALLS = 10_000
ROUNDS = 9
LISTENERS = 3
GOAL_US = 5.0
READS = 20
READ_GOAL_MS = 20.0


def run() -> list[Row]:
    """Measure the processor's time; about 5 s."""
    message, counter = asyncio.run(_message()), _full()
    works = {
        "message of a person": Fed(counter, message).once,
        "message of a person, three listeners": Fed(counter, message).thrice,
        "message of 5,000 users in turn, counter alone": lambda: _in_turn(counter),
        "event of another kind": Fed(counter, message).other,
    }
    rows = [
        Row(f"activity: {name}", _microseconds(work) / CALLS, "µs", goal=GOAL_US)
        for name, work in works.items()
    ]
    return [*rows, _reading(counter)]


class Fed:
    """Tells of a message as discord.py does, each time with an id of its own."""

    def __init__(self, counter: ActivityCounter, message: discord.Message) -> None:
        self._add = ActivityFeed(counter, DayCounter()).add_event
        self._message = message

    def once(self) -> None:
        for number in range(1, CALLS + 1):
            self._message.id = number
            self._add("on_message", (self._message,))

    def thrice(self) -> None:
        for number in range(1, CALLS + 1):
            self._message.id = number
            for _ in range(LISTENERS):
                self._add("on_message", (self._message,))

    def other(self) -> None:
        for _ in range(CALLS):
            self._add("on_typing", (self._message,))


def _in_turn(counter: ActivityCounter) -> None:
    for number in range(CALLS):
        counter.message(number * 7 % USERS_MAX, "somebody")


def _full() -> ActivityCounter:
    counter = ActivityCounter()
    for number in range(USERS_MAX):
        counter.message(number, "somebody")
    return counter


def _microseconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    times = []
    for _ in range(rounds):
        begin = thread_time()
        work()
        times.append(1e6 * (thread_time() - begin))
    return statistics.median(times)


def _reading(counter: ActivityCounter) -> Row:
    spent = _microseconds(lambda: counter.active_users(0.0, 2.0**33), READS)
    return Row("active users of 5,000", spent / 1000, "ms", goal=READ_GOAL_MS)


async def _message() -> discord.Message:
    """Get a message from a gateway, as discord.py makes it."""
    async with Sandbox() as sandbox:
        guild = sandbox.add_guild("Home")
        person, channel = guild.add_member("ann"), guild.add_text_channel("general")
        async with running(discord.Client(intents=discord.Intents.default()), sandbox) as client:
            waiting = asyncio.create_task(client.wait_for("message", timeout=30))
            await asyncio.sleep(0)  # it begins to wait
            await sandbox.say(person, channel, "hello")
            message: discord.Message = await waiting
            return message
