"""Front door of DebugCog: ``await bot.load_extension("debugcog")``, and its public API."""

from debugcog._locate import located

with located():
    from cogs.debug.app.build import load_as
    from cogs.debug.app.endpoints import use_endpoints
    from cogs.debug.app.handover import configure, metrics_of
    from cogs.debug.app.ownership import Host
    from services.debugcog import __version__ as __version__
    from services.debugcog.alerting.rules import Rule, rule
    from services.debugcog.logs import setup_logging
    from services.debugcog.metrics import MetricsService
    from services.debugcog.settings import Settings, SettingsError
    from services.debugcog.settings import load as load_settings
    from services.debugcog.timeseries.snapshot import Snapshot, Summary
    from services.debugcog.tracing import log_request, log_response, traced

__all__ = [
    "MetricsService",
    "Rule",
    "Settings",
    "SettingsError",
    "Snapshot",
    "Summary",
    "configure",
    "load_settings",
    "log_request",
    "log_response",
    "metrics_of",
    "rule",
    "setup",
    "setup_logging",
    "traced",
    "use_endpoints",
]


async def setup(bot: Host) -> None:
    """Load DebugCog into a bot; discord.py calls it for ``load_extension("debugcog")``."""
    await load_as(__name__, bot)
