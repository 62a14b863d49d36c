"""Lines of a record → the same guilds, members, channels and messages in another world."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from discord_sandbox.record.serialize import PLAIN
from discord_sandbox.world.channels import Channel, Kind
from discord_sandbox.world.core import JSON, Event
from discord_sandbox.world.messages import Attachment, Message, Pings
from discord_sandbox.world.permissions import Overwrite, Permission
from discord_sandbox.world.users import Role, User
from discord_sandbox.world.world import Guild, Member, World

ADDRESS = re.compile(r"/(?:ephemeral-)?attachments/\d+/(\d+)/")


class Rebuilder:
    """Applies the lines of a record to a world, one after the other.

    Args:
        world: an empty one.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._base = ""
        self._files: dict[int, bytes] = {}
        self._appliers: Mapping[str, Callable[[JSON], None]] = {
            "start": self._start,
            "guild": self._guild,
            "member": self._member,
            "left": self._left,
            "direct": self._direct,
            "file": self._file,
            "message": self._message,
            "deleted": self._deleted,
        }

    def apply(self, line: JSON) -> bool:
        """Apply a line; return whether it changed what people see."""
        apply = self._appliers.get(line["kind"])
        if apply:
            apply(line)
        return apply is not None

    def _start(self, line: JSON) -> None:
        world = self._world
        self._base = line["base"]
        world.users.clear()
        world.bot = self._user(line["bot"])
        world.application.id = world.bot.id
        world.application.name = line["application"]
        world.application.owner = self._user(line["owner"])

    def _user(self, data: JSON) -> User:
        known = self._world.users.get(data["id"])
        if known is None:
            known = self._world.users[data["id"]] = User(**data)
        known.name, known.global_name = data["name"], data["global_name"]
        return known

    def _guild(self, line: JSON) -> None:
        world = self._world
        guild = world.guilds.get(line["id"])
        if guild is None:
            guild = Guild(line["id"], line["name"], world, self._user(line["owner"]))
            world.guilds[guild.id] = guild
        guild.name, guild.created_at = line["name"], line["created_at"]
        guild.roles = {each["id"]: _role(guild.id, each) for each in line["roles"]}
        for member in guild.members.values():
            member.roles = [guild.roles[r.id] for r in member.roles if r.id in guild.roles]
        for gone in guild.channels.keys() - {each["id"] for each in line["channels"]}:
            del guild.channels[gone], world.channels[gone]
        for each in line["channels"]:
            channel = self._channel(each, guild.id)
            guild.channels[channel.id] = channel
        world.emit(Event("GUILD_UPDATE", guild, guild.id))

    def _channel(self, data: JSON, guild_id: int | None) -> Channel:
        channel = self._world.channels.get(data["id"])
        if channel is None:
            channel = Channel(data["id"], data["name"], Kind(data["type"]), guild_id)
            self._world.channels[channel.id] = channel
        for name in ("name", "position", "topic", "nsfw"):
            setattr(channel, name, data[name])
        channel.parent = self._world.channels.get(data["parent"] or 0)
        channel.overwrites = {
            target: Overwrite(Permission(allow), Permission(deny), of_member)
            for target, allow, deny, of_member in data["overwrites"]
        }
        return channel

    def _member(self, line: JSON) -> None:
        guild = self._world.guilds[line["guild"]]
        user = self._user(line["user"])
        roles = [guild.roles[each] for each in line["roles"] if each in guild.roles]
        until = line["timed_out_until"]
        made = Member(user, guild, line["joined_at"], roles, line["nick"], until)
        guild.members[user.id] = made
        self._world.emit(Event("GUILD_MEMBER_UPDATE", made, guild.id))

    def _left(self, line: JSON) -> None:
        guild = self._world.guilds[line["guild"]]
        gone = guild.members.pop(line["user"], None)
        if gone:
            self._world.emit(Event("GUILD_MEMBER_REMOVE", gone, guild.id))

    def _direct(self, line: JSON) -> None:
        channel = self._channel(line, None)
        channel.recipients = tuple(self._user(each) for each in line["recipients"])
        if channel.kind is Kind.DIRECT:
            self._world.directs[channel.recipients[0].id] = channel

    def _file(self, line: JSON) -> None:
        self._files[line["id"]] = base64.b64decode(line["base64"])

    def _message(self, line: JSON) -> None:
        channel = self._world.channels.get(line["channel"])
        if channel is None:
            return
        known = channel.find(line["id"])
        message = known or Message(
            line["id"], channel.id, line["guild"], self._author(line), line["created_at"]
        )
        self._fill(channel, message, line)
        if known is None and message.ephemeral:
            channel.whispers[message.id] = message
        elif known is None:
            channel.log.add(message)
        self._tell("MESSAGE_UPDATE" if known else "MESSAGE_CREATE", channel, message)

    def _author(self, line: JSON) -> User:
        """Return who wrote it; the face of a webhook is no account."""
        return User(**line["author"]) if self._is_face(line) else self._user(line["author"])

    def _is_face(self, line: JSON) -> bool:
        webhook = line["webhook_id"]
        return webhook is not None and webhook != self._world.application.id

    def _fill(self, channel: Channel, message: Message, line: JSON) -> None:
        for name in PLAIN:
            setattr(message, name, line[name])
        message.viewer = self._user(line["viewer"]) if line["viewer"] else None
        message.referenced = channel.find(line["referenced"] or 0)
        guild = self._world.guilds.get(line["guild"] or 0)
        roles = guild.roles if guild else {}
        message.pings = Pings(
            tuple(self._user(each) for each in line["users"]),
            tuple(roles[each] for each in line["roles"] if each in roles),
            line["everyone"],
        )
        message.attachments = [self._attachment(channel.id, each) for each in line["files"]]
        message.embeds = self._signed(message.embeds)
        message.components = self._signed(message.components)

    def _attachment(self, channel_id: int, data: JSON) -> Attachment:
        made = Attachment(
            channel_id=channel_id,
            data=self._files.get(data["id"], b""),
            signer=self._world.signer,
            **data,
        )
        self._world.attachments[made.id] = made
        return made

    def _signed(self, value: Any) -> Any:
        """Point the addresses of the recorded sandbox's files to this one."""
        if isinstance(value, dict):
            return {key: self._signed(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self._signed(each) for each in value]
        if isinstance(value, str) and self._base and value.startswith(self._base):
            found = ADDRESS.match(path := unquote(urlsplit(value).path))
            return self._world.signer.sign(path) if found else value
        return value

    def _deleted(self, line: JSON) -> None:
        channel = self._world.channels.get(line["channel"])
        for message_id in line["ids"] if channel else ():
            assert channel is not None
            message = channel.find(message_id)
            if message is None:
                continue
            if channel.whispers.pop(message_id, None):
                message.deleted = True
            else:
                channel.log.remove(message_id)
            self._tell("MESSAGE_DELETE", channel, message)

    def _tell(self, name: str, channel: Channel, message: Message) -> None:
        self._world.emit(Event(name, message, channel.guild_id, channel.id))
        channel.signal.notify()


def _role(guild_id: int, data: JSON) -> Role:
    fields = {key: each for key, each in data.items() if key != "permissions"}
    return Role(guild_id=guild_id, permissions=Permission(data["permissions"]), **fields)
