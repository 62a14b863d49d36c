"""The bot that the sandbox's README tests: it has what that test asks of one."""

from __future__ import annotations

import io

import discord
from discord import app_commands, ui
from discord.ext import commands

Interaction = discord.Interaction[commands.Bot]


class Reason(ui.Modal, title="Silence"):
    """A form with one input."""

    reason: ui.TextInput[Reason] = ui.TextInput(label="Reason")

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        await interaction.response.send_message(self.reason.value)


class Controls(ui.View):
    """Two buttons and a menu."""

    @ui.button(label="Refresh")
    async def refresh(self, interaction: Interaction, _: ui.Button[Controls]) -> None:
        await interaction.response.edit_message(content="p95 2 ms")

    @ui.button(label="Silence")
    async def silence(self, interaction: Interaction, _: ui.Button[Controls]) -> None:
        await interaction.response.send_modal(Reason())

    @ui.select(placeholder="Window", options=[discord.SelectOption(label="24 h")])
    async def window(self, interaction: Interaction, menu: ui.Select[Controls]) -> None:
        await interaction.response.edit_message(content=f"p95 3 ms in {menu.values[0]}")


class Metrics(app_commands.Group, name="debug", description="What README calls."):
    """One command."""

    @app_commands.command()
    async def metrics(self, interaction: Interaction, window: str) -> None:
        """Answer with a file and controls."""
        file = discord.File(io.BytesIO(window.encode()), "chart.png")
        await interaction.response.send_message("p95 1 ms", file=file, view=Controls())


class Client(commands.Bot):
    """A bot with a slash command and a prefix command."""

    def __init__(self) -> None:
        super().__init__("!", intents=discord.Intents.all())

    async def setup_hook(self) -> None:
        self.tree.add_command(Metrics())
        await self.tree.sync()

        @self.command()
        async def ping(ctx: commands.Context[Client]) -> None:
            await ctx.send("pong")
