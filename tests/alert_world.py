"""Faults and values over fake time → the real evaluator, outbox and delivery, and all they posted.

Only clock, Discord and the disk's latency are fake: SQLite, SQL and every decision are the real
ones. A process is killed by an exception that nothing catches; what it had committed stays.
"""

from __future__ import annotations

import json
import random
import sqlite3
import weakref
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from cogs.debug.app.state_tables import SCHEMAS
from cogs.debug.delivery.message_builder import MessageBuilder, Outgoing
from cogs.debug.ui.chart_attachment import ChartAttachments
from services.debugcog.alerting.alert_service import AlertService
from services.debugcog.alerting.evaluator import Evaluator
from services.debugcog.alerting.incident_store import incidents
from services.debugcog.alerting.incidents import Incident
from services.debugcog.alerting.reads import HostFunction, Signal
from services.debugcog.alerting.rules import Level, Rule, Severity
from services.debugcog.alerting.states import Timing
from services.debugcog.charting.picture_spec import Picture
from services.debugcog.metrics import MetricsService
from services.debugcog.outbox.channels import Channels
from services.debugcog.outbox.dispatch import Claim
from services.debugcog.outbox.outcomes import Outcome, Result
from services.debugcog.outbox.ports import Transport
from services.debugcog.outbox.sender import Sender
from services.debugcog.state.database import READ, Database
from services.debugcog.steady_clock import SteadyClock
from services.debugcog.timeseries.snapshot import Snapshot

T = TypeVar("T")
INTERVAL = 30.0
START = 1_795_000_000.0
ADMIN, FALLBACK = 901, 902  # no ids of messages, as of a post
FINE = 0.0


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Clock:
    """Wall clock and monotonic clock; a test moves both, or sets the wall clock alone."""

    unix: float = START
    steady: float = 0.0
    was_set: bool = False  # then a process that starts cannot know how long ago the last one ended

    def set(self, seconds: float) -> None:
        self.unix += seconds
        self.was_set = True

    def pass_time(self, seconds: float) -> None:
        self.unix += seconds
        self.steady += seconds


class Disk(Database):
    """The real Database on memory, without its thread; it may kill the process at a commit."""

    def __init__(self) -> None:
        super().__init__(Path(":memory:"), SCHEMAS)
        connection = self._file.connection = self._file.connect(":memory:")
        connection.execute("PRAGMA synchronous=OFF")
        weakref.finalize(self, connection.close)  # a world is thrown away, not closed
        self.commits = 0
        self.telling: list[int] = []  # steps at which incidents or posts have just changed
        self._before: list[tuple[object, ...]] | None = None
        self.kill_at: int | None = None
        self.kill_again: int | None = None  # so many steps later
        self.broken = False

    def submit(self, work: Callable[[sqlite3.Connection], T]) -> Future[T]:
        future = Future[T]()
        future.set_result(self._run(work))  # the world has no threads
        return future

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return self._run(work)

    def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        if self.broken:
            raise sqlite3.OperationalError("disk I/O error")
        result = self._transact(lambda connection: self._work(connection, work))
        self._durable_step()
        return result

    async def query(self, work: Callable[[sqlite3.Connection], T]) -> T:
        if self.broken:
            raise sqlite3.OperationalError("disk I/O error")
        return self._transact(work, READ)

    def statements(self) -> list[str]:
        """List what is executed from now on."""
        assert self._connection
        found: list[str] = []
        self._connection.set_trace_callback(found.append)
        return found

    def notes_what_tells(self) -> None:
        """Note from now on between which steps incidents and posts change."""
        self._before = self._told()

    def rows(self, sql: str) -> list[sqlite3.Row]:
        assert self._connection
        return self._connection.execute(sql).fetchall()

    def _work(self, connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
        changes = connection.total_changes
        result = work(connection)
        if connection.total_changes > changes:
            self._durable_step()  # killed before the commit
        return result

    def _told(self) -> list[tuple[object, ...]]:
        tables = ("incidents", "rule_states", "outbox", "cards")
        return [(table, *row) for table in tables for row in self.rows(f"SELECT * FROM {table}")]

    def _durable_step(self) -> None:
        self.commits += 1
        if self._before is not None and (told := self._told()) != self._before:
            self._before = told
            self.telling += [self.commits, self.commits + 1]  # before and after its commit
        if self.commits == self.kill_at:
            again, self.kill_again = self.kill_again, None
            self.kill_at = self.commits + again if again else None
            raise Killed


@dataclass
class Message:
    """One message of the channel, with every content that it has had."""

    id: int
    channel: int
    nonce: str
    at: float
    role_id: int | None
    versions: list[dict[str, object]]

    @property
    def now(self) -> dict[str, object]:
        return self.versions[-1]


@dataclass
class Discord(Transport[Outgoing]):
    """A channel that answers as ``faults`` say, one after the other, and then always takes it."""

    clock: Clock
    faults: deque[Result | str] = field(default_factory=deque)
    messages: list[Message] = field(default_factory=list)
    deleted: set[int] = field(default_factory=set)
    refused: Callable[[dict[str, object]], bool] = lambda _: False
    unanswered: Callable[[dict[str, object]], bool] = lambda _: False
    takes_unanswered: bool = False
    closed: set[int] = field(default_factory=set)
    down: bool = False
    unsure: bool = False
    stuck: str = ""
    unreadable: bool = False
    requests: int = 0
    not_before: float = 0.0
    edits_not_before: float = 0.0
    frozen: set[int] = field(default_factory=set)
    contents: dict[str, str] = field(default_factory=dict)
    lost_edits: int = 0
    taken: set[str] = field(default_factory=set)
    posts: dict[int, int] = field(default_factory=dict)  # of a forum: id → the forum's

    async def post(
        self, channel_id: int, message: Outgoing, nonce: str, answers: int | None
    ) -> Result:
        assert self.contents.setdefault(nonce, message.content) == message.content, nonce
        fault = self._fault(channel_id, message, nonce)
        if isinstance(fault, Result):
            return fault
        known = self._known(nonce)
        if known is None:
            known = self._append(channel_id, message, nonce)
        if fault == "killed after":
            raise Killed
        if fault == "lost answer":
            return Result(Outcome.UNSURE)
        return Result(Outcome.SENT, message_id=known.id)

    async def edit(self, channel_id: int, message_id: int, message: Outgoing) -> Result:
        assert message_id not in self.frozen, "an edit of a card that is too old for it"
        assert self.clock.steady >= self.edits_not_before or self.clock.was_set
        found = next(one for one in self.messages if one.id == message_id)
        fault = self._fault(channel_id, message, card=found)
        if isinstance(fault, Result):
            if fault.outcome is Outcome.EDIT_LIMITED:
                self.frozen.add(message_id)
            return fault
        if message_id in self.deleted:
            return Result(Outcome.GONE)
        found.versions.append(json.loads(message.content))
        if fault:
            self.lost_edits += 1
        if fault == "killed after":
            raise Killed
        return Result(Outcome.UNSURE) if fault == "lost answer" else Result(Outcome.SENT)

    async def recent(self, channel_id: int) -> dict[int, str] | Result:
        if self.down:
            return Result(Outcome.UNREACHABLE)
        if self.unsure:
            return Result(Outcome.UNSURE)
        if self.unreadable:
            return Result(Outcome.FORBIDDEN)
        here = [one for one in self.messages if one.channel == channel_id]
        return {one.id: str(one.now["nonce"]) for one in here[-50:] if one.id not in self.deleted}

    async def open_post(self, forum_id: int, message: Outgoing) -> Result:
        fault = self._fault(forum_id, message)
        if isinstance(fault, Result):
            return fault
        made = self._append(len(self.messages) + 1, message, json.loads(message.content)["nonce"])
        self.posts[made.id] = forum_id
        if fault == "killed after":
            raise Killed
        if fault == "lost answer":
            return Result(Outcome.UNSURE)
        return Result(Outcome.SENT, message_id=made.id)

    async def recent_posts(self, forum_id: int) -> dict[int, str] | Result:
        if self.down:
            return Result(Outcome.UNREACHABLE)
        if self.unreadable:
            return Result(Outcome.FORBIDDEN)
        mine = [one for one in self.messages if self.posts.get(one.id) == forum_id]
        return {one.id: str(one.now["nonce"]) for one in mine[-10:] if one.id not in self.deleted}

    async def close(self) -> None:
        """Nothing is open."""

    def _fault(
        self, channel_id: int, message: Outgoing, nonce: str = "", card: Message | None = None
    ) -> Result | str | None:
        self.requests += 1
        early = self.clock.steady < self.not_before
        assert not early or self.clock.was_set, "a request before retry_after"
        if self.down:
            return Result(Outcome.UNREACHABLE)
        if channel_id in self.closed:
            return Result(Outcome.FORBIDDEN)
        content = json.loads(message.content)
        if self.unsure or self.stuck == content["subject"]:
            return Result(Outcome.UNSURE)
        if self.refused(content) and nonce not in self.taken:
            return Result(Outcome.REFUSED)
        fault = self._coming(content)
        if isinstance(fault, Result):
            return self._limit(fault, card)
        if fault == "killed before":
            raise Killed
        return fault

    def _coming(self, content: dict[str, object]) -> Result | str | None:
        """Take the next fault; without one, some contents may be without an answer at all."""
        if self.faults:
            return self.faults.popleft()
        if self.unanswered(content):
            return "lost answer" if self.takes_unanswered else Result(Outcome.UNSURE)
        return None

    def _limit(self, fault: Result, card: Message | None) -> Result | None:
        """Remember until when no request, or no edit, may come."""
        if fault.outcome is Outcome.LIMITED:
            until = self.clock.steady + fault.retry_after
            if card:
                self.edits_not_before = until
            else:
                self.not_before = until
        return None if fault.outcome is Outcome.EDIT_LIMITED and not card else fault

    def _known(self, nonce: str) -> Message | None:
        """Find what Discord still knows by its nonce: for a few minutes only."""
        recent = (one for one in self.messages if self.clock.steady - one.at < 180)
        return next((one for one in recent if one.nonce == nonce), None)

    def _append(self, channel_id: int, message: Outgoing, nonce: str) -> Message:
        self.taken.add(nonce)
        version = json.loads(message.content)
        found = Message(
            len(self.messages) + 1, channel_id, nonce, self.clock.steady, message.role_id, [version]
        )
        self.messages.append(found)
        return found


class PlainMessageBuilder(MessageBuilder):
    """Makes messages whose content is what the claim holds, as JSON; remembers each attempt."""

    def __init__(self, attempts: dict[tuple[int, int], list[Claim]]) -> None:
        super().__init__({}, ChartAttachments(_no_chart), str, 7)
        self._attempts = attempts

    async def build(self, claim: Claim) -> Outgoing:
        self._attempts.setdefault((claim.id, claim.fallback_level), []).append(claim)
        body = json.loads(claim.body)
        incident = body.get("incident", {})
        content = {
            "subject": claim.subject,
            "kind": claim.kind,
            "event": body.get("event", ""),
            "state": incident.get("state", ""),
            "peak": incident.get("peak", 0),
            "level": claim.fallback_level,
            "title": claim.title,
            "titles": body.get("titles", []),
            "nonce": claim.nonce,
        }
        role_id = 7 if claim.urgent and not claim.is_edit else None
        return Outgoing(json.dumps(content, sort_keys=True), role_id=role_id)


async def _no_chart(spec: Picture) -> bytes:
    raise NotImplementedError


class World:
    """One bot with alert rules, over as many processes as it takes."""

    def __init__(self, rules: tuple[str, ...] = ("memory",), fallback: int | None = None) -> None:
        self.clock = Clock()
        self.disk = Disk()
        self.discord = Discord(self.clock)
        self.values: dict[str, float | Signal] = dict.fromkeys(rules, 0.0)
        self.names = rules
        self.fallback = fallback
        self.critical = 20.0
        self.attempts: dict[tuple[int, int], list[Claim]] = {}
        self.transport: Transport[Outgoing] = self.discord
        self.admin_channel = ADMIN
        self.kills = self.silenced = self.lost_cards = 0
        self.moves: list[tuple[str, Severity, Severity]] = []
        self.begun = False
        self.restart()

    def restart(self) -> None:
        """Make the next process; the clocks go on."""
        self.evaluator = Evaluator(
            self.disk,
            MetricsService(fold_interval=None),
            tuple(watch(name, self.values, self.critical) for name in self.names),
            interval=INTERVAL,
            timing=Timing(),
            unix=lambda: self.clock.unix,
            monotonic=lambda: self.clock.steady,
        )
        self.desk = AlertService(self.evaluator)
        line = SteadyClock(
            float("inf"), unix=lambda: self.clock.unix, monotonic=lambda: self.clock.steady
        )
        self.sender = Sender(
            self.disk,
            self.transport,
            PlainMessageBuilder(self.attempts),
            Channels(self.admin_channel, self.fallback),
            clock=lambda: line.read().now,
            jitter=random.Random(1),
            wall=lambda: self.clock.unix,
        )
        self.begun = False

    def connect(self, transport: Transport[Outgoing], channel: int) -> None:
        """Send to another Discord than the world's own from now on."""
        self.transport, self.admin_channel = transport, channel
        self.restart()

    async def tick(self) -> None:
        """Let one interval pass: evaluate, then send all that may be sent."""
        self.clock.pass_time(INTERVAL)
        await self._alive(self._work)

    async def run(self, seconds: float) -> None:
        for _ in range(round(seconds / INTERVAL)):
            await self.tick()

    async def breach(self, rule: str, value: float | Signal, seconds: float) -> None:
        self.values[rule] = value
        await self.run(seconds)

    async def admin(self, action: Callable[[], Awaitable[object]]) -> None:
        """Let an admin act; nobody can while the process is not up."""
        if self.begun:
            await self._alive(action)

    async def stop(self) -> None:
        """Stop the process as an admin does, and make the next one."""
        await self.admin(self.evaluator.close)
        self.restart()

    async def _alive(self, work: Callable[[], Awaitable[object]]) -> None:
        try:
            await work()
        except Killed:
            self.kills += 1
            self._forget_limits()
            self.restart()

    async def _work(self) -> None:
        if not self.begun:
            self.evaluator.load()
            await self.sender._release()
            self.begun = True
        before = {name: watch.state.severity for name, watch in self.evaluator.rule_states.items()}
        try:
            await self.evaluator.tick()
        finally:
            for name, watch in self.evaluator.rule_states.items():
                if watch.state.severity != before[name]:
                    self.moves.append((name, before[name], watch.state.severity))
        while await self.sender.send_one():
            pass

    def _forget_limits(self) -> None:
        """A limit that was not committed before the kill cannot be known to the next process."""
        scopes = {row["scope"] for row in self.disk.rows("SELECT scope FROM pauses")}
        if "all" not in scopes:
            self.discord.not_before = 0.0
        if "edits" not in scopes:
            self.discord.edits_not_before = 0.0
        known = self.disk.rows("SELECT message_id FROM cards WHERE editable = 0")
        self.discord.frozen &= {row["message_id"] for row in known}

    @property
    def incidents(self) -> list[Incident]:
        assert self.disk._connection
        return sorted(incidents(self.disk._connection, 1000), key=lambda one: one.id)

    def told(self) -> list[str]:
        """List what each message of an incident shows now, in the order of their posting."""
        return [
            f"{message.now['kind']} {message.now['event']} {message.now['state']}"
            for message in self.discord.messages
        ]

    def mentions(self, incident: Incident) -> list[Message]:
        """Find the messages that have named an incident with its peak."""
        number, peak = incident.id, incident.peak.word
        names = (f"#{number} {peak} · ", f"#{number} was {peak} · ")
        return [
            message
            for message in self.discord.messages
            for told in [json.dumps(message.versions, ensure_ascii=False)]
            if any(name in told for name in names)
        ]

    def closing_marks(self, incident: Incident) -> list[Message]:
        """Find the messages that say now that an incident has ended, but for short answers.

        One that a human has deleted counts if there is no other; a line of a digest, if there
        is no card.
        """
        name = f"✅ #{incident.id} was "
        marks = [
            message
            for message in self.discord.messages
            if message.now["kind"] != "reply"
            and any(
                title.startswith(name) and " · Resolved: " in title
                for title in _titles(message) or (str(message.now["title"]),)
            )
        ]
        cards = [one for one in marks if one.now["kind"] != "digest"] or marks[-1:]
        return [one for one in cards if one.id not in self.discord.deleted] or cards[-1:]


def _titles(message: Message) -> list[str]:
    titles = message.now["titles"]
    assert isinstance(titles, list)
    return titles


def watch(name: str, values: dict[str, float | Signal], critical: float) -> Rule:
    """Make a rule like the memory's, with dead bands."""

    def read(_: Snapshot) -> Signal:
        value = values[name]
        return value if isinstance(value, Signal) else Signal(value)

    return Rule(
        name=name,
        title=name.capitalize(),
        unit="",
        window=300.0,
        reads=HostFunction(read),
        warning=Level(10.0, 8.0, 120.0),
        critical=Level(critical, 0.9 * critical, 30.0),
        keep_firing_for=300.0,
    )
