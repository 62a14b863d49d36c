"""World, guilds and members: the state of a sandbox, with the calls that build it up."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from discord_sandbox.world import permissions
from discord_sandbox.world.application import Application
from discord_sandbox.world.channels import THREADS, Channel, ForumState, Kind, Tag, Webhook
from discord_sandbox.world.core import Clock, Event, SandboxError, Snowflakes
from discord_sandbox.world.files import Signer
from discord_sandbox.world.messages import Attachment
from discord_sandbox.world.permissions import Overwrite, Permission
from discord_sandbox.world.users import Role, User


@dataclass(slots=True, eq=False, repr=False)
class Member:
    """A user in a guild."""

    user: User
    guild: Guild
    joined_at: float
    roles: list[Role] = field(default_factory=list)
    nick: str | None = None
    timed_out_until: float | None = None

    def __repr__(self) -> str:
        return f"<Member {self.name} {self.id} of {self.guild.name}>"

    @property
    def id(self) -> int:
        """The id of the user."""
        return self.user.id

    @property
    def name(self) -> str:
        """The name that the guild shows."""
        return self.nick or self.user.global_name or self.user.name

    @property
    def mention(self) -> str:
        """The text that mentions the member."""
        return self.user.mention

    @property
    def permissions(self) -> Permission:
        """What the member may do in the guild, channels aside."""
        if self.guild.owner is self.user:
            return permissions.ALL
        everyone = self.guild.everyone.permissions
        return permissions.combined(everyone, (role.permissions for role in self.roles))

    @property
    def rank(self) -> int:
        """The position of the highest role."""
        return max((role.position for role in self.roles), default=0)

    def permissions_in(self, channel: Channel) -> Permission:
        """Return what the member may do in a channel; a thread follows its parent."""
        place = channel.parent if channel.kind in THREADS and channel.parent else channel
        own = place.overwrites
        result = permissions.overwritten(
            self.permissions,
            own.get(self.guild.id),
            [own[role.id] for role in self.roles if role.id in own],
            own.get(self.id),
        )
        return result & permissions.TIMED_OUT if self.is_timed_out(result) else result

    def is_timed_out(self, may: Permission) -> bool:
        """Return whether the member is timed out, which administrators never are."""
        until = self.timed_out_until
        running = until is not None and self.guild.world.clock() < until
        return running and not may & Permission.ADMINISTRATOR

    def add_role(self, role: Role) -> None:
        """Add a role to the member."""
        self.roles.append(role)
        self.guild.world.emit(Event("GUILD_MEMBER_UPDATE", self, self.guild.id))

    def remove_role(self, role: Role) -> None:
        """Take a role away."""
        self.roles.remove(role)
        self.guild.world.emit(Event("GUILD_MEMBER_UPDATE", self, self.guild.id))


@dataclass(slots=True, eq=False, repr=False)
class Guild:
    """A server; its @everyone role has its own id, as in Discord."""

    id: int
    name: str
    world: World
    owner: User
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)  # threads too
    bans: dict[int, User] = field(default_factory=dict)
    command_overrides: dict[str, dict[int, bool]] = field(default_factory=dict)
    created_at: float = 0.0

    def __repr__(self) -> str:
        return f"<Guild {self.name} {self.id}>"

    @property
    def everyone(self) -> Role:
        """The role that every member has."""
        return self.roles[self.id]

    @property
    def bot(self) -> Member:
        """The bot as a member."""
        return self.members[self.world.bot.id]

    def add_role(
        self, name: str, permissions: int = 0, *, mentionable: bool = False, colour: int = 0
    ) -> Role:
        """Make a role; the bot's own stays above it."""
        role = Role(
            id=self.world.ids.next(),
            guild_id=self.id,
            name=name,
            permissions=Permission(permissions),
            position=len(self.roles) - 1,
            mentionable=mentionable,
            colour=colour,
        )
        for own in self.bot.roles if self.world.bot.id in self.members else ():
            own.position = len(self.roles)
        self.roles[role.id] = role
        self.world.emit(Event("GUILD_ROLE_CREATE", role, self.id))
        return role

    def add_member(
        self,
        name: str | None = None,
        *,
        user: User | None = None,
        roles: Sequence[Role] = (),
        nick: str | None = None,
    ) -> Member:
        """Add an existing user, or a new one of that name, to the guild."""
        if user is None:
            user = self.world.add_user(name or "member")
        if user.id in self.members:
            raise SandboxError(f"{user.name} is a member of {self.name} already")
        member = Member(user, self, self.world.clock(), list(roles), nick)
        self.members[user.id] = member
        self.world.emit(Event("GUILD_MEMBER_ADD", member, self.id))
        return member

    def add_text_channel(
        self,
        name: str,
        *,
        overwrites: Mapping[Role | Member, Overwrite] | None = None,
        topic: str | None = None,
        parent: Channel | None = None,
    ) -> Channel:
        """Make a text channel; ``overwrites`` maps roles and members to what they may there."""
        by_id = {target.id: _of(target, it) for target, it in (overwrites or {}).items()}
        return self.add_channel(Kind.TEXT, name, overwrites=by_id, topic=topic, parent=parent)

    def add_forum(
        self,
        name: str,
        tags: Sequence[str] = (),
        *,
        tag_required: bool = False,
        overwrites: Mapping[Role | Member, Overwrite] | None = None,
    ) -> Channel:
        """Make a forum, whose posts may have these tags."""
        by_id = {target.id: _of(target, it) for target, it in (overwrites or {}).items()}
        made = [Tag(self.world.ids.next(), each) for each in tags]
        forum = ForumState(made, tag_required)
        return self.add_channel(Kind.FORUM, name, overwrites=by_id, forum=forum)

    def add_channel(
        self,
        kind: Kind,
        name: str,
        *,
        overwrites: dict[int, Overwrite] | None = None,
        topic: str | None = None,
        parent: Channel | None = None,
        forum: ForumState | None = None,
    ) -> Channel:
        """Make a channel of any kind but a thread."""
        if kind is Kind.FORUM and forum is None:
            forum = ForumState()
        channel = Channel(
            id=self.world.ids.next(),
            name=name,
            kind=kind,
            guild_id=self.id,
            overwrites=overwrites or {},
            position=len(self.channels),
            topic=topic,
            parent=parent,
            forum=forum,
        )
        self.channels[channel.id] = self.world.channels[channel.id] = channel
        self.world.emit(Event("CHANNEL_CREATE", channel, self.id, channel.id))
        return channel

    def overwrite(self, channel: Channel, target: Role | Member, overwrite: Overwrite) -> None:
        """Set what a channel allows and denies a role or member."""
        channel.overwrites[target.id] = _of(target, overwrite)
        self.world.emit(Event("CHANNEL_UPDATE", channel, self.id, channel.id))

    def set_permissions(self, role: Role, permissions: int) -> None:
        """Change what a role allows."""
        role.permissions = Permission(permissions)
        self.world.emit(Event("GUILD_ROLE_UPDATE", role, self.id))

    def override_command(self, name: str, target: Role | Member | Channel, allowed: bool) -> None:
        """Set a guild's permission override of a command, as a manager does under Integrations."""
        self.command_overrides.setdefault(name, {})[target.id] = allowed


def _of(target: Role | Member, overwrite: Overwrite) -> Overwrite:
    return replace(overwrite, of_member=isinstance(target, Member))


class World:
    """Everything that exists in one sandbox, by id; ``emit`` tells what happens in it."""

    def __init__(self, clock: Clock, application_name: str) -> None:
        self.clock = clock
        self.ids = Snowflakes(clock)
        self.listeners: list[Callable[[Event], None]] = []
        self.token = secrets.token_urlsafe(32)
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.directs: dict[int, Channel] = {}  # by the id of the other side
        self.webhooks: dict[int, Webhook] = {}
        self.attachments: dict[int, Attachment] = {}
        self.signer = Signer(clock)
        owner = self.add_user("owner")
        self.bot = self.add_user(application_name, bot=True)
        self.application = Application(self.bot.id, application_name, owner)

    def emit(self, event: Event) -> None:
        """Pass an event to every listener."""
        for listener in tuple(self.listeners):
            listener(event)

    def add_user(self, name: str, *, bot: bool = False) -> User:
        """Make an account."""
        user = User(self.ids.next(), name, bot)
        self.users[user.id] = user
        return user

    def add_guild(
        self,
        name: str,
        *,
        id: int | None = None,  # noqa: A002 - Discord's own word; one chooses it to choose the shard
        owner: User | None = None,
        bot_permissions: int = permissions.BOT,
    ) -> Guild:
        """Make a guild that the bot is in, with a role of its own for the bot."""
        guild_id = self.ids.next() if id is None else id
        owner = owner or self.add_user(f"{name} owner")
        guild = Guild(guild_id, name, self, owner, created_at=self.clock())
        everyone = Role(guild_id, guild_id, "@everyone", permissions.MEMBER, position=0)
        granted = Permission(bot_permissions)
        own = Role(self.ids.next(), guild_id, self.bot.name, granted, bot_id=self.bot.id)
        guild.roles = {everyone.id: everyone, own.id: own}
        for user, roles in ((owner, []), (self.bot, [own])):
            guild.members[user.id] = Member(user, guild, self.clock(), roles)
        self.guilds[guild_id] = guild
        self.emit(Event("GUILD_CREATE", guild, guild_id))
        return guild

    def direct(self, user: User) -> Channel:
        """Return the direct-message channel between the bot and a user; the first call makes it."""
        channel = self.directs.get(user.id)
        if channel is None:
            channel = Channel(self.ids.next(), user.name, Kind.DIRECT, recipients=(user,))
            self.directs[user.id] = self.channels[channel.id] = channel
        return channel

    def add_group(self, name: str, *users: User) -> Channel:
        """Make a direct message between people, in which the bot is not."""
        made = Channel(self.ids.next(), name, Kind.GROUP, recipients=users)
        return self.channels.setdefault(made.id, made)

    def may(self, user: User, channel: Channel) -> Permission:
        """Return what a user may do in a channel; nothing where they are not."""
        if channel.guild_id is None:
            has_bot = channel.kind is Kind.DIRECT
            inside = user in channel.recipients or (has_bot and user is self.bot)
            return permissions.DIRECT_MESSAGE if inside else Permission.NONE
        member = self.guilds[channel.guild_id].members.get(user.id)
        return member.permissions_in(channel) if member else Permission.NONE
