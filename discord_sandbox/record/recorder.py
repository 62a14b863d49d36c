"""Requests, gateway frames, faults and messages of a sandbox → lines of a record."""

from __future__ import annotations

import asyncio
import base64
import functools
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from discord_sandbox.record import serialize
from discord_sandbox.record.masking import Mask
from discord_sandbox.record.writer import Writer
from discord_sandbox.rest.call import Upload
from discord_sandbox.rest.records import Request
from discord_sandbox.wire.reading import parse
from discord_sandbox.world.channels import Channel
from discord_sandbox.world.core import JSON, Event
from discord_sandbox.world.interactions import Interactions
from discord_sandbox.world.messages import Attachment, Message
from discord_sandbox.world.reacting import Reaction
from discord_sandbox.world.world import Guild, Member, World

VERSION = 1
SOON_SECONDS = 0.2
"""How long changes of a guild's roles and channels are gathered."""
OF_GUILDS = ("GUILD_UPDATE", "GUILD_ROLE", "CHANNEL_", "THREAD_")
OF_MEMBERS = ("GUILD_MEMBER_ADD", "GUILD_MEMBER_UPDATE")


class Recorder:
    """Writes the record of one sandbox.

    Args:
        path: the file.
        world: what exists, and what happens in it.
        interactions: their tokens, which no line may show.
    """

    def __init__(self, path: Path, world: World, interactions: Interactions) -> None:
        self._path = path
        self._world = world
        self._interactions = interactions
        self._writer: Writer | None = None
        self._secrets = {world.token}
        self._files: set[int] = set()
        self._directs: set[int] = set()
        self._stale: set[int] = set()  # guilds that have changed since their last line

    def start(self) -> None:
        """Open the file and write what exists already.

        Raises:
            SandboxError: the file cannot be written.
        """
        self._writer = Writer(self._path, Mask(self._is_secret), _dropped)
        world, application = self._world, self._world.application
        self._put(
            "start",
            record=VERSION,
            base=world.signer.base,
            bot=serialize.user(world.bot),
            owner=serialize.user(application.owner),
            application=application.name,
        )
        for guild in world.guilds.values():
            self._new_guild(guild)
        for channel in tuple(world.channels.values()):
            for message in (*channel.messages, *channel.whispers.values()):
                self._message("created", channel, message)
        world.listeners.append(self._hear)

    async def close(self) -> None:
        """Write what is left and close the file."""
        if self._writer:
            self._world.listeners.remove(self._hear)
            self._write_stale()
            await asyncio.to_thread(self._writer.close)
            self._writer = None

    def request(self, it: Request) -> None:
        """Record a request and its answer; of files the names and sizes."""
        self._put(
            "request",
            at=it.at,
            method=it.method,
            path=it.path,
            query=dict(it.query),
            body=it.body,
            files=[_upload(each) for each in it.files],
            status=it.status,
            answer=it.answer,
            milliseconds=round(it.took * 1000, 3),
        )

    def frame(self, way: str, session: str | None, text: str) -> None:
        """Record a frame of the gateway as it went; what is no JSON is recorded as text."""
        if self._writer:
            head = f'{{"at":{self._world.clock():.6f},"kind":"gateway","way":"{way}"'
            shown = text if way == "to bot" else _json(text)
            self._writer.put(f'{head},"session":{json.dumps(session)},"frame":{shown}}}')

    def fault(self, name: str, details: JSON) -> None:
        """Record that a fault was made, met, or ended."""
        self._put("fault", name=name, **details)

    def _hear(self, event: Event) -> None:
        it = event.subject
        self._secrets.add(self._world.token)
        if event.name == "MESSAGE_DELETE_BULK":
            self._gone(event, it["ids"])
        elif event.name == "MESSAGE_DELETE":
            self._gone(event, [str(it.id)])
        elif isinstance(it, Message | Reaction):
            self._changed(event, it)
        elif event.guild_id:
            self._structure(event)

    def _structure(self, event: Event) -> None:
        if event.name == "GUILD_CREATE":
            self._new_guild(event.subject)
        elif event.name in OF_MEMBERS:
            self._write_stale()  # its roles may be new
            self._put("member", **serialize.member(event.subject))
        elif event.name in ("GUILD_MEMBER_REMOVE", "GUILD_DELETE"):
            self._left(event)
        elif event.name.startswith(OF_GUILDS):
            if not self._stale:
                asyncio.get_running_loop().call_later(SOON_SECONDS, self._write_stale)
            self._stale.add(event.guild_id or 0)

    def _changed(self, event: Event, it: Message | Reaction) -> None:
        message = it.message if isinstance(it, Reaction) else it
        channel = self._world.channels[message.channel_id]
        did = "created" if event.name == "MESSAGE_CREATE" else "edited"
        self._message(did, channel, message)

    def _message(self, did: str, channel: Channel, it: Message) -> None:
        self._write_stale()
        if channel.recipients and channel.id not in self._directs:
            self._directs.add(channel.id)
            self._put("direct", **serialize.channel(channel))
        for attachment in it.attachments:
            self._file(attachment)
        self._put("message", did=did, **serialize.message(it))

    def _file(self, it: Attachment) -> None:
        if it.id not in self._files:
            self._files.add(it.id)
            if self._writer:
                self._writer.put(functools.partial(_packed, it.id, it.data), len(it.data) * 4 // 3)

    def _gone(self, event: Event, ids: Iterable[str]) -> None:
        self._put("deleted", channel=event.channel_id, ids=[int(each) for each in ids])

    def _new_guild(self, it: Guild) -> None:
        self._put("guild", **serialize.guild(it))
        for member in it.members.values():
            self._put("member", **serialize.member(member))

    def _left(self, event: Event) -> None:
        it = event.subject
        user = it.user if isinstance(it, Member) else self._world.bot
        self._put("left", guild=event.guild_id, user=user.id)

    def _write_stale(self) -> None:
        """Write what has changed of guilds, once for many changes, before what builds on it."""
        stale, self._stale = self._stale, set()
        for guild_id in stale:
            if guild := self._world.guilds.get(guild_id):
                self._put("guild", **serialize.guild(guild))

    def _put(self, kind: str, **fields: Any) -> None:
        if self._writer:
            line = {"at": self._world.clock(), "kind": kind, **fields}
            self._writer.put(_dumps(line))

    def _is_secret(self, text: str) -> bool:
        """Return whether a text is a token; called by the writer's thread."""
        if text in self._secrets or self._interactions.knows(text):
            return True
        return any(each.token == text for each in tuple(self._world.webhooks.values()))


def _packed(attachment_id: int, data: bytes) -> str:
    packed = base64.b64encode(data).decode()
    return f'{{"kind":"file","id":{attachment_id},"base64":"{packed}"}}'


def _upload(it: Upload) -> JSON:
    return {"name": it.filename, "bytes": len(it.data), "content_type": it.content_type}


def _dumps(line: JSON) -> str:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"), default=str)


def _json(text: str) -> str:
    """Return JSON as it is, on one line; other text as a JSON string."""
    try:
        parse(text)
    except ValueError:
        return json.dumps(text)
    return text.replace("\n", " ")


def _dropped(lines: int) -> str:
    return _dumps({"kind": "dropped", "lines": lines})
