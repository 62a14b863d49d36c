"""Interaction → whether its user may use /debug, with an audit line for each use and refusal."""

from __future__ import annotations

import time
from collections.abc import Callable

import discord
from discord.ext import commands

from services.debugcog.audit import OnceAMinute, audit, audit_refusal
from services.debugcog.frozen import frozen
from services.debugcog.settings import Settings
from services.debugcog.shield import left_alone
from services.debugcog.ticker import is_ours

OWNER_SECONDS = 1.0
TEAM_ROLES = (discord.TeamMemberRole.admin, discord.TeamMemberRole.developer)

REFUSAL = (
    "This is for the bot's owner, and in its home server for administrators and the roles "
    "in `DEBUG_ADMIN_ROLE_IDS`. Ask the owner to add your user id to `DEBUG_ADMIN_USER_IDS`."
)


@frozen
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
            developer role, as the login found it; a host's own ``is_owner`` is asked instead,
            unless it fails.
        settings: who else may.
        clock: seconds, from any start.

    Attributes:
        names: of those who were let in since the load, by id: a bot without the members intent
            knows no one else's.
    """

    def __init__(
        self,
        bot: commands.Bot,
        settings: Settings,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._bot = bot
        self._settings = settings
        self._completions = OnceAMinute(clock)
        self.names: dict[int, str] = {}

    @property
    def refusal(self) -> str:
        """Return what is said to those who may not."""
        return REFUSAL

    async def check(self, interaction: discord.Interaction, what: str) -> bool:
        """Decide and leave an audit line; ``what`` is the command or control."""
        decision = await self._decide(interaction)
        self._tell(interaction, what, decision)
        if decision.allowed:
            self.names[interaction.user.id] = interaction.user.display_name
        return decision.allowed

    async def check_completion(self, interaction: discord.Interaction, command: str) -> bool:
        """Decide and leave an audit line once a minute: completions come at each key."""
        decision = await self._decide(interaction)
        if self._completions.is_news((interaction.user.id, command, decision.allowed)):
            self._tell(interaction, f"completion of {command}", decision)
        return decision.allowed

    @staticmethod
    def _tell(interaction: discord.Interaction, what: str, decision: Decision) -> None:
        write = audit if decision.allowed else audit_refusal
        write(
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
            return await left_alone(self._asked(user), OWNER_SECONDS)
        except TimeoutError:
            audit_refusal("owner unknown: the bot has not told in %g s", OWNER_SECONDS)
            return False  # asked at the next time again

    async def _asked(self, user: discord.User | discord.Member) -> bool:
        """Ask the bot, which may ask its own database; where that fails, as at discord.py's own."""
        try:
            return bool(await self._bot.is_owner(user))
        except BaseException as error:
            if not isinstance(error, GeneratorExit) and is_ours(error):
                raise
            audit_refusal("owner unknown to the bot: %s", type(error).__name__)
            return user.id in self._application_owners()

    def _known_owners(self) -> set[int]:
        """Return the owners without a request: Discord may be slow, and an answer is due in 3 s."""
        if getattr(type(self._bot), "is_owner", None) is not commands.Bot.is_owner:
            return set()
        return self._application_owners()

    def _application_owners(self) -> set[int]:
        """Return the owners as the bot's constructor and its login tell them."""
        if self._bot.owner_id or self._bot.owner_ids:
            return {self._bot.owner_id or 0, *(self._bot.owner_ids or ())}
        application = self._bot.application
        if application is None or application.team is None:
            return {application.owner.id} if application else set()
        return {one.id for one in application.team.members if one.role in TEAM_ROLES}
