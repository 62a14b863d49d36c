"""Lines of JSON → a process each, forked from this one, that kills itself at the step it is told.

It is a bot with DebugCog and one rule, whose value goes from a warning to critical and back as the
incident in the state file does, so that a process that follows goes on where the last one died.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import aiohttp
import discord
from discord.ext import commands

import cogs.debug.app.alerting
import cogs.debug.delivery.classification
import services.debugcog.outbox.completion
import services.debugcog.outbox.order
import services.debugcog.outbox.sender
from cogs.debug.app.cog import DebugCog
from cogs.debug.app.endpoints import use_endpoints
from cogs.debug.delivery.transport import DiscordTransport
from services.debugcog import settings as configuration
from services.debugcog.alerting.evaluator import Evaluator
from services.debugcog.alerting.incidents import Incident
from services.debugcog.alerting.reads import HostFunction, Signal
from services.debugcog.alerting.rules import Level, Rule, Severity
from services.debugcog.state.database import Database
from services.debugcog.timeseries.snapshot import Snapshot
from tests.discord_bot import started
from tests.e2e import forum_story

T = TypeVar("T")
DONE, UNTOLD = 0, 3
WAIT = 3
"""Ticks in which the sender gets its turn before the value moves on, whatever became of it."""
DURABLE = (
    "SELECT id, subject, kind, state, attempts, level, body FROM outbox",
    "SELECT * FROM cards",
    "SELECT scope FROM pauses",
    "SELECT id, body FROM incidents",
    "SELECT fingerprint, count, body FROM error_groups",
    "SELECT id, stopped FROM runs",
)


@dataclass
class Steps:
    """Counts the steps of each kind, and kills the process at one of them."""

    kind: str
    number: int

    def __post_init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def reached(self, kind: str) -> None:
        self.counts[kind] += 1
        if kind == self.kind and self.counts[kind] == self.number:
            os.kill(os.getpid(), signal.SIGKILL)


def watch_commits(steps: Steps) -> None:
    """Make a step of each transaction that changes what is promised, before it and after."""
    attempt = Database._attempt
    last: list[Any] = []

    def watched(self: Database, work: Callable[[sqlite3.Connection], T], begin: str) -> T:
        changed = False

        def inside(connection: sqlite3.Connection) -> T:
            nonlocal changed
            result = work(connection)
            now = [tuple(row) for sql in DURABLE for row in connection.execute(sql)]
            changed, last[:] = now != last, now
            if changed:
                steps.reached("before a commit")
            return result

        result = attempt(self, inside, begin)
        if changed:
            steps.reached("after a commit")
        return result

    Database._attempt = watched  # type: ignore[method-assign]  # in this process alone


def watch_requests(steps: Steps) -> None:
    """Make a step of each request, before it and after."""

    def watched(real: Callable[..., Any]) -> Callable[..., Any]:
        async def request(*args: Any) -> Any:
            steps.reached("before a request")
            result = await real(*args)
            steps.reached("after a request")
            return result

        return request

    for name in ("post", "edit", "open_post"):
        setattr(DiscordTransport, name, watched(getattr(DiscordTransport, name)))
    cogs.debug.delivery.classification.UNSURE_WAIT = 0.2  # type: ignore[attr-defined]  # of services.debugcog.outbox
    services.debugcog.outbox.sender.backoff = lambda *_: 0.05  # type: ignore[attr-defined]  # the same


class Story:
    """The value of the rule, by what the evaluator has made of it so far."""

    def __init__(self) -> None:
        self.evaluator: Evaluator | None = None  # known before its first tick, unlike the cog
        self._told: tuple[object, int] = (None, 0)

    def read(self, _: Snapshot) -> Signal:
        """Move on when the last change was told, or could not be."""
        incident = self._incident()
        stage = (incident.severity, incident.open) if incident else None
        ticks = self._told[1] + 1 if self._told[0] == stage else 0
        self._told = stage, ticks
        waits = ticks < WAIT and self.waiting()
        if incident is None or (incident.open and incident.severity is Severity.WARNING and waits):
            return Signal(15.0)
        if incident.open and (incident.severity is Severity.WARNING or waits):
            return Signal(25.0)
        return Signal(0.0)

    @property
    def ended(self) -> bool:
        """Tell whether the incident has come and gone."""
        incident = self._incident()
        return incident is not None and not incident.open

    def waiting(self) -> int:
        """Count the posts that are on their way, and the error that has no group yet."""
        assert self.evaluator

        def count(connection: sqlite3.Connection) -> int:
            sql = (
                "SELECT (SELECT COUNT(*) FROM outbox WHERE state IN ('queued', 'sending'))"
                " + (SELECT COUNT(*) = 0 FROM error_groups)"
            )
            return int(connection.execute(sql).fetchone()[0])

        return self.evaluator._database.submit(count).result()

    def _incident(self) -> Incident | None:
        assert self.evaluator
        return self.evaluator.rule_states["load"].incident

    def watch(self) -> None:
        """Get hold of the evaluator when it begins."""
        real = Evaluator.start

        def start(evaluator: Evaluator) -> None:
            self.evaluator = evaluator
            real(evaluator)

        setattr(Evaluator, "start", start)  # noqa: B010 - mypy's sake


async def live_in_forum(seconds: float, *, waits: bool) -> int:
    """Run the bot until its error group's story is told, or for so many seconds."""
    setattr(cogs.debug.app.alerting, "default_rules", lambda *_: ())  # noqa: B010 - mypy's sake
    bot = commands.Bot("!", intents=discord.Intents.default())
    await bot.load_extension("cogs.debug")
    await started()
    cog = cast("DebugCog", bot.get_cog("DebugCog"))
    asyncio.get_running_loop().create_task(login(bot), name="login")
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if await forum_story.move_on(cog, waits=waits):
            return DONE
        await asyncio.sleep(0.05)
    return UNTOLD


async def live(seconds: float) -> int:
    """Run the bot until all is told, or for so many seconds."""
    story = Story()
    rule = Rule(
        name="load",
        title="Load",
        unit="",
        window=60.0,
        reads=HostFunction(story.read),
        warning=Level(10.0, 8.0, 0.0),
        critical=Level(20.0, 18.0, 0.0),
        keep_firing_for=0.0,
    )
    setattr(cogs.debug.app.alerting, "default_rules", lambda *_: (rule,))  # noqa: B010 - mypy's sake
    bot = commands.Bot("!", intents=discord.Intents.default())
    story.watch()
    await bot.load_extension("cogs.debug")
    await started()
    cog = cast("DebugCog", bot.get_cog("DebugCog"))
    asyncio.get_running_loop().create_task(login(bot), name="login")
    if not await cog.runtime.errors.store.groups():
        logging.getLogger("host").error("Lost the model")
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        await asyncio.sleep(0.05)
        if story.ended and not story.waiting():
            return DONE
    return UNTOLD


async def login(bot: commands.Bot) -> None:
    """Log in as soon as Discord lets us."""
    while bot.http.token is None or not bot.application_id:
        try:
            await bot.login(os.environ["DISCORD_TOKEN"])
        except (discord.HTTPException, aiohttp.ClientError, OSError):
            await bot.http.close()
            bot.http.connector = discord.utils.MISSING  # that one is closed
            await asyncio.sleep(0.1)


def run(told: dict[str, Any]) -> int:
    """Be one process."""
    os.chdir(told["folder"])
    os.environ.update(told["environment"])
    use_endpoints(configuration.load())
    if told["forgotten"]:
        services.debugcog.outbox.order.RECONCILE_AGE = 0.0  # Discord knows no nonce anymore
        services.debugcog.outbox.completion.POSTPONED = 0.5
    steps = Steps(told["kind"], told["number"])
    watch_commits(steps)
    watch_requests(steps)
    DiscordTransport.__init__.__defaults__ = (told["deadline"],)
    if told["environment"]["ERROR_FORUM_ID"]:
        forum_story.watch_writes(steps.reached)
        return asyncio.run(live_in_forum(told["seconds"], waits=told["waits"]))
    return asyncio.run(live(told["seconds"]))


def main() -> None:
    """Fork a process for each line, wait for its end, and print its status."""
    for line in sys.stdin:
        child = os.fork()
        if not child:
            try:
                status = run(json.loads(line))
            except BaseException:
                logging.getLogger().exception("The host failed")
                status = 1
            os._exit(status)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
