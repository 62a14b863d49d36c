"""Interaction → may this user use /debug here, and one audit line about it."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import discord
from discord.ext import commands

from services.settings import Settings

audit = logging.getLogger("cogs.debug.audit")

REFUSAL = (
    "This is for the bot's owner, and in its home server for administrators and the roles "
    "in `DEBUG_ADMIN_ROLE_IDS`. Ask the owner to add your user id to `DEBUG_ADMIN_USER_IDS`."
)


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether it is allowed, and why or why not, in a word for the audit line."""

    allowed: bool
    reason: str


class Access:
    """Decides from Discord's own words in the interaction, never from a cached member.

    A guild administrator of a public bot is not the bot's administrator: members count only in
    ``DEBUG_GUILD_IDS``. The owner and ``DEBUG_ADMIN_USER_IDS`` count everywhere.

    Args:
        bot: tells who owns the application (owner, or team members with the admin or developer
            role; discord.py asks once and keeps the answer).
        settings: who else may.
    """

    def __init__(self, bot: commands.Bot, settings: Settings) -> None:
        self._bot = bot
        self._settings = settings

    async def check(self, interaction: discord.Interaction, what: str) -> bool:
        """Decide and leave an audit line; ``what`` names the command or control."""
        decision = await self.decide(interaction)
        audit.log(
            logging.INFO if decision.allowed else logging.WARNING,
            "%s: %s (%s) user_id=%d guild_id=%s channel_id=%s",
            "use" if decision.allowed else "refused",
            what,
            decision.reason,
            interaction.user.id,
            interaction.guild_id,
            interaction.channel_id,
        )
        return decision.allowed

    async def decide(self, interaction: discord.Interaction) -> Decision:
        """Decide without an audit line (autocomplete asks at every key)."""
        user = interaction.user
        if user.id in self._settings.debug_admin_user_ids:
            return Decision(True, "admin user")
        if interaction.guild_id in self._settings.debug_guild_ids:
            if interaction.permissions.administrator:
                return Decision(True, "administrator")
            if self._has_admin_role(user):
                return Decision(True, "admin role")
        if await self._is_owner(user):
            return Decision(True, "owner")
        foreign = interaction.guild_id not in self._settings.debug_guild_ids
        return Decision(False, "foreign server" if foreign else "no permission")

    def _has_admin_role(self, user: discord.User | discord.Member) -> bool:
        if not isinstance(user, discord.Member):
            return False
        # Member.roles drops roles of a guild that is not cached; the ids come with the interaction.
        held = user._roles  # noqa: SLF001 - see above
        return any(held.has(role_id) for role_id in self._settings.debug_admin_role_ids)

    async def _is_owner(self, user: discord.User | discord.Member) -> bool:
        try:
            return await self._bot.is_owner(user)
        except discord.HTTPException as error:  # asked at the next time again
            audit.warning("owner unknown: %s", error)
            return False
