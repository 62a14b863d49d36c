"""A seed and a number of secrets → a host that logs, traces and raises all of them.

It works when its owner says so by slash commands, and kills itself by a fatal error in the end, so
that there is a trace of it.
"""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import os
import sys
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from cogs.debug.app.endpoints import use_endpoints
from services.debugcog import settings as configuration
from services.debugcog.alerting.rules import rule
from services.debugcog.errors import error_buffer
from services.debugcog.logs import current
from services.debugcog.metrics import MetricsService
from services.debugcog.tracing import log_request, log_response, traced
from tests.secret_samples import Sample, mixed_samples

log = logging.getLogger("host")
RULES = 12
"""Rules with a secret in their title, which fire at once."""
PARTS = 5
"""Commands that raise, each with its part of all secrets: as many cards as a burst has."""
BORDERS = (30, 40, 50, 300, 1_000, 1_024, 4_096, 8_000)
"""Characters at which texts are cut, here or there."""


@traced("vault")
def take(text: str, thing: object) -> None:
    """Do nothing with the arguments."""


class Thing:
    """An argument whose repr has a secret."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return f"<Thing {self._text}>"


def at_a_border(number: int, text: str) -> str:
    """Put a text where something cuts it, at another of its characters each time."""
    border = BORDERS[number % len(BORDERS)]
    return "x" * (border - number // len(BORDERS) % (len(text) + 8) - 4) + " " + text


def write(number: int, sample: Sample) -> None:
    """Log and trace one secret, and once more where a text is cut."""
    text = at_a_border(number, sample.text)
    log.info("Got %s", sample.text)
    take(sample.text, Thing(sample.text))
    WAYS[number % len(WAYS)](sample.text, text)


def log_both(text: str, cut: str) -> None:
    """Log them."""
    logging.getLogger(f"host.{text}").error("Failed: %s", cut)


def trace_both(text: str, cut: str) -> None:
    """Trace them, and write the blocks of a request and a response."""
    take(cut, Thing(cut))
    log_request(model=text, tokens=7, context=(cut,))
    log_response(seconds=1.0, tokens=7, text=cut)


def raise_both(text: str, cut: str) -> None:
    """Raise them, the one as the cause of the other."""
    try:
        try:
            raise KeyError(cut)
        except KeyError as cause:
            raise ValueError(text) from cause
    except ValueError:
        log.exception("Failed with %s", text)


def raise_cut(text: str, cut: str) -> None:
    """Raise the long one while the other is handled, with a note."""
    try:
        try:
            raise RuntimeError(text)
        except RuntimeError:
            error = LookupError(cut)
            error.add_note(text)
            raise error  # noqa: B904 - the context is wanted
    except LookupError as error:
        log.error("Failed", exc_info=error)


WAYS = (log_both, trace_both, raise_both, raise_cut)


class Leaking(commands.Bot):
    """A host whose errors are full of secrets."""

    def __init__(self, made: list[Sample]) -> None:
        super().__init__("!", intents=discord.Intents.default())
        self.made = made
        texts = (sample.text for sample in made[:: len(made) // RULES][:RULES])
        self.alert_rules = [
            rule(f"queue{number}", lambda _: 1.0, warning=0.5, title=f"Queue {number} of {text}")
            for number, text in enumerate(texts)
        ]
        self.metrics = MetricsService()

    async def setup_hook(self) -> None:
        """Add the commands, and record with secrets as labels."""
        await self.load_extension("cogs.debug")
        for sample in self.made[: len(self.made) // 20]:
            self.metrics.increment("asked", source=sample.text)
        for part in range(PARTS):
            self.tree.add_command(_raising(self.made[part::PARTS], part))
        self.tree.add_command(write_all)
        self.tree.add_command(die)
        await self.tree.sync()


def _raising(made: list[Sample], part: int) -> app_commands.Command[Any, ..., None]:
    """Make a command that raises many secrets at once, in a chain of causes."""
    kind: type[Exception] = type(f"Leak{part}", (Exception,), {})

    async def fail(interaction: discord.Interaction[Any]) -> None:
        log.warning("asked with %s", made[0].text)
        half = len(made) // 2
        try:
            raise kind("\n".join(sample.text for sample in made[:half]))
        except kind as cause:
            raise kind(*(sample.text for sample in made[half:])) from cause

    return app_commands.Command(name=f"fail{part}", description="Fail", callback=fail)


@app_commands.command()
async def write_all(interaction: discord.Interaction[Any]) -> None:
    """Log and trace every secret."""
    bot = interaction.client
    assert isinstance(bot, Leaking)
    await interaction.response.defer()
    logs = current()
    assert logs
    for number, sample in enumerate(bot.made):
        write(number, sample)
        if number % 100 == 0:  # or else the queue would drop some
            await asyncio.to_thread(logs.flush, 30)
    await interaction.followup.send("done")


@app_commands.command()
async def die(interaction: discord.Interaction[Any]) -> None:
    """End by a fatal error, with secrets in the frames."""
    secret = os.environ["DB_PASSWORD"]
    logging.getLogger("host").critical("about to die with %s", secret)
    await asyncio.sleep(0.5)  # the log's writer has a second on a crash, as every host's
    faulthandler._sigsegv()  # type: ignore[attr-defined]  # private: made for this


if __name__ == "__main__":
    # every error in full: more than a minute's sixty
    error_buffer.CAPTURES_IN_ALL = error_buffer.CAPTURES_A_GROUP = error_buffer.SAMPLES_MAX = (
        1_000_000
    )
    use_endpoints(configuration.load())
    asyncio.run(
        Leaking(mixed_samples(int(sys.argv[2]), int(sys.argv[1]))).start(
            os.environ["DISCORD_TOKEN"]
        )
    )
