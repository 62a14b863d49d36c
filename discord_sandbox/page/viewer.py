"""State of one open page: its user, channel and modals; lookup of ids in its requests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from discord_sandbox.page.page_context import PageContext
from discord_sandbox.people.interacting import Person
from discord_sandbox.people.runs import Modal
from discord_sandbox.world.channels import Channel
from discord_sandbox.world.core import JSON, SandboxError
from discord_sandbox.world.messages import Message
from discord_sandbox.world.permissions import Permission
from discord_sandbox.world.users import User
from discord_sandbox.world.world import World

USER, CHANNEL, ROLE, MENTIONABLE = 6, 7, 8, 9
"""The types of options that name something: docs/interactions/application-commands."""


def first_user(world: World) -> User:
    """Return whom a page acts as until it chooses: somebody who may use every command.

    That is the application's owner where they administer a guild, else the owner of the guild.
    """
    owner = world.application.owner
    guilds = tuple(world.guilds.values())
    memberships = [guild.members[owner.id] for guild in guilds if owner.id in guild.members]
    if not guilds or any(each.permissions & Permission.ADMINISTRATOR for each in memberships):
        return owner
    return guilds[0].owner


@dataclass(slots=True)
class Viewer:
    """State of one page: the user it acts as, the channel it shows, the modals it has open."""

    context: PageContext
    user: User
    channel: Channel | None = None
    modals: dict[str, Modal] = field(default_factory=dict)

    @property
    def world(self) -> World:
        """Everything that exists."""
        return self.context.world

    def place(self, frame: JSON) -> Channel:
        """Return the channel that a frame names, if its person sees it."""
        channel = self.world.channels.get(int(frame["channel"]))
        if channel is None:
            raise SandboxError("the channel is gone")
        self.context.stage.need(self.person(channel), channel)
        return channel

    def person(self, channel: Channel, user: User | None = None) -> Person:
        """Return a user, this page's one by default, as the member of the channel's guild."""
        user = user or self.user
        guild = self.context.stage.guild(channel)
        return guild.members.get(user.id, user) if guild else user

    def message(self, frame: JSON) -> Message:
        """Return the message that a frame names."""
        found = self.place(frame).find(int(frame["message"]))
        if found is None:
            raise SandboxError("the message is gone")
        return found

    def entity(self, channel: Channel, kind: int, snowflake: str) -> Any:
        """Return the user, role or channel that was picked for an option of that type."""
        guild = self.context.stage.guild(channel)
        number = int(snowflake)
        found: Any = None
        if kind in (ROLE, MENTIONABLE) and guild:
            found = guild.roles.get(number)
        if kind == CHANNEL:
            found = self.world.channels.get(number)
        if kind in (USER, MENTIONABLE) and number in self.world.users:
            found = found or self.person(channel, self.world.users[number])
        if found is None:
            raise SandboxError("what was picked is gone")
        return found
