"""User accounts and guild roles."""

from __future__ import annotations

from dataclasses import dataclass

from discord_sandbox.world.permissions import Permission


@dataclass(slots=True, eq=False, repr=False)
class User:
    """An account: a person, a bot, or the face of a webhook."""

    id: int
    name: str
    bot: bool = False
    global_name: str | None = None
    avatar: str | None = None

    def __repr__(self) -> str:
        return f"<User {self.name} {self.id}>"

    @property
    def mention(self) -> str:
        """The text that mentions the user."""
        return f"<@{self.id}>"


@dataclass(slots=True, eq=False, repr=False)
class Role:
    """A role of one guild; the role whose id is the guild's is @everyone."""

    id: int
    guild_id: int
    name: str
    permissions: Permission = Permission.NONE
    position: int = 1
    mentionable: bool = False
    hoist: bool = False
    colour: int = 0
    bot_id: int | None = None

    def __repr__(self) -> str:
        return f"<Role {self.name} {self.id}>"

    @property
    def mention(self) -> str:
        """The text that mentions the role."""
        return "@everyone" if self.id == self.guild_id else f"<@&{self.id}>"
