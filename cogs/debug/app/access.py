"""Interaction → whether its user may use /debug, with an audit line for each use and refusal."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp
import discord
from discord.ext import commands

from services.debugcog.logs import write_always
from services.debugcog.settings import Settings

audit = logging.getLogger("debugcog.audit")

OWNER_SECONDS = 1.0
COMPLETION_SECONDS = 60.0
"""Between two audit lines of one user's completions of one command, which come at each key."""
REMEMBERED = 1_000
"""Completions whose audit line is remembered."""
TEAM_ROLES = (discord.TeamMemberRole.admin, discord.TeamMemberRole.developer)

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
        bot: tells who owns the application: the owner, or team members with the admin or
            developer role, as the login found it; a host's own ``is_owner`` is asked instead.
        settings: who else may.
        clock: seconds, from any start.
    """

    def __init__(
        self,
        bot: commands.Bot,
        settings: Settings,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._bot = bot
        self._settings = settings
        self._clock = clock
        self._audited_at: dict[tuple[int, str, bool], float] = {}

    @property
    def refusal(self) -> str:
        """Return what is said to those who may not."""
        return REFUSAL

    async def check(self, interaction: discord.Interaction, what: str) -> bool:
        """Decide and leave an audit line; ``what`` is the command or control."""
        decision = await self._decide(interaction)
        self._tell(interaction, what, decision)
        return decision.allowed

    async def check_completion(self, interaction: discord.Interaction, command: str) -> bool:
        """Decide and leave an audit line, unless one tells the same since less than a minute."""
        decision = await self._decide(interaction)
        if self._is_news((interaction.user.id, command, decision.allowed)):
            self._tell(interaction, f"completion of {command}", decision)
        return decision.allowed

    def _is_news(self, key: tuple[int, str, bool]) -> bool:
        now = self._clock()
        if now - self._audited_at.get(key, -math.inf) < COMPLETION_SECONDS:
            return False
        self._audited_at.pop(key, None)  # so that the first one is always the oldest
        self._audited_at[key] = now
        if len(self._audited_at) > REMEMBERED:
            del self._audited_at[next(iter(self._audited_at))]
        return True

    @staticmethod
    def _tell(interaction: discord.Interaction, what: str, decision: Decision) -> None:
        _write(
            logging.INFO if decision.allowed else logging.WARNING,
            "%s: %s (%s) user_id=%d guild_id=%s channel_id=%s",
            "use" if decision.allowed else "refused",
            what,
            decision.reason,
            interaction.user.id,
            interaction.guild_id,
            interaction.channel_id,
        )

    async def _decide(self, interaction: discord.Interaction) -> Decision:
        user = interaction.user
        if user.id in self._known_owners():
            return Decision(True, "owner")
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
        owners = self._known_owners()
        if owners:
            return user.id in owners
        try:
            async with asyncio.timeout(OWNER_SECONDS):
                return await self._bot.is_owner(user)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            _write(logging.WARNING, "owner unknown: %s", type(error).__name__)
            return False  # asked at the next time again

    def _known_owners(self) -> set[int]:
        """Return the owners without a request: Discord may be slow, and an answer is due in 3 s."""
        if getattr(type(self._bot), "is_owner", None) is not commands.Bot.is_owner:
            return set()
        if self._bot.owner_id or self._bot.owner_ids:
            return {self._bot.owner_id or 0, *(self._bot.owner_ids or ())}
        application = self._bot.application
        if application is None or application.team is None:
            return {application.owner.id} if application else set()
        return {one.id for one in application.team.members if one.role in TEAM_ROLES}


def _write(level: int, text: str, *arguments: object) -> None:
    """Write an audit line past every level: whoever may change levels may not hide behind them."""
    write_always(audit.name, level, text, *arguments)
