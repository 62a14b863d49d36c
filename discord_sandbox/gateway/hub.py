"""World event → the gateway sessions that receive it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable
from typing import Protocol

from discord_sandbox.gateway import intents
from discord_sandbox.gateway.intents import Intent
from discord_sandbox.gateway.reconnect_throttle import ReconnectThrottle
from discord_sandbox.gateway.sessions import Session, dumps, shard_of
from discord_sandbox.wire import events, members
from discord_sandbox.world.core import JSON, Event
from discord_sandbox.world.permissions import Permission
from discord_sandbox.world.world import Guild, Member, World

RESUMABLE_SECONDS = 300.0
"""How long a lost session can be resumed. Discord does not tell; libraries see a few minutes."""
LOST_KEPT = 3
"""Lost sessions of a shard that are kept for a resume; a client tries its last one only."""
IDENTIFIES_A_DAY = 1000  # docs/events/gateway#session-start-limit-object
OF_VISIBLE_CHANNELS = ("MESSAGE_", "TYPING_", "THREAD_", "CHANNEL_PINS_")
MESSAGE_EVENTS = frozenset({"MESSAGE_CREATE", "MESSAGE_UPDATE"})


class Line(Protocol):
    """What the hub needs of a connection."""

    def close(self, code: int, reason: str) -> None:
        """End the connection with a close code."""

    def abort(self) -> None:
        """Cut the connection without a word."""

    def order(self, op: int, data: object = None) -> None:
        """Send a frame that is no dispatch."""


class Hub:
    """All sessions of the bot; it listens to the world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.url = ""  # known when the server listens
        self.sessions: dict[str, Session] = {}
        self.connections: dict[str, Line] = {}  # by session id
        self.reconnect_throttle = ReconnectThrottle(time.monotonic)
        self.watch: Callable[[str, str | None, str], None] = lambda way, session, text: None
        self.recommended_shards = 1
        self.identifies_a_day = self.identifies_left = IDENTIFIES_A_DAY
        world.listeners.append(self.hear)

    def connected(self) -> list[Session]:
        """Return the sessions that have a connection."""
        return [session for session in self.sessions.values() if session.send]

    def hear(self, event: Event) -> None:
        """Dispatch an event to every session that may see it."""
        own = isinstance(event.subject, Member) and event.subject.user is self.world.bot
        wanting = [each for each in self.sessions.values() if each.wants(event, own=own)]
        if not wanting or not self._visible(event):
            return
        if event.name == "GUILD_CREATE":
            for session in wanting:
                self._send_guild(session, event.subject, joined=True)
            return
        data = events.render(event, self.world)
        for group, shown in self._variants(event, data, wanting):
            text = dumps(shown)
            for session in group:
                session.dispatch(event.name, text)

    def start(self, asked: int, shard_id: int, shard_count: int) -> Session:
        """Open a session for an IDENTIFY."""
        self._forget_lost(shard_id, shard_count)
        self.identifies_left -= 1
        session = Session(secrets.token_hex(16), asked, shard_id, shard_count)
        self.sessions[session.id] = session
        return session

    def greet(self, session: Session) -> None:
        """Dispatch READY, then each guild of the shard."""
        mine = [
            guild
            for guild in self.world.guilds.values()
            if shard_of(guild.id, session.shard_count) == session.shard_id
            and self.world.bot.id in guild.members
        ]
        session.dispatch("READY", dumps(self._ready(session, mine)))
        if session.intents & Intent.GUILDS:
            for guild in mine:
                self._send_guild(session, guild)

    def resumable(self, session_id: str) -> Session | None:
        """Return a session that can still be resumed."""
        session = self.sessions.get(session_id)
        if session is None or session.lost_at is None:
            return session
        if self.world.clock() - session.lost_at <= RESUMABLE_SECONDS:
            return session
        self.end(session)
        return None

    def end(self, session: Session) -> None:
        """Forget a session: it can no longer be resumed."""
        self.sessions.pop(session.id, None)

    def _forget_lost(self, shard_id: int, shard_count: int) -> None:
        """Forget the sessions that nobody resumes: each would go on keeping all that happens."""
        for known in list(self.sessions):
            self.resumable(known)  # forgets it if it is lost for good
        lost = [
            each
            for each in self.sessions.values()
            if each.send is None and (each.shard_id, each.shard_count) == (shard_id, shard_count)
        ]
        for each in lost[:-LOST_KEPT]:
            self.end(each)

    def _ready(self, session: Session, guilds: Iterable[Guild]) -> JSON:
        application = self.world.application
        return {
            "v": 10,
            "user": {**members.user(self.world.bot), "verified": True, "mfa_enabled": True},
            "user_settings": {},
            "relationships": [],
            "private_channels": [],
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self.url,
            "shard": [session.shard_id, session.shard_count],
            "application": {"id": str(application.id), "flags": application.flags},
            "_trace": [],
        }

    def _send_guild(self, session: Session, guild: Guild, *, joined: bool = False) -> None:
        everybody = bool(session.intents & Intent.GUILD_PRESENCES) and len(guild.members) <= 250
        data = events.guild_create(guild, self.world.bot.id, everybody=everybody)
        if joined:  # clients tell by this whether they knew the guild before
            del data["unavailable"]
        session.dispatch("GUILD_CREATE", dumps(data))

    def _visible(self, event: Event) -> bool:
        """Return whether the bot is in the guild, and sees the channel if that is needed."""
        guild = self.world.guilds.get(event.guild_id or 0)
        if guild and self.world.bot.id not in guild.members:
            return event.name == "GUILD_DELETE"
        channel = self.world.channels.get(event.channel_id or 0)
        if channel is None or not event.name.startswith(OF_VISIBLE_CHANNELS):
            return True
        return bool(self.world.may(self.world.bot, channel) & Permission.VIEW_CHANNEL)

    def _variants(
        self, event: Event, data: JSON, wanting: list[Session]
    ) -> list[tuple[list[Session], JSON]]:
        if event.name not in MESSAGE_EVENTS or event.guild_id is None:
            return [(wanting, data)]
        full = [each for each in wanting if each.intents & Intent.MESSAGE_CONTENT]
        bare = [each for each in wanting if not each.intents & Intent.MESSAGE_CONTENT]
        emptied = intents.without_content(data, self.world.bot.id) if bare else data
        return [(group, shown) for group, shown in ((full, data), (bare, emptied)) if group]
