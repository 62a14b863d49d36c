"""Interaction and reply → the message that answers it, in which no mention pings anybody.

No request is ever cancelled: one that is, while discord.py 2.7.1 makes it wait for Discord's limit,
keeps the lock of its interaction, and no other change of that answer would be sent any more.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Sequence
from http import HTTPStatus
from typing import Any, TypeVar

import aiohttp
import discord
from discord import ui

from cogs.debug.ui.chart_attachment import CHART_NAME
from cogs.debug.ui.footers import noted
from cogs.debug.ui.reply import Attachment, Reply
from cogs.debug.ui.views import files_of, view_of
from services.debugcog.outbox.outcomes import CODE_MIN, Outcome
from services.debugcog.shield import left_alone

T = TypeVar("T")

NOBODY = discord.AllowedMentions.none()
TOKEN_OVER = 50027


def is_undelivered(error: BaseException) -> bool:
    """Tell whether Discord, or the way to it, is to blame for a reply that did not arrive."""
    if isinstance(error, discord.HTTPException):
        over = isinstance(error, discord.NotFound) or error.code == TOKEN_OVER
        is_foreign = error.code < CODE_MIN
        return over or is_foreign or error.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return isinstance(error, (aiohttp.ClientError, discord.RateLimited))


async def put(
    interaction: discord.Interaction,
    reply: Reply,
    embeds: Sequence[discord.Embed],
    files: Sequence[Attachment],
) -> discord.InteractionMessage:
    """Let the answer show a reply, with these embeds and files of it.

    Raises:
        discord.NotFound: its reader has dismissed it, or the token's 15 minutes are over.
    """
    return await _sent(
        interaction.edit_original_response(
            content=reply.content or None,
            embeds=list(embeds),
            view=view_of(reply.controls),
            attachments=files_of(files),
            allowed_mentions=NOBODY,
        )
    )


async def say(interaction: discord.Interaction, text: str) -> None:
    """Let the answer show a text, in the place of the reply that is to come."""
    await _sent(interaction.edit_original_response(content=text, allowed_mentions=NOBODY))


async def finish(
    interaction: discord.Interaction, without: str, note: Callable[[Collection[str]], str]
) -> None:
    """Take a control away and say why, in the message as it is now; its files stay.

    Args:
        interaction: whose answer the message is.
        without: custom id of the control.
        note: makes the one for the footer, of the labels of the buttons that are left.

    Raises:
        discord.NotFound: see ``put``.
    """
    message = await _sent(interaction.original_response())
    view = ui.View.from_message(message, timeout=None)
    for item in view.children:
        if getattr(item, "custom_id", None) == without:
            view.remove_item(item)
    view.stop()
    labels = [item.label or "" for item in view.children if isinstance(item, ui.Button)]
    embeds = noted([_with_own_file(embed) for embed in message.embeds], note(labels))
    await _sent(
        interaction.edit_original_response(embeds=embeds, view=view, allowed_mentions=NOBODY)
    )


async def _sent(request: Coroutine[Any, Any, T]) -> T:
    """Await a request; a page that says 404 is not Discord's word that the message is gone."""
    try:
        return await left_alone(request)
    except discord.NotFound as error:
        if error.code < CODE_MIN:
            raise aiohttp.ClientError(f"{Outcome.FOREIGN.value}: {error}") from error
        raise


def _with_own_file(embed: discord.Embed) -> discord.Embed:
    """Point an embed at the message's own file again; Discord has told its address, which ends."""
    if CHART_NAME in (embed.image.url or ""):
        embed.set_image(url=f"attachment://{CHART_NAME}")
    return embed
