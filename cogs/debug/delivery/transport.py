"""Outgoing message → request by a REST client of our own → Result, by kind of failure.

Why not the host's client: discord.py sleeps inside ``send()`` on a 429, and a request that is
cancelled while it sleeps on a *global* one leaves that client locked for good. Our deadlines must
never do this to the host, so the sender has a client of its own, REST only, made at the first post
and thrown away with every request that ran out of time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord.http import HTTPClient

from cogs.debug.delivery.answers import Answer, Listener
from cogs.debug.delivery.classification import (
    NoDirectMessagesError,
    NotLoggedInError,
    Request,
    result_of,
)
from cogs.debug.delivery.forum import Forums
from cogs.debug.delivery.host_connector import connector_of
from cogs.debug.delivery.message_builder import Outgoing
from cogs.debug.delivery.recent_messages import marked, read
from cogs.debug.ui.views import files_of, view_of
from services.debugcog.outbox.outcomes import Outcome, Result
from services.debugcog.setting_kinds import OWNERS_DM

DEADLINE = 20.0
SLEEP_MAX = 30.0  # the least that discord.py can be told: a longer 429 is raised, not slept
RECENT = 50
Work = Callable[[discord.PartialMessageable], Awaitable[object]]


class DiscordTransport:
    """The real one.

    Args:
        bot: the host, for its token and its way to Discord.
        deadline: seconds that one request may take.
        redact: what an answer says goes through it before it is kept.
    """

    def __init__(
        self,
        bot: discord.Client,
        deadline: float = DEADLINE,
        *,
        redact: Callable[[str], str] = str,
    ) -> None:
        self._bot = bot
        self._deadline = deadline
        self._redact = redact
        self._listener = Listener()
        self._client: discord.Client | None = None
        self._owners_dm: int | None = None
        self._forums = Forums()

    async def post(
        self, channel_id: int, message: Outgoing, nonce: str, answers: int | None
    ) -> Result:
        """Post a message, perhaps as an answer to another one.

        An answer needs a right of its own, and something that can be answered: if it is refused,
        what it says is offered without that.
        """
        if message.heading is not None:
            answers = None
        result = await self._post(channel_id, message, nonce, answers)
        if answers is not None and result.outcome is Outcome.REFUSED:
            return await self._post(channel_id, message, nonce, None)
        return result

    async def _post(
        self, channel_id: int, message: Outgoing, nonce: str, answers: int | None
    ) -> Result:
        async def send(channel: discord.PartialMessageable) -> None:
            await self._prepare(channel, message)
            await channel.send(
                message.content or None,
                embeds=list(message.embeds),
                files=files_of(message.files),
                view=view_of(message.controls, message.tag),
                allowed_mentions=_mentions(message),
                nonce=nonce,
                **_reference(channel.id, answers),
            )

        request = Request("POST", in_post=message.heading is not None)
        result, answer = await self._attempt(channel_id, request, send)
        if answer is None:
            return result
        return Result(Outcome.SENT, message_id=int(answer.data["id"]))

    async def edit(self, channel_id: int, message_id: int, message: Outgoing) -> Result:
        """Replace what a message of ours shows."""

        async def change(channel: discord.PartialMessageable) -> None:
            await self._prepare(channel, message)
            await channel.get_partial_message(message_id).edit(
                content=message.content or None,
                embeds=list(message.embeds),
                attachments=files_of(message.files),
                view=view_of(message.controls, message.tag),
                allowed_mentions=_mentions(message),
            )

        request = Request("PATCH", message_id, in_post=message.heading is not None)
        result, _ = await self._attempt(channel_id, request, change)
        return result

    async def open_post(self, forum_id: int, message: Outgoing) -> Result:
        """Open a post in a forum; the id of its first message is that of the post."""

        async def make(channel: discord.PartialMessageable) -> None:
            await self._forums.open(self._http, channel.id, message)

        result, answer = await self._attempt(forum_id, Request("POST", opens_post=True), make)
        if answer is None:
            self._forums.forget()
            return result
        return Result(Outcome.SENT, message_id=int(answer.data["id"]))

    async def recent_posts(self, forum_id: int) -> dict[int, str] | Result:
        """Map the ids of our last posts in a forum to what may have a nonce in it."""
        messages: list[discord.Message] = []
        request = Request("GET", has_found=False)

        async def look(channel: discord.PartialMessageable) -> None:
            user = self._client.user if self._client else None
            listed = await self._forums.recent(self._http, channel.id, user.id if user else 0)
            messages.extend(read(channel, listed))
            request.has_found = True

        result, answer = await self._attempt(forum_id, request, look)
        if answer is None:
            return result
        return {message.id: " ".join(marked(message)) for message in messages}

    async def recent(self, channel_id: int) -> dict[int, str] | Result:
        """Map the ids of our last messages in a channel to what may have a nonce in it."""
        messages: list[discord.Message] = []

        async def look(channel: discord.PartialMessageable) -> None:
            listed = await self._http.logs_from(channel.id, RECENT)
            messages.extend(read(channel, listed))

        result, answer = await self._attempt(channel_id, Request("GET"), look)
        user = self._client.user if self._client else None
        if answer is None or user is None:
            return result
        return {
            message.id: " ".join(marked(message))
            for message in messages
            if message.author.id == user.id
        }

    @property
    def _http(self) -> HTTPClient:
        assert self._client is not None, "it is logged in before anything is asked"
        return self._client.http

    async def _prepare(self, channel: discord.PartialMessageable, message: Outgoing) -> None:
        """Open and tag the post that a message is in, if it is in one."""
        if message.heading is not None:
            await self._forums.prepare(self._http, channel.id, message.heading)

    async def close(self) -> None:
        """Close the connection."""
        client, self._client, self._owners_dm = self._client, None, None
        if client is not None:
            await client.close()

    async def _attempt(
        self, channel_id: int, request: Request, work: Work, *, is_fresh: bool = False
    ) -> tuple[Result, Answer | None]:
        """Make a request; the answer from the wire decides how it ended, if there is one.

        Args:
            channel_id: where to.
            request: tells whether an answer fulfils it.
            work: makes it.
            is_fresh: the client is new, and what it infers is from answers to this attempt.

        Returns:
            How it ended, and the answer of a request that was fulfilled.
        """
        error: Exception | None = None
        self._listener.reset()
        try:
            async with asyncio.timeout(self._deadline):
                channel = await self._channel(channel_id)
                self._listener.reset()  # the answers so far were to a login
                request.channel_id = channel.id
                await work(channel)
        except Exception as raised:  # noqa: BLE001 - whatever happens is a result
            error = raised
        answer = self._listener.answer
        if answer is not None and request.is_fulfilled(answer):
            return Result(Outcome.SENT), answer
        is_inferred = isinstance(error, discord.RateLimited) and not self._listener.asked
        if is_inferred and not is_fresh:
            # Nobody asked to wait: discord.py infers it from headers of an answer before, which
            # something in between may have added. A new client knows none.
            await self.close()
            return await self._attempt(channel_id, request, work, is_fresh=True)
        result = result_of(error, answer, request, self._listener.asked, self._redact)
        spoilt = isinstance(error, TimeoutError | discord.RateLimited)  # it may wait for too long
        if spoilt or result.outcome is Outcome.UNBUILT:
            await self.close()
        return result, None

    async def _ready(self) -> discord.Client:
        """Log in once; ``/users/@me`` also tells whether the token is any good."""
        if self._client is None:
            http = self._bot.http
            if not http.token:
                raise NotLoggedInError
            client = discord.Client(
                intents=discord.Intents(guilds=True),  # without it discord.py warns
                max_ratelimit_timeout=SLEEP_MAX,
                connector=connector_of(self._bot),
                proxy=http.proxy,
                proxy_auth=http.proxy_auth,
                http_trace=self._listener.trace,
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
                self._owners_dm = await self._open_dm(client, _owner_of(self._bot, client))
            channel_id = self._owners_dm
        return client.get_partial_messageable(channel_id)

    async def _open_dm(self, client: discord.Client, user_id: int) -> int:
        try:
            return (await client.create_dm(discord.Object(user_id))).id
        except discord.HTTPException as error:
            if error.status in (400, 403, 404):  # of a post these would mean something else
                raise NoDirectMessagesError(str(error)) from error
            raise


def _owner_of(bot: discord.Client, client: discord.Client) -> int:
    """Find who owns the bot: whom the host names, or Discord, of a team its owner."""
    named = getattr(bot, "owner_id", None)
    application = client.application
    if named or application is None:  # a client that is logged in knows its application
        return int(named or 0)
    team = application.team
    return (team.owner_id if team else None) or application.owner.id


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
