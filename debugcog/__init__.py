"""Public API and extension entry point: ``await bot.load_extension("debugcog")``."""

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any

from debugcog._locate import located

with located():
    from cogs.debug.app.host import require_bot, require_discord_py

    require_discord_py()  # also where a host's own cogs/debug hides ours, which asks for it too

    from cogs.debug.app import endpoints as _endpoints
    from cogs.debug.app.handover import configure, metrics_of
    from cogs.debug.app.ownership import Host
    from cogs.debug.app.setup import add_to
    from services.debugcog import tracing as _tracing
    from services.debugcog.alerting import rules as _rules
    from services.debugcog.logs import setup_logging
    from services.debugcog.metrics import MetricsService
    from services.debugcog.settings import Settings, SettingsError
    from services.debugcog.settings import load as load_settings
    from services.debugcog.timeseries.snapshot import Snapshot, Summary
    from services.debugcog.users import provider as _provider
    from services.debugcog.version import __version__ as __version__

if TYPE_CHECKING:
    from cogs.debug.app.endpoints import use_endpoints
    from services.debugcog.alerting.rules import Rule, rule
    from services.debugcog.tracing import log_request, log_response, traced
    from services.debugcog.users.provider import (
        Conversation,
        Message,
        Page,
        RecentInteraction,
        UserProfile,
        UserProvider,
        UserQuery,
    )

__all__ = [
    "Conversation",
    "Message",
    "MetricsService",
    "Page",
    "RecentInteraction",
    "Rule",
    "Settings",
    "SettingsError",
    "Snapshot",
    "Summary",
    "UserProfile",
    "UserProvider",
    "UserQuery",
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


_LATE = (
    (_endpoints, ("use_endpoints",)),
    (_rules, ("Rule", "rule")),
    (_tracing, ("log_request", "log_response", "traced")),
    (
        _provider,
        (
            *("Conversation", "Message", "Page", "RecentInteraction"),
            *("UserProfile", "UserProvider", "UserQuery"),
        ),
    ),
)
"""Modules that a load does not need, and what is public of each."""


def __getattr__(name: str) -> Any:
    """Return what is public, and run its module with its first use."""
    for module, names in _LATE:
        if name in names:
            globals()[name] = found = getattr(module, name)
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def setup(bot: Host) -> Awaitable[None]:
    """Load DebugCog into a bot; discord.py calls it for ``load_extension("debugcog")``.

    Other libraries call it and do not await what they get, so they are refused at once.
    """
    require_bot(bot)
    return add_to(bot, setup)
