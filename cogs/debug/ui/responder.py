"""Interaction and query → acknowledgement, then the reply, then the reply with its chart."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

import aiohttp
import discord
from discord import app_commands

from cogs.debug.ui.chart_attachment import ChartAttachments, being_drawn, not_drawn
from cogs.debug.ui.own_commands import name_of
from cogs.debug.ui.reply import Form, Reply
from cogs.debug.ui.secrets import choices, clean_form, clean_reply
from cogs.debug.ui.views import files_of, modal_of, view_of

log = logging.getLogger("debugcog.responder")

REMEMBERED = 200
"""Messages of which it is known what was asked of them last."""
FAILED = "DebugCog failed at this. Its log has the traceback."


class Gate(Protocol):
    """Decides who may use /debug, and audits each use."""

    @property
    def refusal(self) -> str:
        """What is said to those who may not."""

    async def check(self, interaction: discord.Interaction, what: str) -> bool:
        """Decide, and leave an audit line; ``what`` is the command or control."""

    async def check_completion(self, interaction: discord.Interaction, command: str) -> bool:
        """Decide about an autocompletion, for which discord.py runs no check."""


class Responder:
    """Sends replies that only the caller sees.

    Args:
        gate: asked before anything else is done.
        charts: attaches the pictures.
        redact: every string that is sent goes through it.
    """

    def __init__(self, gate: Gate, charts: ChartAttachments, redact: Callable[[str], str]) -> None:
        self._gate = gate
        self._charts = charts
        self._redact = redact
        self._latest: dict[int, int] = {}  # message → interaction that it shows, or will show

    async def answer(
        self, interaction: discord.Interaction, query: Callable[[], Awaitable[Reply]]
    ) -> None:
        """Acknowledge, then reply; a control of an ephemeral reply changes it in place."""
        await self._acknowledge(interaction)
        if interaction.message is not None:
            self._claim(interaction.message.id, interaction.id)
        reply = await query()
        try:
            await self._show(interaction, reply)
        except discord.NotFound:  # dismissed by its reader, or the token's 15 minutes are over
            log.info("Reply gone before it was complete: %s", interaction.id)

    async def ask(self, interaction: discord.Interaction, question: Form | Reply) -> None:
        """Open a form, which has to be the first response; or show why there is none."""
        if isinstance(question, Form):
            await interaction.response.send_modal(modal_of(clean_form(question, self._redact)))
            return
        await self._acknowledge(interaction)
        await self._show(interaction, question)

    async def complete(
        self,
        interaction: discord.Interaction,
        names: Callable[[], Awaitable[list[tuple[str, str]]]],
    ) -> list[app_commands.Choice[str]]:
        """Offer choices to those who may use the command; ``names`` gives (label, value)."""
        if not await self._gate.check_completion(interaction, name_of(interaction)):
            return []
        return choices(await names(), self._redact)

    async def allow(self, interaction: discord.Interaction, what: str) -> bool:
        """Return whether the caller may; who may not gets a sentence that names the way in."""
        if await self._gate.check(interaction, what):
            return True
        await self.refuse(interaction, self._gate.refusal)
        return False

    async def fail(self, interaction: discord.Interaction, error: Exception) -> None:
        """Log a fault of ours, and tell the caller."""
        log.error("Answer failed: %s", type(error).__name__, exc_info=error)
        await self.refuse(interaction, FAILED)

    @staticmethod
    async def refuse(interaction: discord.Interaction, text: str) -> None:
        """Answer with a sentence that only the caller sees, if Discord takes it."""
        try:
            if interaction.response.is_done():
                await interaction.followup.send(text, ephemeral=True)
            else:
                await interaction.response.send_message(text, ephemeral=True)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            log.warning("Refusal not delivered: %s", error)

    @staticmethod
    async def _acknowledge(interaction: discord.Interaction) -> None:
        message = interaction.message
        if message is not None and message.flags.ephemeral:
            await interaction.response.defer()
        else:
            await interaction.response.defer(ephemeral=True, thinking=True)

    def _claim(self, message_id: int, interaction_id: int) -> bool:
        """Note what a message is to show; False when something was asked of it after that."""
        latest = max(self._latest.pop(message_id, 0), interaction_id)
        self._latest[message_id] = latest
        if len(self._latest) > REMEMBERED:
            del self._latest[next(iter(self._latest))]
        return latest == interaction_id

    async def _show(self, interaction: discord.Interaction, reply: Reply) -> None:
        reply = clean_reply(reply, self._redact)
        message = await interaction.edit_original_response(
            content=reply.content or None,
            embeds=being_drawn(reply.embeds) if reply.chart else list(reply.embeds),
            view=view_of(reply.controls),
            attachments=files_of(reply.files),
            allowed_mentions=discord.AllowedMentions.none(),
        )
        if reply.chart is None:
            return
        attached = await self._charts.attach(reply.embeds, reply.files, reply.chart)
        embeds = list(attached.embeds)
        if attached.error:
            embeds = not_drawn(embeds, attached.error)
        if not self._claim(message.id, interaction.id):
            return  # a control was used meanwhile: its answer stays
        await interaction.edit_original_response(
            embeds=embeds,
            attachments=files_of(attached.files),
            allowed_mentions=discord.AllowedMentions.none(),
        )
