"""A bot that reports to Sentry, which hooks into ``sys``, ``threading`` and ``logging`` too."""

from __future__ import annotations

import sentry_sdk
from common import TOKEN, said
from discord.ext import commands
from sentry_sdk.envelope import Envelope
from sentry_sdk.integrations.asyncio import AsyncioIntegration
from sentry_sdk.transport import Transport
from steps import Context, Steps, intents, use_the_sandbox

reported: list[list[str]] = []


class Kept(Transport):
    """Keeps what would be sent."""

    def capture_envelope(self, envelope: Envelope) -> None:
        """Keep the texts of an error and of its causes."""
        event = envelope.get_event()
        if event:
            reported.append([each["value"] for each in event["exception"]["values"]])


class Bot(commands.Bot):
    """Starts Sentry where its manual says: in the event loop."""

    async def setup_hook(self) -> None:
        """Start."""
        sentry_sdk.init(
            dsn="http://key@127.0.0.1:9/1", transport=Kept, integrations=[AsyncioIntegration()]
        )
        await self.add_cog(Steps(self))
        self.add_command(sentry)


@commands.command()
async def sentry(ctx: Context) -> None:
    """Tell what was reported."""
    await ctx.send(said(reported))


use_the_sandbox()
Bot("!", intents=intents()).run(TOKEN)
