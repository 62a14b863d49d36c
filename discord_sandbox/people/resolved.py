"""Selected members, roles, channels and files → ids and the ``resolved`` data."""

from __future__ import annotations

from typing import Any

from discord_sandbox.wire import members, messages, places
from discord_sandbox.world import uploads
from discord_sandbox.world.channels import Channel
from discord_sandbox.world.core import JSON, SandboxError
from discord_sandbox.world.files import File
from discord_sandbox.world.messages import Message
from discord_sandbox.world.users import Role, User
from discord_sandbox.world.world import Member, World

USER, CHANNEL, ROLE, MENTIONABLE, ATTACHMENT = 6, 7, 8, 9, 11
ALLOWED: dict[int, tuple[type[Any], ...]] = {
    USER: (User, Member),
    CHANNEL: (Channel,),
    ROLE: (Role,),
    MENTIONABLE: (User, Member, Role),
}


class Resolved:
    """Collects what an interaction refers to."""

    def __init__(self, world: World, channel: Channel, person: Member | User) -> None:
        self.data: JSON = {}
        self._world = world
        self._channel_id = channel.id
        self._guild = world.guilds.get(channel.guild_id or 0)
        self._person = person

    def add(self, option: JSON, value: Any) -> str:
        """Take what was picked for an option; return its id.

        Raises:
            SandboxError: it is not of the kind that the option takes.
        """
        if option["type"] == ATTACHMENT and isinstance(value, File):
            return self._file(value)
        if isinstance(value, ALLOWED.get(option["type"], ())):
            return self.mention(value)
        raise SandboxError(f"option {option['name']!r} does not take {value!r}")

    def mention(self, value: User | Member | Role | Channel) -> str:
        """Take a role, channel, user or member; return its id."""
        if isinstance(value, Role):
            self._put("roles", value.id, members.role(value))
        elif isinstance(value, Channel):
            self._put("channels", value.id, self._channel(value))
        else:
            self.user(value)
        return str(value.id)

    def user(self, value: User | Member) -> None:
        """Take a user, with what the guild knows of them."""
        account = value.user if isinstance(value, Member) else value
        self._put("users", account.id, members.user(account))
        member = self._guild.members.get(account.id) if self._guild else None
        if member:
            shown = members.partial_member(member)
            shown["permissions"] = str(int(member.permissions))
            self._put("members", account.id, shown)

    def message(self, value: Message) -> None:
        """Take a message."""
        self._put("messages", value.id, messages.message(value))

    def _file(self, value: File) -> str:
        made = uploads.keep(
            self._world, self._channel_id, value.filename, value.data, ephemeral=True
        )
        self._put("attachments", made.id, messages.attachment(made))
        return str(made.id)

    def _channel(self, value: Channel) -> JSON:
        account = self._person.user if isinstance(self._person, Member) else self._person
        may = self._world.may(account, value)
        return {**places.channel(value), "permissions": str(int(may))}

    def _put(self, kind: str, snowflake: int, shown: JSON) -> None:
        self.data.setdefault(kind, {})[str(snowflake)] = shown
