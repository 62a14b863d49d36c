"""User's action → Interaction and its INTERACTION_CREATE event; checks of what the user may do."""

from __future__ import annotations

from typing import Any

from discord_sandbox.gateway.hub import Hub
from discord_sandbox.wire import members, messages, places
from discord_sandbox.world import installs
from discord_sandbox.world.application import PRIVATE_CHANNEL, Command
from discord_sandbox.world.channels import Channel
from discord_sandbox.world.core import JSON, Event, SandboxError
from discord_sandbox.world.installs import Owners
from discord_sandbox.world.interactions import Interaction, Interactions
from discord_sandbox.world.messages import Message
from discord_sandbox.world.permissions import AMONG_PEOPLE, Permission
from discord_sandbox.world.users import User
from discord_sandbox.world.world import Guild, Member, World

Person = Member | User


class Stage:
    """Where people act: it sends their interactions to the application."""

    def __init__(
        self, world: World, hub: Hub, interactions: Interactions, upload_limit: int
    ) -> None:
        self.world = world
        self.hub = hub
        self.interactions = interactions
        self.upload_limit = upload_limit

    def account(self, person: Person) -> User:
        """Return the account of a person."""
        return person.user if isinstance(person, Member) else person

    def guild(self, channel: Channel) -> Guild | None:
        """Return the guild of a channel."""
        return self.world.guilds.get(channel.guild_id or 0)

    def need(self, person: Person, channel: Channel, *needed: Permission) -> None:
        """Complain when the person could not do this in the channel."""
        may = self.world.may(self.account(person), channel)
        for each in (Permission.VIEW_CHANNEL, *needed):
            if not may & each:
                name = self.account(person).name
                raise SandboxError(f"{name} may not {each.name} in #{channel.name}")

    def see(self, person: Person, message: Message) -> Channel:
        """Return the channel of a message; complain when the person cannot see it."""
        channel = self.world.channels[message.channel_id]
        self.need(person, channel)
        if message.deleted:
            raise SandboxError("the message was deleted")
        if message.ephemeral and message.viewer is not self.account(person):
            raise SandboxError("the message is ephemeral: only who used the command sees it")
        return channel

    def send(
        self, person: Person, channel: Channel, kind: int, data: JSON, **more: Any
    ) -> Interaction:
        """Send an interaction to the application.

        Raises:
            SandboxError: no session of the bot is there to get it.
        """
        interaction = Interaction(
            id=self.world.ids.next(),
            type=kind,
            user=self.account(person),
            channel=channel,
            guild=self.guild(channel),
            created_at=self.world.clock(),
            data=data,
            owners=self._owners(person, channel, **more),
            **more,
        )
        event = Event("INTERACTION_CREATE", self._shown(interaction), channel.guild_id, channel.id)
        if not any(session.wants(event) for session in self.hub.sessions.values()):
            raise SandboxError("The application did not respond: no bot is connected")
        self.interactions.add(interaction)
        self.world.emit(event)
        return interaction

    def _owners(
        self,
        person: Person,
        channel: Channel,
        command: Command | None = None,
        source: Message | None = None,
        parent: Interaction | None = None,
        **_: Any,
    ) -> Owners:
        """Return which installations allow it: those of the message whose component is used."""
        user = self.account(person)
        if command:
            return installs.allowing(self.world, user, channel, command)
        if parent:
            return parent.owners
        if source and source.interaction_metadata:
            told = source.interaction_metadata["authorizing_integration_owners"]
            return {int(kind): int(owner) for kind, owner in told.items()}
        return installs.owners(self.world, user, channel)

    def _shown(self, it: Interaction) -> JSON:
        world = self.world
        shown: JSON = {
            "id": str(it.id),
            "application_id": str(world.application.id),
            "type": it.type,
            "data": it.data,
            "token": it.token,
            "version": 1,
            "channel_id": str(it.channel.id),
            "channel": {
                **places.channel(it.channel),
                "permissions": str(int(world.may(it.user, it.channel))),
            },
            "app_permissions": str(int(self._application_may(it.channel))),
            "locale": "en-US",
            "entitlements": [],
            "attachment_size_limit": self.upload_limit,
            "context": installs.context(it.channel),
            "authorizing_integration_owners": it.authorized_by,
            **self._where(it),
        }
        if it.source:
            shown["message"] = messages.message(it.source, world.bot.id)
        return shown

    def _where(self, it: Interaction) -> JSON:
        if it.guild is None:
            return {"user": members.user(it.user)}
        member = it.guild.members[it.user.id]
        may = str(int(member.permissions_in(it.channel)))
        return {
            "member": {**members.member(member), "permissions": may},
            "guild": {"id": str(it.guild.id), "locale": "en-US", "features": []},
            "guild_locale": "en-US",
        }

    def _application_may(self, channel: Channel) -> Permission:
        if installs.context(channel) == PRIVATE_CHANNEL:
            return AMONG_PEOPLE
        return self.world.may(self.world.bot, channel)
