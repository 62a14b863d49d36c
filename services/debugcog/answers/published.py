"""What only the bot's thread may read → frozen Published, for readers on other threads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Protocol

from services.debugcog.frozen import frozen

if TYPE_CHECKING:
    from services.debugcog.alerting.incidents import Incident
    from services.debugcog.alerting.rule_status import RuleStatus


@frozen
class Shard:
    """One connection to Discord's gateway.

    Attributes:
        id: None of a bot without shards.
        latency_ms: of its last heartbeat; None before the first one.
        down_seconds: since when it is not connected; None while it is.
    """

    id: int | None
    latency_ms: float | None
    down_seconds: float | None


@frozen
class Published:
    """How the bot stands, as its own thread saw it at one moment.

    Attributes:
        taken_at: unix seconds.
        heartbeat: the same moment by the monotonic clock, from which its age is told.
        complete_at: when all of it was read anew, by that clock.
        name: of the bot, as Discord knows it; empty before the login.
        rules: how each rule stands, by its name; a value may be 5 s old.
        incidents: the open ones.
        shards: of the gateway.
        guilds: servers that the bot is in.
        tasks: asyncio tasks of the bot's loop, when all was read.
        troubles: what keeps alerts from being made or kept, in sentences with `code` in them.
        people: names of those who have acknowledged an open incident, by how they are stored.
        shard_ids: of all shards that this process has, connected or not; None while a bot that
            asks Discord for their number has not been told it.
    """

    taken_at: float
    heartbeat: float
    complete_at: float
    name: str
    rules: Mapping[str, RuleStatus]
    incidents: tuple[Incident, ...]
    shards: tuple[Shard, ...]
    guilds: int
    tasks: int
    troubles: tuple[str, ...]
    people: Mapping[str, str] = field(default_factory=dict)
    shard_ids: tuple[int, ...] | None = ()


if TYPE_CHECKING:

    class BotState(Protocol):
        """What the Discord side tells of the bot, on its own thread."""

        def name(self) -> str:
            """Return the bot's name; empty before the login."""

        def shards(self) -> tuple[Shard, ...]:
            """List the connections to the gateway."""

        def shard_ids(self) -> tuple[int, ...] | None:
            """List the shards of this process; None while their number is not known."""

        def guilds(self) -> int:
            """Count the servers."""

        def person(self, mention: str) -> str:
            """Name somebody who is stored as a mention; a name, and one not known, stay so."""


class Publisher:
    """Keeps the latest ``Published``; one assignment, so any thread may read it.

    Args:
        take: reads everything, on the bot's thread, anew or (with what was published last) cheaply.
    """

    def __init__(self, take: Callable[[Published | None], Published]) -> None:
        self._take = take
        self._latest: Published | None = None

    @property
    def latest(self) -> Published | None:
        """Return what was published last; None before the first time."""
        return self._latest

    def publish(self) -> None:
        """Publish again, cheaply enough for each second; call it on the bot's thread."""
        self._latest = self._take(self._latest)

    def now(self) -> Published:
        """Read everything now and return it; call it on the bot's thread."""
        self._latest = latest = self._take(None)
        return latest
