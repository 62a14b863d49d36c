"""DebugCog: /debug commands, presses of their controls and forms → one panel, one answer."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from cogs.debug.app.access import REFUSAL, Access
from cogs.debug.app.panels import Panels
from cogs.debug.app.registration import Registration
from cogs.debug.app.runtime import Runtime
from cogs.debug.capture.invocations import is_stray, name_of
from cogs.debug.ui.component_interaction import (
    ComponentInteraction,
    ControlError,
    component_interaction_of,
)
from cogs.debug.ui.responder import Responder

log = logging.getLogger("debugcog.cog")

Window = Literal["5m", "15m", "1h", "6h", "24h", "7d"]
Level = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", "normal"]
UNKNOWN_CONTROL = "This control is from another version of DebugCog. Run the command again."
STRAY = (
    "`/debug` is no longer meant for this server: it is not in `DEBUG_GUILD_IDS`. "
    "The command goes away by itself; use it in one of those servers."
)
Minutes = app_commands.Range[int, 0, 10_080]


class DebugCog(commands.GroupCog, name="DebugCog", group_name="debug"):
    """Metrics, memory, errors, alerts and log levels of this bot."""

    def __init__(self, bot: commands.Bot, runtime: Runtime) -> None:
        self.runtime = runtime
        self._bot = bot
        self._access = Access(bot, runtime.settings)
        self._responder = Responder(runtime.charts)
        self._panels = Panels(runtime)
        self._registration = Registration(bot, self, runtime.settings, runtime.database)

    async def cog_load(self) -> None:
        """Start the runtime, and register the command as soon as the bot is logged in."""
        await self.runtime.open()
        self._registration.start()

    async def cog_unload(self) -> None:
        """Undo everything that ``cog_load`` did."""
        await self._registration.close()
        await self.runtime.close()

    @app_commands.command()
    async def metrics(self, interaction: discord.Interaction, window: Window = "1h") -> None:
        """Response times, tokens, errors, memory: the numbers, and a chart of response times.

        Args:
            window: How far back to look.
        """
        await self._responder.answer(interaction, partial(self._panels.metrics, window))

    @app_commands.command()
    async def memory(self, interaction: discord.Interaction, window: Window = "1h") -> None:
        """Memory of the process and the machine, its trend, and a chart.

        Args:
            window: How far back to look.
        """
        await self._responder.answer(interaction, partial(self._panels.memory, window))

    @app_commands.command()
    async def alerts(self, interaction: discord.Interaction, find: str = "") -> None:
        """Incidents and rules: acknowledge, silence, change thresholds, send a test alert.

        Args:
            find: The number of an incident or the name of a rule.
        """
        await self._responder.answer(interaction, partial(self._panels.alerts.open, find))

    @app_commands.command()
    async def errors(self, interaction: discord.Interaction, find: str = "") -> None:
        """Recent errors in groups, or one of them with its traceback.

        Args:
            find: A group or the id that a user was shown, such as E-7K3Q9D.
        """
        await self._responder.answer(interaction, partial(self._panels.errors.open, find))

    @app_commands.command()
    async def loglevel(
        self,
        interaction: discord.Interaction,
        level: Level | None = None,
        logger: str = "root",
        minutes: Minutes | None = None,
    ) -> None:
        """Show or change log levels; DEBUG for all is debug mode.

        Args:
            level: The new level; normal goes back to what it was.
            logger: One logger; all of them when left out.
            minutes: Go back after so many minutes; 0 stays. DEBUG goes back after 60 when left out.
        """
        panel = partial(self._panels.loglevel, level, logger, minutes)
        await self._responder.answer(interaction, panel)

    @loglevel.autocomplete("logger")
    async def _complete_logger(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await self._choices(interaction, partial(self._panels.logger_names, current))

    @errors.autocomplete("find")
    async def _complete_error(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await self._choices(interaction, partial(self._panels.errors.names, current))

    @alerts.autocomplete("find")
    async def _complete_alert(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await self._choices(interaction, partial(self._panels.alerts.names, current))

    async def interaction_check(self, interaction: discord.Interaction, /) -> bool:
        """Gate every command; who may not gets a sentence that names the way in."""
        if await self._access.check(interaction, name_of(interaction)):
            return True
        await self._responder.refuse(interaction, REFUSAL)
        return False

    async def cog_app_command_error(
        self, interaction: discord.Interaction, error: app_commands.AppCommandError
    ) -> None:
        """Tell the caller; a fault of this cog is not an error of the host."""
        if isinstance(error, app_commands.CheckFailure):
            return  # has been answered
        await self._failed(interaction, error)

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Route presses of our controls, whichever message or run of the bot they are from."""
        press = component_interaction_of(interaction)
        if press is not None:
            await self._press(interaction, press)
        elif is_stray(interaction):
            allowed = await self._access.check(interaction, "/debug, registered no more")
            await self._responder.refuse(interaction, STRAY if allowed else REFUSAL)

    @commands.Cog.listener()
    async def on_connect(self) -> None:
        """Register when the bot logged in after the cog was loaded."""
        self._registration.start()
        self.runtime.gateway.back(None)

    @commands.Cog.listener()
    async def on_guild_join(self, _: discord.Guild) -> None:
        """Register in a server of ``DEBUG_GUILD_IDS`` that the bot was not in until now."""
        self._registration.start()

    @commands.Cog.listener()
    async def on_resumed(self) -> None:
        """Note that the gateway is there again."""
        self.runtime.gateway.back(None)

    @commands.Cog.listener()
    async def on_disconnect(self) -> None:
        """Note that the gateway is away."""
        self.runtime.gateway.lost(None)

    @commands.Cog.listener()
    async def on_shard_connect(self, shard_id: int) -> None:
        """Note that a shard is there."""
        self.runtime.gateway.back(shard_id)

    @commands.Cog.listener()
    async def on_shard_resumed(self, shard_id: int) -> None:
        """Note that a shard is there again."""
        self.runtime.gateway.back(shard_id)

    @commands.Cog.listener()
    async def on_shard_disconnect(self, shard_id: int) -> None:
        """Note that a shard is away."""
        self.runtime.gateway.lost(shard_id)

    async def _press(self, interaction: discord.Interaction, press: ComponentInteraction) -> None:
        try:
            if await self._access.check(interaction, str(press)):
                await self._act(interaction, press)
            else:
                await self._responder.refuse(interaction, REFUSAL)
        except ControlError as error:
            log.info("Control not understood: %s", error)
            await self._responder.refuse(interaction, UNKNOWN_CONTROL)
        except Exception as error:  # noqa: BLE001 - told here; it is no error of the host
            await self._failed(interaction, error)

    async def _act(self, interaction: discord.Interaction, press: ComponentInteraction) -> None:
        form = self._panels.form(press)
        if form is not None:
            await self._responder.ask(interaction, form)
            return
        panel = self._panels.panel(press, str(interaction.user))
        await self._responder.answer(interaction, panel)

    async def _failed(self, interaction: discord.Interaction, error: Exception) -> None:
        log.error("Answer failed: %s", type(error).__name__, exc_info=error)
        text = "DebugCog failed at this. Its log has the traceback."
        await self._responder.refuse(interaction, text)

    async def _choices(
        self,
        interaction: discord.Interaction,
        names: Callable[[], Awaitable[list[tuple[str, str]]]],
    ) -> list[app_commands.Choice[str]]:
        """Complete for those who may use the command; its check does not run here by itself."""
        if not await self._access.check_completion(interaction, name_of(interaction)):
            return []
        return [app_commands.Choice(name=name, value=value) for name, value in await names()]
