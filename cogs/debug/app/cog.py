"""DebugCog: adds the /debug commands, checks access, handles discord.py's events."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from cogs.debug.app import channel_check
from cogs.debug.app.features import features, responder
from cogs.debug.app.owner import Owner
from cogs.debug.app.registration import Registration
from cogs.debug.app.runtime import Runtime
from cogs.debug.ui import actions, component_interaction, live
from cogs.debug.ui.feature import Feature
from cogs.debug.ui.own_commands import is_stray, name_of
from services.debugcog.ended_loops import running
from services.debugcog.guard import own_logger
from services.debugcog.shield import shielded
from services.debugcog.ticker import wind_up

if TYPE_CHECKING:
    from cogs.debug.ui.component_interaction import ComponentInteraction

log = own_logger("debugcog.cog")

ABOUT = "Metrics, memory, errors, alerts and log levels of this bot."
"""The description of ``/debug``; no docstring, which ``python -OO`` takes away."""
UNKNOWN_CONTROL = "This control is from another version of DebugCog. Run the command again."
STRAY = (
    "`/debug` is no longer meant for this server: it is not in `DEBUG_GUILD_IDS`. "
    "The command goes away by itself; use it in one of those servers."
)


class DebugCog(commands.GroupCog, name="DebugCog", description=ABOUT, group_name="debug"):
    """The cog: commands and listeners in front of the runtime."""

    def __init__(self, bot: commands.Bot, runtime: Runtime) -> None:
        self.runtime = runtime
        self._bot = bot
        self._owner = Owner.of(bot, runtime.settings)
        self._responder = responder(runtime)
        self._features = features(runtime, self._responder)
        self._families = {one: feature for feature in self._features for one in feature.families}
        for feature in self._features:
            self._add(feature)
        self._registration = Registration(
            bot,
            self,
            runtime.settings,
            runtime.database,
            before=self._known,
            afterwards=lambda: channel_check.check_channels(bot, runtime.settings),
        )

    async def _known(self) -> None:
        """Wait until a command can be answered; by now the login has told which bot this is."""
        await self.runtime.whole()
        self.runtime.database.belong_to(self._owner.name(self._bot.application_id))

    async def cog_load(self) -> None:
        """Start the runtime, and register the command as soon as the bot is logged in."""
        self._loop = asyncio.get_running_loop()
        running().add(self._unload)
        await self.runtime.start()
        self._registration.start()

    async def cog_unload(self) -> None:
        """Undo everything that ``cog_load`` did, also when it is cancelled."""
        await shielded(self._unload())

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Route what our controls ask, whichever message or run of the bot they are from."""
        asked = component_interaction.component_interaction_of(interaction)
        if asked and self._is_ours(asked) and not component_interaction.is_hosts(interaction):
            await self._control(interaction, asked)
        elif is_stray(interaction) and await self._responder.allow(
            interaction, "/debug, registered no more"
        ):
            await self._responder.refuse(interaction, STRAY)

    @commands.Cog.listener()
    async def on_connect(self) -> None:
        """Register when the bot logged in after the cog was loaded, on this loop or on another."""
        if asyncio.get_running_loop() is not self._loop:
            await self._move()
            return
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

    async def _move(self) -> None:
        """Load anew on the loop on which the bot runs.

        ``asyncio.run(bot.load_extension(…))`` before ``bot.run()`` ends the first with what runs on
        it, and discord.py's own parts of a cog do not care.
        """
        try:
            await asyncio.to_thread(wind_up, self._loop)
            await self._bot.reload_extension(type(self).__module__)
        except Exception:
            log.exception(
                "DebugCog was loaded on an event loop that has ended, and cannot be loaded on this"
                " one: nothing is watched. Load it in setup_hook()"
            )
        else:
            log.warning(
                "DebugCog was loaded on an event loop that has ended, and is loaded again on this"
                " one: errors in between were not seen. Load it in setup_hook()"
            )

    async def _unload(self) -> None:
        running().discard(self._unload)
        await self._registration.close()
        await self._responder.close()
        await self.runtime.close()

    def _add(self, feature: Feature) -> None:
        """Put a feature's command into the group, behind the gate."""
        group = self.app_command
        assert isinstance(group, app_commands.Group)
        feature.command.add_check(self._check)
        feature.command.error(self._failed)
        group.add_command(feature.command)

    def _is_ours(self, asked: ComponentInteraction) -> bool:
        """Tell whether an action is one of this version, or of another one."""
        return asked.family in self._families or asked.name == live.StopLive.NAME

    async def _check(self, interaction: discord.Interaction) -> bool:
        return await self._responder.allow(interaction, name_of(interaction))

    async def _failed(
        self, interaction: discord.Interaction, error: app_commands.AppCommandError
    ) -> None:
        """Tell the caller; a fault of this cog is not an error of the host."""
        if not isinstance(error, app_commands.CheckFailure):  # that one has been answered
            await self._responder.fail(interaction, error)

    async def _control(
        self,
        interaction: discord.Interaction,
        asked: ComponentInteraction,
    ) -> None:
        try:
            if await self._responder.allow(interaction, str(asked)):
                await self._act(interaction, asked)
        except actions.ControlError as error:
            log.info("Control not understood: %s", error)
            await self._responder.refuse(interaction, UNKNOWN_CONTROL)
        except Exception as error:  # noqa: BLE001 - told here; it is no error of the host
            await self._responder.fail(interaction, error)

    async def _act(
        self,
        interaction: discord.Interaction,
        asked: ComponentInteraction,
    ) -> None:
        if asked.name == live.StopLive.NAME:
            await self._responder.stop(interaction)
            return
        feature = self._families[asked.family]
        if asked.texts is not None or asked.name not in feature.forms:
            await self._responder.acknowledge(interaction)
        handlers = await feature.handlers.get()
        control = next((it for it in handlers.controls() if asked.name == it.action.NAME), None)
        if control is None:
            raise actions.ControlError(f"no action {asked.name!r}")
        action, by = control.action.decode(asked.argument), f"<@{interaction.user.id}>"
        if control.form and asked.texts is None:
            await self._responder.ask(interaction, control.form(action))
        elif control.submit and asked.texts is not None:
            query = partial(control.submit, action, asked.texts, by)
            await self._responder.answer(interaction, query)
        elif control.answer and asked.texts is None:
            await self._responder.answer(interaction, partial(control.answer, action, by))
        elif control.stream and asked.texts is None:
            stream = partial(control.stream, action, interaction.id)
            await self._responder.answer(interaction, stream, stream=True)
        else:
            raise actions.ControlError(f"{asked.name} is asked for in another way")
