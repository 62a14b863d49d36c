"""An interaction and a panel → acknowledged at once, numbers first, then the picture."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

import aiohttp
import discord

from cogs.debug.ui.reply import FOOTER_MAX, Attachment, Form, Reply, clip
from cogs.debug.ui.views import CHART_NAME, files_of, modal_of, view_of, with_chart
from services.debugcog.charting.chart_spec import alt_text
from services.debugcog.charting.worker import ChartError, ChartWorker

log = logging.getLogger("debugcog.answering")

REMEMBERED = 200
"""Messages of which it is known what was asked of them last."""


class Responder:
    """Sends replies that only the caller sees.

    Args:
        charts: draws the pictures.
    """

    def __init__(self, charts: ChartWorker) -> None:
        self._charts = charts
        self._latest: dict[int, int] = {}  # message → interaction that it shows, or will show

    async def answer(
        self, interaction: discord.Interaction, panel: Callable[[], Awaitable[Reply]]
    ) -> None:
        """Acknowledge, then show the panel; a press on an ephemeral reply changes it in place."""
        await self._acknowledge(interaction)
        if interaction.message is not None:
            self._claim(interaction.message.id, interaction.id)
        reply = await panel()
        try:
            await self._show(interaction, reply)
        except discord.NotFound:  # dismissed by its reader, or the token's 15 minutes are over
            log.info("Reply gone before it was complete: %s", interaction.id)

    async def ask(self, interaction: discord.Interaction, question: Form | Reply) -> None:
        """Open a form, which has to be the first response; or show why there is none."""
        if isinstance(question, Form):
            await interaction.response.send_modal(modal_of(question))
            return
        await self._acknowledge(interaction)
        await self._show(interaction, question)

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
        message = await interaction.edit_original_response(
            content=reply.content or None,
            embeds=list(reply.embeds),
            view=view_of(reply.controls),
            attachments=files_of(reply.files),
            allowed_mentions=discord.AllowedMentions.none(),
        )
        if reply.chart is None:
            return
        embeds = list(reply.embeds)
        files = list(reply.files)
        try:
            picture = await self._charts.draw(reply.chart)
        except ChartError as error:
            text = f"{embeds[0].footer.text or ''} · no chart: {error}".strip(" ·")
            embeds[0] = embeds[0].copy().set_footer(text=clip(text, FOOTER_MAX))
        else:
            embeds[0] = with_chart(embeds[0])
            files.append(Attachment(CHART_NAME, picture, alt_text(reply.chart)))
        if not self._claim(message.id, interaction.id):
            return  # a control was pressed meanwhile: its answer stays
        await interaction.edit_original_response(
            embeds=embeds,
            attachments=files_of(files),
            allowed_mentions=discord.AllowedMentions.none(),
        )
