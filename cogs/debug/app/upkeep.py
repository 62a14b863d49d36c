"""What /debug tasks, gateway and diagnose are made of: built, started and stopped together."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from discord.ext import commands

from cogs.debug.capture.connections import ConnectionCapture
from cogs.debug.capture.gateway_vitals import DiscordVitals
from cogs.debug.capture.responses import ResponseCapture
from services.debugcog.errors.patch import Patch
from services.debugcog.frozen import frozen
from services.debugcog.gateway.connections import Connections
from services.debugcog.gateway.responses import Responses
from services.debugcog.gateway.sources import GatewaySources
from services.debugcog.host_files import HostFiles
from services.debugcog.tasks.watch import TaskWatch

if TYPE_CHECKING:
    from services.debugcog.gateway.vitals import GatewayVitals

SAMPLE_INTERVAL = 10.0


@frozen(kw_only=True)
class Upkeep:
    """The parts.

    Attributes:
        sources: of the answer about the gateway.
        watch: of the asyncio tasks.
        files: knows the host's files.
        capture: of the connections.
        patches: all of them.
    """

    sources: GatewaySources
    watch: TaskWatch
    files: HostFiles
    capture: ConnectionCapture
    patches: tuple[Patch, ...]

    @property
    def vitals(self) -> GatewayVitals:
        """Return what a glance needs of Discord's limits."""
        return self.sources.vitals

    def catch(self) -> None:
        """Take every hook that is not ours: at the start, and when the host has covered one."""
        for patch in self.patches:
            patch.install()
        self.capture.count()

    def sample(self) -> None:
        """Look at the tasks, and begin another minute of events."""
        self.watch.sample()
        self.sources.connections.turn()

    async def close(self) -> None:
        """Give every hook back."""
        await self.capture.close()
        for patch in self.patches:
            patch.remove()


def upkeep_of(bot: commands.Bot, files: HostFiles, redact: Callable[[str], str]) -> Upkeep:
    """Build the parts."""
    connections, responses = Connections(), Responses()
    capture = ConnectionCapture(bot, connections)
    return Upkeep(
        sources=GatewaySources(connections, responses, DiscordVitals(bot, connections, responses)),
        watch=TaskWatch(files, redact=redact),
        files=files,
        capture=capture,
        patches=(*capture.patches(), *ResponseCapture(responses).patches()),
    )
