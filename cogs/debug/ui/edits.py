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
from cogs.debug.ui.whispers import ORIGINAL, follow_up, is_answered, is_answered_here
from services.debugcog.exceptions import brief
from services.debugcog.guard import own_logger
from services.debugcog.outbox.outcomes import CODE_MIN, Outcome
from services.debugcog.shield import left_alone

T = TypeVar("T")

log = own_logger("debugcog.responder")

NOBODY = discord.AllowedMentions.none()
TOKEN_OVER = 50027
OWN_FILE = "attachment://"
ANSWERED = "another process of this bot, or the host, has answered"
ANSWER = "debugcog.answer"
"""Key of an interaction's extras: the id of a message of ours that is its answer, beside the first
response, which is the host's; None where the first response is ours to change."""
PENDING = "…"
NO_PICTURE = "no chart: Discord did not take the picture"
NO_FILE = "no file: Discord did not take it"


def log_failure(what: str, error: BaseException) -> None:
    """Log why an answer did not arrive: in one line, unless it is a fault of ours."""
    if is_answered(error):
        log.warning("%s not sent: %s", what, ANSWERED)
    elif is_undelivered(error):
        log.warning("%s not delivered: %s", what, brief(error))
    else:
        log.error("%s failed: %s", what, type(error).__name__, exc_info=error)


def is_undelivered(error: BaseException) -> bool:
    """Tell whether a fault of ours is not to blame for a reply that did not arrive."""
    if is_answered(error):
        return True
    if isinstance(error, discord.HTTPException):
        over = _is_over(error)
        is_foreign = error.code < CODE_MIN
        return over or is_foreign or error.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return isinstance(error, (aiohttp.ClientError, discord.RateLimited))


def _is_over(error: BaseException) -> bool:
    """Tell whether nothing can be changed any more: it is dismissed, or its token is over."""
    if not isinstance(error, discord.HTTPException):
        return False
    return isinstance(error, discord.NotFound) or error.code == TOKEN_OVER


async def acknowledge(
    interaction: discord.Interaction, *, in_place: bool, share: bool = False
) -> None:
    """Tell Discord that there will be an answer, once; where the host's code has, go on from there.

    Args:
        interaction: a command, or a control.
        in_place: the answer changes the message of the control.
        share: let everybody in the channel see the answer to a command.

    Raises:
        discord.HTTPException: Discord does not take it, or has told another process.
    """
    if ANSWER in interaction.extras:
        return
    response = interaction.response
    try:
        if in_place:
            await response.defer()
        else:
            await response.defer(ephemeral=not share, thinking=True)
    except (discord.HTTPException, discord.InteractionResponded) as error:
        if not await is_answered_here(interaction, error):
            raise
        update = discord.InteractionResponseType.deferred_message_update
        if not (in_place and response.type is update):
            message = await follow_up(interaction, PENDING, ephemeral=not share)
            interaction.extras[ANSWER] = message.id
            return
    interaction.extras[ANSWER] = None


async def put(
    interaction: discord.Interaction,
    reply: Reply,
    embeds: Sequence[discord.Embed],
    files: Sequence[Attachment],
) -> discord.Message:
    """Let the answer show a reply, with these embeds and files of it.

    Uploads fail where all else gets through: at Discord's storage, and on a path that loses large
    requests. Where these files do, the reply is shown without them, and says so.

    Raises:
        discord.NotFound: its reader has dismissed it, or the token's 15 minutes are over.
    """
    shown = {"content": reply.content or None, "view": view_of(reply.controls)}
    try:
        return await _change(interaction, **shown, embeds=list(embeds), attachments=files_of(files))
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        if not files or _is_over(error):
            raise
        log.warning("Reply sent without its files: %s", brief(error))
    bare = [_without_own_file(embed) for embed in embeds]
    note = NO_PICTURE if files[-1].name == CHART_NAME else NO_FILE
    shown["content"] = reply.content or (None if bare else note)
    return await _change(interaction, **shown, embeds=noted(bare, note), attachments=[])


async def say(interaction: discord.Interaction, text: str) -> None:
    """Let the answer show a text, in the place of the reply that is to come."""
    await _change(interaction, content=text)


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
    message_id = interaction.extras.get(ANSWER) or ORIGINAL
    message = await _sent(interaction.followup.fetch_message(message_id))
    view = ui.View.from_message(message, timeout=None)
    for item in view.children:
        if getattr(item, "custom_id", None) == without:
            view.remove_item(item)
    view.stop()
    labels = [item.label or "" for item in view.children if isinstance(item, ui.Button)]
    embeds = noted([_with_own_file(embed) for embed in message.embeds], note(labels))
    await _change(interaction, embeds=embeds, view=view)


async def _change(interaction: discord.Interaction, **changes: Any) -> discord.Message:
    """Change the answer."""
    message_id = interaction.extras.get(ANSWER) or ORIGINAL
    webhook = interaction.followup
    return await _sent(webhook.edit_message(message_id, allowed_mentions=NOBODY, **changes))


async def _sent(request: Coroutine[Any, Any, T]) -> T:
    """Await a request; a page that says 404 is not Discord's word that the message is gone."""
    try:
        return await left_alone(request)
    except discord.NotFound as error:
        if error.code < CODE_MIN:
            raise aiohttp.ClientError(f"{Outcome.FOREIGN.value}: {error}") from error
        raise


def _without_own_file(embed: discord.Embed) -> discord.Embed:
    return embed.copy().set_image(url=None) if OWN_FILE in (embed.image.url or "") else embed


def _with_own_file(embed: discord.Embed) -> discord.Embed:
    """Point an embed at the message's own file again; Discord has told its address, which ends."""
    if CHART_NAME in (embed.image.url or ""):
        embed.set_image(url=f"{OWN_FILE}{CHART_NAME}")
    return embed
