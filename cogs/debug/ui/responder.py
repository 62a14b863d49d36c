"""Interaction and query → acknowledgement, then the reply, then the reply with its chart."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol
from weakref import WeakValueDictionary

import aiohttp
import discord
from discord import app_commands

from cogs.debug.ui import actions, chart_attachment, edits, footers, secrets, views, whispers
from cogs.debug.ui import live as live_messages
from cogs.debug.ui import reply as replies
from cogs.debug.ui.later import Later
from cogs.debug.ui.own_commands import name_of
from services.debugcog.guard import own_logger

if TYPE_CHECKING:
    from cogs.debug.ui.chart_attachment import ChartAttachments
    from cogs.debug.ui.live import Live, LiveMessages, Query
    from cogs.debug.ui.reply import Attachment, Form, Reply

log = own_logger("debugcog.responder")

LIVE_SECONDS = 14 * 60.0
"""An interaction's token lives for 15 minutes: nothing can be changed with it after that."""
REFRESH_SECONDS, STREAM_SECONDS = 10.0, 2.0
"""Between two refreshes of a live reply, and of one that streams."""
REMEMBERED = 200
"""Messages of which it is known what was asked of them last."""
FAILED = "DebugCog failed at this. Its log has the traceback."
UNDELIVERED = "Discord did not take the reply. Run the command again."
TAKEN = (
    "No form can open here: this bot's own code has answered the control first. Let it leave "
    "controls alone whose custom id begins with `debugcog:`."
)


if TYPE_CHECKING:

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
    """Sends replies that only the caller sees, unless they are to be shared.

    Args:
        gate: asked before anything else is done.
        charts: attaches the pictures; what shows a reply is run together with it, on the thread.
        redact: every string that is sent goes through it.
        live_seconds: for which a live message refreshes itself.
        refresh_seconds: between two refreshes.
    """

    def __init__(
        self,
        gate: Gate,
        charts: Later[ChartAttachments],
        redact: Callable[[str], str],
        live_seconds: float = LIVE_SECONDS,
        refresh_seconds: float = REFRESH_SECONDS,
    ) -> None:
        self._gate = gate
        self._charts = charts
        self._redact = redact
        self._live_seconds = live_seconds
        self._refresh_seconds = refresh_seconds
        self._live: LiveMessages | None = None
        self._is_closed = False
        self._latest: dict[int, int] = {}  # message → interaction that it shows, or will show
        self._changing = WeakValueDictionary[int, asyncio.Lock]()  # by message, while in use

    async def answer(
        self,
        interaction: discord.Interaction,
        query: Query,
        *,
        share: bool = False,
        live: bool = False,
        stream: bool = False,
    ) -> None:
        """Acknowledge, then reply; a control of one of our replies changes it in place.

        Args:
            interaction: a command, or a control.
            query: makes the reply.
            share: let everybody in the channel see the reply to a command.
            live: refresh it every ``REFRESH_SECONDS``, for 14 minutes.
            stream: refresh it every ``STREAM_SECONDS``. A reply that is ``progress`` is refreshed
                as often in any case, until one is not.
        """
        await self.acknowledge(interaction, share=share)
        if interaction.message is not None:
            await self._take_over(interaction.message.id, interaction.id)
        reply = await query()
        await self._charts.get()
        reply = secrets.clean_reply(reply, self._redact)
        every = self._refresh_seconds if live else 0.0
        every = STREAM_SECONDS if stream or reply.progress else every
        refreshed = (await self._messages()).prepare(interaction, query, every) if every else None
        if refreshed:
            refreshed.follows = reply.progress
        elif every:
            reply = replace(
                reply, embeds=tuple(footers.noted(reply.embeds, live_messages.NOT_LIVE))
            )
        try:
            await self._show(interaction, reply, refreshed)
        except discord.NotFound:  # dismissed by its reader, or the token's 15 minutes are over
            log.info("Reply gone before it was complete: %s", interaction.id)
        finally:
            if refreshed:
                (await self._messages()).release(refreshed)

    async def tell(self, interaction: discord.Interaction, text: str) -> None:
        """Say how far a query is, in the place of the reply that is to come."""
        try:
            async with self._turn(interaction, _changed_in_place(interaction)) as is_latest:
                if is_latest:
                    await edits.say(interaction, self._redact(text))
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            log.info("Progress not told: %s", error)

    async def stop(self, interaction: discord.Interaction) -> None:
        """End a live message, from its own control; one of an earlier run has ended already."""
        await self.acknowledge(interaction)
        assert interaction.message is not None
        was_live = await self._take_over(interaction.message.id, interaction.id)
        try:
            control = actions.custom_id(live_messages.StopLive())
            note = live_messages.ended if was_live else live_messages.no_longer
            await edits.finish(interaction, control, note)
        except discord.NotFound:
            log.info("Live message gone before it was stopped: %s", interaction.id)

    async def close(self) -> None:
        """End all live messages; one that is being made ends when it begins."""
        self._is_closed = True
        if self._live is not None:
            await self._live.close()

    async def ask(self, interaction: discord.Interaction, question: Form | Reply) -> None:
        """Open a form, which has to be the first response; or show why there is none."""
        if isinstance(question, replies.Form):
            clean = secrets.clean_form(question, self._redact)
            await interaction.response.send_modal(views.modal_of(clean))
            return
        await self.acknowledge(interaction)
        await self._show(interaction, secrets.clean_reply(question, self._redact), None)

    async def complete(
        self,
        interaction: discord.Interaction,
        names: Callable[[], Awaitable[list[tuple[str, str]]]],
    ) -> list[app_commands.Choice[str]]:
        """Offer choices to those who may use the command; ``names`` gives (label, value)."""
        if not await self._gate.check_completion(interaction, name_of(interaction)):
            return []
        return secrets.choices(await names(), self._redact)

    async def allow(self, interaction: discord.Interaction, what: str) -> bool:
        """Return whether the caller may; who may not gets a sentence that names the way in."""
        if await self._gate.check(interaction, what):
            return True
        await self.refuse(interaction, self._gate.refusal)
        return False

    async def fail(self, interaction: discord.Interaction, error: Exception) -> None:
        """Log a fault of ours, or that Discord did not take the reply, and tell the caller."""
        cause = getattr(error, "original", error)
        edits.log_failure("Reply", cause)
        if not whispers.is_answered(cause):
            text = UNDELIVERED if edits.is_undelivered(cause) else FAILED
            await self.refuse(interaction, text)
        elif await whispers.is_answered_here(interaction, cause):
            await self.refuse(interaction, TAKEN)

    @staticmethod
    async def refuse(interaction: discord.Interaction, text: str) -> None:
        """Answer with a sentence that only the caller sees, if Discord takes it."""
        try:
            await whispers.whisper(interaction, text)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            log.warning("Refusal not delivered: %s", error)

    @staticmethod
    async def acknowledge(interaction: discord.Interaction, *, share: bool = False) -> None:
        """Tell Discord within its 3 s that there will be an answer, unless that was told."""
        in_place = _changed_in_place(interaction) is not None
        await edits.acknowledge(interaction, in_place=in_place, share=share)

    def _claim(self, message_id: int, interaction_id: int) -> bool:
        """Note what a message is to show; False when something was asked of it after that."""
        latest = max(self._latest.pop(message_id, 0), interaction_id)
        self._latest[message_id] = latest
        if len(self._latest) > REMEMBERED:
            del self._latest[next(iter(self._latest))]
        return latest == interaction_id

    async def _take_over(self, message_id: int, interaction_id: int) -> bool:
        """Let nothing older change a message any more; return whether it was live."""
        self._claim(message_id, interaction_id)
        return self._live is not None and await self._live.end(message_id)

    async def _messages(self) -> LiveMessages:
        """Return what keeps messages live, made when one is to be."""
        charts = await self._charts.get()
        if self._live is None:
            self._live = live_messages.LiveMessages(charts, self._redact, self._live_seconds)
            if self._is_closed:
                await self._live.close()
        return self._live

    @contextlib.asynccontextmanager
    async def _turn(
        self, interaction: discord.Interaction, message_id: int | None
    ) -> AsyncIterator[bool]:
        """Let one change of a message end before the next; yield whether it is to be made.

        It is not where something was asked of the message later: an older change that arrived
        after that would stay. One that is not there yet has no id.
        """
        if message_id is None:
            yield True
            return
        async with self._changing.setdefault(message_id, asyncio.Lock()):
            yield self._claim(message_id, interaction.id)

    async def _show(
        self, interaction: discord.Interaction, reply: Reply, live: Live | None
    ) -> None:
        if live:
            reply = live.marked(reply)
        first = chart_attachment.being_drawn(reply.embeds) if reply.chart else reply.embeds
        in_place = _changed_in_place(interaction)
        message_id = await self._put(interaction, reply, (first, reply.files), in_place)
        if message_id is None:
            return
        attached = await live_messages.with_picture(await self._charts.get(), reply)
        if not self._claim(message_id, interaction.id):
            return  # a control was used meanwhile: its answer stays
        if reply.chart:
            shown = attached.embeds, attached.files
            await self._put(interaction, reply, shown, message_id)
        if live and self._claim(message_id, interaction.id):
            (await self._messages()).start(message_id, live, reply, attached)

    async def _put(
        self,
        interaction: discord.Interaction,
        reply: Reply,
        shown: tuple[Sequence[discord.Embed], Sequence[Attachment]],
        message_id: int | None,
    ) -> int | None:
        """Show a reply; return the id of its message, None where a later answer has that."""
        async with self._turn(interaction, message_id) as is_latest:
            if not is_latest:
                return None
            message = await edits.put(interaction, reply, *shown)
        return message.id if self._claim(message.id, interaction.id) else None


def _changed_in_place(interaction: discord.Interaction) -> int | None:
    """Return the id of the message that its answer changes: a reply of ours, and no alert."""
    message = interaction.message
    if message is not None and (message.flags.ephemeral or message.interaction_metadata):
        return message.id
    return None
