"""Events → numbered dispatches of one session, buffered so that it can be resumed."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from discord_sandbox.gateway import intents
from discord_sandbox.world.core import JSON, Event

REPLAY = 1000
"""Dispatches kept for a resume. Discord does not tell its number."""
REPLAY_SIZE = 16 * 1024 * 1024
"""Characters that they may have together; beyond, the oldest are forgotten."""


@dataclass(slots=True, eq=False)
class Session:
    """One identified session; ``send`` is None while its connection is lost."""

    id: str
    intents: int
    shard_id: int
    shard_count: int
    send: Callable[[str], None] | None = None
    lost_at: float | None = None
    sequence: int = 0
    _sent: deque[tuple[int, str]] = field(default_factory=deque)
    _size: int = 0

    def wants(self, event: Event, *, own: bool = False) -> bool:
        """Return whether the event belongs to this shard and the session asked for it.

        Args:
            event: the event.
            own: whether it is about the bot as a member.
        """
        direct = event.guild_id is None
        shard = 0 if direct else shard_of(event.guild_id or 0, self.shard_count)
        if shard != self.shard_id:
            return False
        return intents.allowed(event.name, self.intents, direct=direct, own=own)

    def dispatch(self, name: str, data: str) -> None:
        """Number a dispatch, keep it, and send it if there is a connection.

        Args:
            name: the event's name.
            data: its data as JSON text.
        """
        self.sequence += 1
        frame = f'{{"op":0,"t":"{name}","s":{self.sequence},"d":{data}}}'
        self._keep(frame)
        if self.send:
            self.send(frame)

    def missed_since(self, sequence: int) -> list[str] | None:
        """Return the frames after a sequence number, or None where they are no longer kept."""
        if sequence > self.sequence:
            return None
        if sequence < self.sequence and (not self._sent or self._sent[0][0] > sequence + 1):
            return None
        return [frame for number, frame in self._sent if number > sequence]

    def _keep(self, frame: str) -> None:
        self._sent.append((self.sequence, frame))
        self._size += len(frame)
        while len(self._sent) > REPLAY or self._size > REPLAY_SIZE:
            self._size -= len(self._sent.popleft()[1])


def shard_of(guild_id: int, shard_count: int) -> int:
    """Return the shard that a guild belongs to."""
    return (guild_id >> 22) % shard_count


def dumps(data: JSON) -> str:
    """Write JSON as compactly as Discord does; half a surrogate pair has no UTF-8, so it is "?"."""
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    return text.encode(errors="replace").decode()
