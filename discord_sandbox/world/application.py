"""The application that a bot belongs to: its owner or team, and its registered commands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from discord_sandbox.world.core import JSON
from discord_sandbox.world.users import User

TeamRole = Literal["owner", "admin", "developer", "read_only"]

GUILD, BOT_DM, PRIVATE_CHANNEL = 0, 1, 2
"""Contexts: in a guild, in a direct message with the bot, between people."""
GUILD_INSTALL, USER_INSTALL = 0, 1
"""Integration types: how an application is installed."""
PRIVILEGED_INTENTS = (1 << 13) | (1 << 15) | (1 << 19)
"""Application flags that allow the presence, member and message-content intents, as for a bot in
fewer than 100 guilds (https://discord.com/developers/docs/resources/application)."""


@dataclass(slots=True, eq=False)
class Team:
    """A team that owns an application; ``members`` maps each user to their role."""

    id: int
    name: str
    owner: User
    members: dict[User, TeamRole] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Command:
    """A registered application command; ``payload`` is what the application sent, with defaults."""

    id: int
    version: int
    payload: JSON
    guild_id: int | None = None

    @property
    def name(self) -> str:
        """The name that people type."""
        return str(self.payload["name"])

    @property
    def type(self) -> int:
        """1 slash command, 2 on a user, 3 on a message."""
        return int(self.payload["type"])

    def is_in(self, context: int) -> bool:
        """Tell whether a global command is offered in a context."""
        contexts = self.payload.get("contexts")
        if contexts is None:
            return context == GUILD or bool(self.payload.get("dm_permission", True))
        return context in contexts


@dataclass(slots=True, eq=False)
class Application:
    """The application; ``commands`` is by guild id, None for the global ones.

    ``integration_types`` are the kinds of installation that it allows, as its developer sets them;
    ``installed_by`` are the users who have it.
    """

    id: int
    name: str
    owner: User
    team: Team | None = None
    flags: int = PRIVILEGED_INTENTS
    integration_types: tuple[int, ...] = (GUILD_INSTALL,)
    installed_by: set[int] = field(default_factory=set)
    commands: dict[int | None, dict[int, Command]] = field(default_factory=dict)
    created_today: dict[int | None, list[float]] = field(default_factory=dict)

    def registered(self, guild_id: int | None) -> dict[int, Command]:
        """Return the commands of a guild, or the global ones."""
        return self.commands.setdefault(guild_id, {})

    def available(self, guild_id: int | None) -> list[Command]:
        """Return what the picker offers in a guild or direct message; a guild's own come first."""
        own = self.registered(guild_id).values() if guild_id is not None else ()
        return [*own, *self.registered(None).values()]
