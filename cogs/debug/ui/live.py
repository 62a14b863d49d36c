"""Messages that refresh by themselves for some minutes, each with a button that stops it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field, replace

import aiohttp
import discord

from cogs.debug.ui.actions import Action, custom_id
from cogs.debug.ui.chart_attachment import Attached, ChartAttachments, not_drawn
from cogs.debug.ui.edits import finish, put
from cogs.debug.ui.footers import LIVE, REFRESH_FAILED, noted
from cogs.debug.ui.reply import Button, Reply
from cogs.debug.ui.secrets import clean_reply
from services.debugcog.frozen import frozen
from services.debugcog.guard import own_logger
from services.debugcog.units import utc_time

log = own_logger("debugcog.live")

LIVE_MAX = 10
FAILURES_MAX = 3
CLOSE_SECONDS = 2.0
NOT_LIVE = f"not live: {LIVE_MAX} messages are live already"
REFRESH = "Refresh"
FAULTS = (discord.DiscordException, aiohttp.ClientError, OSError)
Query = Callable[[], Awaitable[Reply]]


@frozen
class StopLive(Action, name="live"):
    """Stop refreshing the message that has the control."""


STOP = Button("Stop", StopLive())


@dataclass(slots=True, kw_only=True)
class Live:
    """One message that refreshes by itself.

    Attributes:
        interaction: that it answers.
        query: makes the reply anew.
        every: seconds between two refreshes.
        until: unix seconds, at which it ends.
        ends: the same, in seconds of the event loop.
        shown: the reply that it shows; None when that is not known.
        attached: the same, with its picture.
        editing: held while it is changed.
        failing: whether the last refresh failed, which its footer then says.
        failures: edits that failed in a row.
        task: refreshes it.
        follows: whether it only lives until a reply says that something is complete.
    """

    interaction: discord.Interaction
    query: Query
    every: float
    until: float
    ends: float
    shown: Reply | None = None
    attached: Attached | None = None
    editing: asyncio.Lock = field(default_factory=asyncio.Lock)
    failing: bool = False
    failures: int = 0
    task: asyncio.Task[None] | None = None
    follows: bool = False

    @property
    def is_complete(self) -> bool:
        """Tell whether what it follows has come to its end, and the message shows that."""
        return self.follows and self.shown is not None and not self.shown.progress

    @property
    def note(self) -> str:
        """Say how long it lives."""
        return f"{LIVE}{utc_time(self.until)}"

    def marked(self, reply: Reply) -> Reply:
        """Add the button that stops it, and say how long it lives, unless it ends by itself."""
        if self.follows:
            return reply
        embeds = noted(reply.embeds, self.note)
        return replace(reply, embeds=tuple(embeds), controls=(*reply.controls, STOP))


class LiveMessages:
    """Refreshes messages, one refresh of each at a time; ten messages at most.

    Args:
        charts: draws the pictures.
        redact: every string that is sent goes through it.
        seconds: for which a message lives.
    """

    def __init__(
        self,
        charts: ChartAttachments,
        redact: Callable[[str], str],
        seconds: float,
    ) -> None:
        self._charts = charts
        self._redact = redact
        self._seconds = seconds
        self._live: dict[int, Live] = {}  # by message
        self._prepared: list[Live] = []
        self._closed = False

    def prepare(self, interaction: discord.Interaction, query: Query, every: float) -> Live | None:
        """Make a live message; None where ten are live already.

        It has a place among the ten until it ends, from ``start`` on, or until ``release``.
        """
        if len(self._live) + len(self._prepared) >= LIVE_MAX:
            return None
        live = Live(
            interaction=interaction,
            query=query,
            every=every,
            until=time.time() + self._seconds,
            ends=asyncio.get_running_loop().time() + self._seconds,
        )
        self._prepared.append(live)
        return live

    def release(self, live: Live) -> None:
        """Give up the place of one that was prepared, where it has not begun."""
        self._prepared = [one for one in self._prepared if one is not live]

    def start(self, message_id: int, live: Live, shown: Reply, attached: Attached) -> None:
        """Refresh a message from now on.

        Args:
            message_id: of the message.
            live: as ``prepare`` made it.
            shown: what the message shows, as ``Live.marked`` made it.
            attached: the same, with its picture.
        """
        live.shown, live.attached = shown, attached
        self.release(live)
        live.task = asyncio.create_task(self._run(message_id, live), name="debugcog-live")
        self._live[message_id] = live

    async def end(self, message_id: int) -> bool:
        """End refreshing a message, when its last change has arrived; False if it was not live."""
        live = self._live.pop(message_id, None)
        if live is None or live.task is None:
            return False
        async with live.editing:
            live.task.cancel()
        await asyncio.wait([live.task])
        return True

    async def close(self) -> None:
        """End all, and say so in each as far as two seconds allow."""
        self._closed = True  # one that is about to start says its end at once
        last = [asyncio.create_task(self._end_told(*one)) for one in self._live.items()]
        if last:
            _, late = await asyncio.wait(last, timeout=CLOSE_SECONDS)
            for task in late:
                task.cancel()

    async def _end_told(self, message_id: int, live: Live) -> None:
        if await self.end(message_id):
            await _tell_end(live)

    async def _run(self, message_id: int, live: Live) -> None:
        try:
            while live.failures < FAILURES_MAX and not self._closed:
                left = live.ends - asyncio.get_running_loop().time()
                await asyncio.sleep(max(0.0, min(live.every, left)))
                if left <= live.every:
                    break
                await self._refresh(live)
                if live.is_complete:
                    return
            await _tell_end(live)
        except discord.NotFound:
            log.info("Live message gone: %s", message_id)
        except Exception:
            log.exception("Live message ended by a fault")
        finally:
            self._live.pop(message_id, None)

    async def _refresh(self, live: Live) -> None:
        """Ask again, and change the message if the answer differs."""
        try:
            reply = live.marked(clean_reply(await live.query(), self._redact))
        except Exception as error:  # noqa: BLE001 - told in the footer
            await self._tell_failure(live, error)
            return
        if not live.failing and live.shown and _same(reply, live.shown):
            return
        attached = await with_picture(self._charts, reply)
        if await self._edit(live, reply, attached):
            live.shown, live.attached, live.failing = reply, attached, False

    async def _tell_failure(self, live: Live, error: Exception) -> None:
        """Say once in the footer that the message shows what was true before."""
        if live.failing or live.shown is None or live.attached is None:
            return
        log.warning("Refresh failed: %s", type(error).__name__, exc_info=error)
        notes = (live.note, f"{REFRESH_FAILED}{utc_time(time.time())}")
        attached = replace(live.attached, embeds=tuple(noted(live.attached.embeds, *notes)))
        live.failing = await self._edit(live, live.shown, attached)

    @staticmethod
    async def _edit(live: Live, reply: Reply, attached: Attached) -> bool:
        """Change the message; count what fails, but that it is gone."""
        async with live.editing:
            try:
                await put(live.interaction, reply, attached.embeds, attached.files)
            except discord.NotFound:
                raise
            except FAULTS as error:
                log.info("Live message not changed: %s", error)
                live.failures += 1
                live.shown = None
                return False
        live.failures = 0
        return True


async def with_picture(charts: ChartAttachments, reply: Reply) -> Attached:
    """Attach a reply's picture, if it has one; where it cannot be drawn, say why."""
    if reply.chart is None:
        return Attached(reply.embeds, reply.files)
    attached = await charts.attach(reply.embeds, reply.files, reply.chart)
    if not attached.error:
        return attached
    return replace(attached, embeds=tuple(not_drawn(attached.embeds, attached.error)))


def ended(labels: Collection[str]) -> str:
    """Say that a message with such buttons is live no longer, and how to see what is so now."""
    return f"Live ended at {utc_time(time.time())} · {_how_to_see(labels)}"


def no_longer(labels: Collection[str]) -> str:
    """Say the same of one whose end is not known."""
    return f"no longer live · {_how_to_see(labels)}"


def _how_to_see(labels: Collection[str]) -> str:
    how = REFRESH if REFRESH in labels else "run the command again"
    return f"{how} to see it as it is now"


async def _tell_end(live: Live) -> None:
    try:
        await finish(live.interaction, custom_id(StopLive()), ended)
    except FAULTS as error:
        log.info("End of a live message not told: %s", error)


def _same(one: Reply, other: Reply) -> bool:
    """Compare what two replies show; not when they were made."""
    return _shown(one) == _shown(other)


def _shown(reply: Reply) -> tuple[object, ...]:
    embeds = [{**embed.to_dict(), "timestamp": None} for embed in reply.embeds]
    return reply.content, embeds, reply.controls, reply.chart, reply.files
