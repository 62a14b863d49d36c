"""asyncio task that sends outbox rows, one request at a time, and survives any answer."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Generic

from services.debugcog.guard import own_logger
from services.debugcog.outbox import attempt_log, completion
from services.debugcog.outbox.channels import Channels
from services.debugcog.outbox.dispatch import Claim, Reconcile, attempt_of, claim
from services.debugcog.outbox.outcomes import (
    REFUSING,
    UNREACHED,
    Action,
    Attempt,
    Outcome,
    Result,
    backoff,
    decide,
)
from services.debugcog.outbox.ports import M, MessageBuilder, Transport
from services.debugcog.outbox.receipts import backlog, receipt
from services.debugcog.outbox.records import Condition, ForumCondition, Receipt, Streak
from services.debugcog.state.database import Database
from services.debugcog.ticker import is_ours, stop

log = own_logger("debugcog.delivery")

TIDY_SECONDS = 3600.0
POLL = 5.0
"""Seconds between two looks into the outbox when nobody calls ``wake``."""


class Sender(Generic[M]):
    """Sends what the outbox holds.

    Args:
        database: opened, with the outbox's schema.
        transport: where messages go.
        builder: makes messages of claims.
        channels: which channel is in use.
        clock: unix seconds on a clock that is not set back while it runs.
        jitter: for the backoff.
        wall: unix seconds as the machine tells them now, which date what is queued.
    """

    def __init__(
        self,
        database: Database,
        transport: Transport[M],
        builder: MessageBuilder[M],
        channels: Channels,
        clock: Callable[[], float],
        jitter: random.Random,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.outcomes: Counter[Outcome] = Counter()
        self.faults = 0
        self._database = database
        self._transport = transport
        self._builder = builder
        self._channels = channels
        self._clock = clock
        self._jitter = jitter
        self._wall = wall
        self._failures = 0
        self._last: Outcome | None = None
        self._failing: Streak | None = None
        self._held_by: Streak | None = None  # what held back all posts the last time, on the clock
        self._refused: dict[int, Outcome] = {}  # how a channel refused us the last time
        self._request_done = asyncio.Event()
        self._called = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start sending; what a former process left goes out at once."""
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.create_task(self._run(), name="debugcog-sender")

    async def close(self) -> None:
        """Stop sending; what was not answered yet is looked for by the next process."""
        task, self._task, self._loop = self._task, None, None
        if task is not None:
            await stop(task)
        await self._builder.close()
        await self._transport.close()

    def wake(self) -> None:
        """Tell that a post was queued; from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._called.set)

    def probe(self) -> None:
        """Try channels that refused us with the next post, and not only when it is due."""
        self._channels.reopen()
        self.wake()

    async def condition(self) -> Condition:
        """Tell how delivery is doing."""
        now = self._clock()
        first, wait = self._channels.first, self._channels.wait(now)
        found = await self._database.query(lambda connection: backlog(connection, now))
        held = max(found.held_until, now + wait if wait >= 1 else 0.0)
        return Condition(
            channel_id=first,
            target=self._channels.target(now),
            reopens=self._channels.reopens(first, now),
            wait=wait,
            last=self._last,
            refusal=self._refused.get(first),
            backlog=found,
            failing=self._failing,
            next_try=held + self._wall() - now if held and found.waiting else None,
            forum=self._forum(now),
        )

    def _forum(self, now: float) -> ForumCondition | None:
        its, one = self._channels, self._channels.forum
        found = (its.reopens(one or 0, now), self._refused.get(one or 0), its.closed_posts(now))
        return ForumCondition(one, *found) if one else None

    async def follow(self, subject: str, seconds: float) -> Receipt | None:
        """Wait for the end of a post, ``seconds`` at most; return what became of it so far.

        It is not waited for when it was tried, and there is no channel to try it in now.
        """
        found: Receipt | None = None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    request_done = self._request_done
                    found = await self._database.query(lambda one: receipt(one, subject))
                    stuck = self._channels.target(self._clock()) is None
                    if found is None or found.completed or (found.reason and stuck):
                        return found
                    await request_done.wait()
        return found

    async def send_one(self) -> bool:
        """Make the next request, if one is due; tell whether there may be more to do at once."""
        now = self._clock()
        ways = self._channels.ways(now)
        if ways is None:
            return False
        healthy, ahead = not self._failures, self._wall() - now
        job = await self._database.run(
            lambda connection: claim(
                connection, now, ways, healthy=healthy, ahead=ahead, held_by=self._held_by
            )
        )
        if job is None:
            return False
        if isinstance(job, Reconcile):
            await self._reconcile(job)
        else:
            await self._deliver(job)
        return True

    async def _deliver(self, job: Claim) -> None:
        message = await self._build(job)
        if not isinstance(message, Result):
            if job.is_edit and message.late and await self._put_back(job):
                return
            result = await self._request(job, message)
            again = message.late
        else:
            result, again = message, False
        action = self._decide(result, job.channel_id, job)
        now = self._clock()
        await self._database.run(
            lambda connection: completion.complete(
                connection, job, result, action, now, again=again
            )
        )
        self._channels.note(job.channel_id, action, now, job.id)
        self._request_done.set()
        self._request_done = asyncio.Event()
        attempt_log.write(job, result, action)

    async def _build(self, job: Claim) -> M | Result:
        try:
            return await self._builder.build(job)
        except Exception as error:
            log.exception("Alert not rendered: %s", job.title)
            return Result(Outcome.UNBUILT, detail=type(error).__name__)

    async def _put_back(self, job: Claim) -> bool:
        """Let a change of a card wait for its picture; not with something newer behind it."""
        now = self._clock()
        return await self._database.run(
            lambda connection: completion.put_back(connection, job, now)
        )

    async def _request(self, job: Claim, message: M) -> Result:
        if job.is_edit:
            assert job.card_id is not None, "a change without a card is resolved by claim()"
            return await self._transport.edit(job.channel_id, job.card_id, message)
        if job.forum:
            return await self._transport.open_post(job.channel_id, message)
        return await self._transport.post(job.channel_id, message, job.nonce, job.card_id)

    async def _reconcile(self, reconcile: Reconcile) -> None:
        """Find out which posts without an answer Discord has taken."""
        look = self._transport.recent_posts if reconcile.forum else self._transport.recent
        texts = await look(reconcile.channel_id)
        now = self._clock()
        if isinstance(texts, Result):
            action = self._decide(texts, reconcile.channel_id)
            if texts.outcome not in REFUSING:
                await self._database.run(
                    lambda connection: completion.postpone(connection, reconcile, action, now)
                )
                self._channels.note(reconcile.channel_id, action, now)
                return
            texts = {}  # we may not read the channel: what is there stays unknown
        found = {
            nonce: message_id
            for nonce in reconcile.nonces.values()
            for message_id, text in texts.items()
            if nonce in text
        }
        shorter = await self._database.run(
            lambda connection: completion.resolve(connection, reconcile, found, now)
        )
        if found:
            log.warning("Alerts sent after all: %d found in the channel", len(found))
        if shorter:
            log.warning("Alerts not answered for in their form: %d get a shorter one", shorter)

    def _decide(self, result: Result, channel: int, job: Claim | None = None) -> Action:
        self.outcomes[result.outcome] += 1
        self._last = result.outcome
        self._note_failure(result)
        is_refusal = result.outcome in (*REFUSING, Outcome.NO_ROOM)
        failures = self._channels.refusals(channel) if is_refusal else self._failures
        attempt = Attempt(result, failures=failures, wait=backoff(failures, self._jitter))
        if job is not None:
            has_other = self._channels.has_other(job.id, job.channel_id)
            attempt = attempt_of(job, attempt, has_other=has_other)
        action = decide(attempt)
        if action.pause or action.divert or action.rate_limit_pause:
            self._held_by = Streak(self._clock(), result.detail or result.outcome.value)
        if action.divert:
            self._refused[channel] = result.outcome
        return action

    def _note_failure(self, result: Result) -> None:
        """Count attempts in a row without an answer of Discord's."""
        if result.outcome is Outcome.UNBUILT:
            return  # it was not even asked
        if result.outcome not in UNREACHED:
            self._failures, self._failing = 0, None
            return
        self._failures += 1
        since = self._failing.since if self._failing else self._wall()
        self._failing = Streak(since, result.detail or result.outcome.value)

    async def _run(self) -> None:
        await self._guarded(self._release)
        tidied = time.monotonic()
        while True:
            if time.monotonic() - tidied > TIDY_SECONDS:
                tidied = time.monotonic()
                await self._guarded(self._tidy)
            self._called.clear()
            if not await self._guarded(self.send_one):
                wait = self._channels.wait(self._clock()) or POLL
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(min(wait, POLL)):
                        await self._called.wait()

    async def _release(self) -> bool:
        now = self._clock()
        await self._database.run(lambda connection: completion.release(connection, now))
        return True

    async def _tidy(self) -> bool:
        now = self._clock()
        await self._database.run(lambda connection: completion.tidy(connection, now))
        return True

    async def _guarded(self, work: Callable[[], Awaitable[bool]]) -> bool:
        """Run a piece of work; a fault of ours is counted, and costs a wait."""
        try:
            return await work()
        except BaseException as error:
            if is_ours(error):
                raise
            self.faults += 1
            log.exception("Sending failed: fault %d", self.faults)
            await asyncio.sleep(backoff(self.faults, self._jitter))
            return True
