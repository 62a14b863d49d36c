"""Outgoing message → request by a REST client of our own → Result, by kind of failure.

Why not the host's client: discord.py sleeps inside ``send()`` on a 429, and a request that is
cancelled while it sleeps on a *global* one leaves that client locked for good. Our deadlines must
never do this to the host, so the sender has a client of its own, REST only, made at the first post
and thrown away with every request that ran out of time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from typing import Any

import aiohttp
import discord

from cogs.debug.delivery.message_builder import Outgoing
from cogs.debug.ui.actions import tag_of
from cogs.debug.ui.views import files_of, view_of
from services.debugcog.outbox.outcomes import UNSURE_WAIT, Outcome, Result
from services.debugcog.setting_kinds import OWNERS_DM

DEADLINE = 20.0
SLEEP_MAX = 30.0  # the least that discord.py can be told: a longer 429 is raised, not slept
RECENT = 50
CHANNEL_REFUSES = {
    10003: Outcome.NO_CHANNEL,
    50008: Outcome.WRONG_CHANNEL,
    50024: Outcome.WRONG_CHANNEL,
    50083: Outcome.WRONG_CHANNEL,
}
"""Unknown, not one for text, not one for this action, a closed thread: no payload would help."""
EDITS_LIMITED = 30046


class NotLoggedInError(Exception):
    """The host has no token yet."""


class NoDirectMessagesError(Exception):
    """Discord will not open the owner's direct messages."""


class DiscordTransport:
    """The real one.

    Args:
        bot: the host, for its token and its proxy.
        deadline: seconds that one request may take.
    """

    def __init__(self, bot: discord.Client, deadline: float = DEADLINE) -> None:
        self._bot = bot
        self._deadline = deadline
        self._client: discord.Client | None = None
        self._owners_dm: int | None = None

    async def post(
        self, channel_id: int, message: Outgoing, nonce: str, answers: int | None
    ) -> Result:
        """Post a message, perhaps as an answer to another one."""
        try:
            async with asyncio.timeout(self._deadline):
                channel = await self._channel(channel_id)
                sent = await channel.send(
                    message.content or None,
                    embeds=list(message.embeds),
                    files=files_of(message.files),
                    view=view_of(message.controls, message.tag),
                    allowed_mentions=_mentions(message),
                    nonce=nonce,
                    **_reference(channel.id, answers),
                )
        except Exception as error:  # noqa: BLE001 - whatever happens is a result
            return await self._result(error, is_edit=False)
        return Result(Outcome.SENT, message_id=sent.id)

    async def edit(self, channel_id: int, message_id: int, message: Outgoing) -> Result:
        """Replace what a message of ours shows."""
        try:
            async with asyncio.timeout(self._deadline):
                channel = await self._channel(channel_id)
                await channel.get_partial_message(message_id).edit(
                    content=message.content or None,
                    embeds=list(message.embeds),
                    attachments=files_of(message.files),
                    view=view_of(message.controls, message.tag),
                    allowed_mentions=_mentions(message),
                )
        except Exception as error:  # noqa: BLE001 - whatever happens is a result
            return await self._result(error, is_edit=True)
        return Result(Outcome.SENT)

    async def recent(self, channel_id: int) -> dict[int, str] | Result:
        """Map the ids of our last messages in a channel to what may have a nonce in it."""
        try:
            async with asyncio.timeout(self._deadline):
                channel, client = await self._channel(channel_id), await self._ready()
                messages = [message async for message in channel.history(limit=RECENT)]
        except Exception as error:  # noqa: BLE001 - whatever happens is a result
            return await self._result(error, is_edit=False)
        return {
            message.id: " ".join(_marked(message))
            for message in messages
            if client.user is not None and message.author.id == client.user.id
        }

    async def close(self) -> None:
        """Close the connection."""
        client, self._client, self._owners_dm = self._client, None, None
        if client is not None:
            await client.close()

    async def _ready(self) -> discord.Client:
        """Log in once; ``/users/@me`` also tells whether the token is any good."""
        if self._client is None:
            http = self._bot.http
            if not http.token:
                raise NotLoggedInError
            client = discord.Client(
                intents=discord.Intents(guilds=True),  # without it discord.py warns
                max_ratelimit_timeout=SLEEP_MAX,
                proxy=http.proxy,
                proxy_auth=http.proxy_auth,
            )
            try:
                await client.login(http.token)
            except BaseException:
                await client.close()
                raise
            self._client = client
        return self._client

    async def _channel(self, channel_id: int) -> discord.PartialMessageable:
        """Name a channel; the owner's direct messages are opened once for each client."""
        client = await self._ready()
        if channel_id == OWNERS_DM:
            if self._owners_dm is None:
                self._owners_dm = await _open_dm(client, _owner_of(self._bot, client))
            channel_id = self._owners_dm
        return client.get_partial_messageable(channel_id)

    async def _result(self, error: Exception, *, is_edit: bool) -> Result:
        if isinstance(error, TimeoutError):
            await self.close()
        return result_of(error, is_edit=is_edit)


def _marked(message: discord.Message) -> Iterator[str]:
    """Find the texts of a message that have its nonce: ids of controls, or small print."""
    yield message.content
    yield from (embed.footer.text or "" for embed in message.embeds)
    for row in message.components:
        yield from (tag_of(getattr(one, "custom_id", None) or "") for one in _controls(row))


def _controls(row: discord.Component) -> Iterable[object]:
    return row.children if isinstance(row, discord.ActionRow) else ()


def _owner_of(bot: discord.Client, client: discord.Client) -> int:
    """Find who owns the bot: whom the host names, or Discord, of a team its owner."""
    named = getattr(bot, "owner_id", None)
    application = client.application
    if named or application is None:  # a client that is logged in knows its application
        return int(named or 0)
    team = application.team
    return (team.owner_id if team else None) or application.owner.id


async def _open_dm(client: discord.Client, user_id: int) -> int:
    try:
        return (await client.create_dm(discord.Object(user_id))).id
    except discord.HTTPException as error:
        if error.status in (400, 403, 404):  # of a post these would mean something else
            raise NoDirectMessagesError(str(error)) from error
        raise


def result_of(error: Exception, *, is_edit: bool) -> Result:
    """Classify what a request raised."""
    detail = f"{type(error).__name__}: {error}"[:200]
    if isinstance(error, NoDirectMessagesError):
        return Result(Outcome.FORBIDDEN, detail=detail)
    if isinstance(error, discord.RateLimited):
        return Result(Outcome.LIMITED, retry_after=error.retry_after, detail=detail)
    if isinstance(error, discord.LoginFailure):
        return Result(Outcome.BANNED, detail=detail)
    if isinstance(error, discord.HTTPException):
        return _answered(error, detail, is_edit=is_edit)
    if isinstance(error, (NotLoggedInError, aiohttp.ClientConnectorError)):
        return Result(Outcome.UNREACHABLE, detail=detail)
    if isinstance(error, TimeoutError):
        return Result(Outcome.UNSURE, retry_after=UNSURE_WAIT, detail="no answer in time")
    if isinstance(error, (aiohttp.ClientError, OSError)):
        return Result(Outcome.UNSURE, detail=detail)
    return Result(Outcome.REFUSED, detail=detail)  # a payload that cannot even be written


def _answered(error: discord.HTTPException, detail: str, *, is_edit: bool) -> Result:
    if error.status == 429:
        return _limited(error, detail, is_edit=is_edit)
    if error.status >= 500:
        return Result(Outcome.UNSURE, detail=detail)
    if error.status == 401:
        return Result(Outcome.BANNED, detail=detail)
    if error.code in CHANNEL_REFUSES:
        return Result(CHANNEL_REFUSES[error.code], detail=detail)
    if error.status == 403:
        return Result(Outcome.FORBIDDEN, detail=detail)
    if error.status == 404:
        return Result(Outcome.GONE if is_edit else Outcome.DELETED, detail=detail)
    return Result(Outcome.REFUSED, detail=detail)


def _limited(error: discord.HTTPException, detail: str, *, is_edit: bool) -> Result:
    headers = error.response.headers
    if not headers.get("Via"):
        return Result(Outcome.BANNED, detail=detail)
    retry_after = float(headers.get("Retry-After", UNSURE_WAIT))
    stale = is_edit and error.code == EDITS_LIMITED
    outcome = Outcome.EDIT_LIMITED if stale else Outcome.LIMITED
    return Result(outcome, retry_after=retry_after, detail=detail)


def _reference(channel_id: int, answers: int | None) -> dict[str, Any]:
    if answers is None:
        return {}
    return {
        "reference": discord.MessageReference(
            message_id=answers, channel_id=channel_id, fail_if_not_exists=False
        )
    }


def _mentions(message: Outgoing) -> discord.AllowedMentions:
    """Let nothing ping but the one role; on edits too, which parse mentions anew."""
    roles = [discord.Object(message.role_id)] if message.role_id else []
    return discord.AllowedMentions(everyone=False, users=False, roles=roles, replied_user=False)
