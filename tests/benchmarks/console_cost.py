"""Each command of /debug on a furnished bot → the longest time for which it holds the loop."""

from __future__ import annotations

import asyncio
import logging
import random
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import itemgetter

import discord

from debugcog import metrics_of
from discord_sandbox.people.runs import Run
from tests.benchmarks.rows import Row
from tests.benchmarks.whole_cog import Bot, Home, bot_of, commands_of, home_of, run_bot

ROUNDS = 5
GOAL = 10.0  # ms
ANSWERED_SECONDS = 60.0
VARIANTS: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "debug metrics by model": ("debug metrics", {"metric": "llm_generation", "by": "model"}),
    "debug export of a bundle": ("debug export", {"what": "bundle"}),
}
"""What commands do only with options, and much of it."""
ERRORS, VALUES, OWN = 200, 5000, 40
"""How much the bot has recorded: error groups, response times, metrics of its own."""


@dataclass(frozen=True, slots=True)
class Step:
    """The longest step of the loop, in ms.

    Attributes:
        cpu: of the loop's thread: the goal, as a machine that has other work interrupts steps.
        clock: with what it waited for, and with interruptions.
    """

    cpu: float
    clock: float


def run() -> list[Row]:
    """Measure; about a minute."""
    return asyncio.run(_commands())


async def _commands() -> list[Row]:
    """Run every command alone, five times after a first one, which fills caches."""
    async with home_of() as home, bot_of(home, "with", __name__):
        held: dict[str, list[Step]] = {}
        for typed in commands_of(home):
            held[typed] = [await _held(home, typed, {}) for _ in range(ROUNDS + 1)]
        for name, (typed, options) in VARIANTS.items():
            held[name] = [await _held(home, typed, options) for _ in range(ROUNDS + 1)]
    rows = [
        Row(
            f"/{typed} holds the loop for, at most",
            statistics.median(step.cpu for step in each[1:]),
            "ms",
            goal=GOAL,
        )
        for typed, each in held.items()
    ]
    first, cpu = max(((typed, each[0].cpu) for typed, each in held.items()), key=itemgetter(1))
    best = {typed: min(step.clock for step in each) for typed, each in held.items()}
    slow, clock = max(best.items(), key=itemgetter(1))
    return [
        *rows,
        Row(f"the first use, the worst: /{first}", cpu, "ms"),
        Row(f"by the clock, each at its best, the worst: /{slow}", clock, "ms"),
    ]


async def _held(home: Home, typed: str, options: Mapping[str, object]) -> Step:
    """Run a command until its picture is there; the longest step on the loop."""
    await home.sandbox.run_command(home.admin, home.channel, "held")
    asked = await home.sandbox.run_command(home.admin, home.channel, typed, options)
    await asked.wait(_is_complete, timeout=ANSWERED_SECONDS)
    told = await home.sandbox.run_command(home.admin, home.channel, "held")
    assert told.message
    return Step(*map(float, told.message.content.split()))


def _is_complete(run: Run) -> bool:
    message = run.message
    there = message and not message.thinking and (message.content or message.embeds)
    return bool(there) and "drawing the chart" not in str(message.embeds if message else "")


class Furnished(Bot):
    """A bot that has recorded something of everything, and times each step of its loop."""

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.longest = Step(0.0, 0.0)

    async def setup_hook(self) -> None:
        """Add the command that tells the longest step since it was run last, and furnish."""

        @self.tree.command(name="held", description="Tell the longest step of the loop.")
        async def held(interaction: discord.Interaction) -> None:
            told = f"{self.longest.cpu:.3f} {self.longest.clock:.3f}"
            await interaction.response.send_message(told, ephemeral=True)
            self.longest = Step(0.0, 0.0)

        await super().setup_hook()
        furnish(self)
        time_steps(self._took)

    def _took(self, step: Step) -> None:
        cpu, clock = max(self.longest.cpu, step.cpu), max(self.longest.clock, step.clock)
        self.longest = Step(cpu, clock)


def furnish(bot: Bot) -> None:
    """Record values, metrics of the bot's own and errors."""
    metrics, dice = metrics_of(bot), random.Random(1)
    for number in range(VALUES):
        metrics.record("total_response_time", dice.lognormvariate(7, 1))
        metrics.record("llm_generation", dice.lognormvariate(6, 1), model=f"m{number % 5}")
        metrics.record("tokens_input", dice.randrange(4000), model=f"m{number % 5}")
        metrics.increment("messages_processed")
    for number in range(OWN):
        metrics.record(f"own_metric_{number}", dice.random())
    for number in range(ERRORS):
        try:
            raise type(f"Error{number}", (RuntimeError,), {})(f"trouble {number}")
        except RuntimeError:
            logging.getLogger("host").exception("Failed at %d", number)


def time_steps(took: Callable[[Step], None]) -> None:
    """Time every callback and every step of a task that the event loop runs."""
    run_handle = asyncio.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        cpu, clock = time.thread_time(), time.perf_counter()
        run_handle(handle)
        spent = time.thread_time() - cpu, time.perf_counter() - clock
        took(Step(*(1000 * seconds for seconds in spent)))

    asyncio.Handle._run = timed  # type: ignore[assignment,method-assign]  # in this process alone


if __name__ == "__main__":
    run_bot(Furnished(sys.argv[1]))
