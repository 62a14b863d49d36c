"""Settings → the parts that they ask for; of the others no module runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cogs.debug.app import dashboard
from services.debugcog import heartbeat
from services.debugcog.settings import Settings

if TYPE_CHECKING:
    from cogs.debug.app.dashboard import Dashboard
    from cogs.debug.app.dashboard_parts import Parts
    from services.debugcog.heartbeat import Heartbeat


def dashboard_of(settings: Settings, parts: Callable[[], Parts]) -> Dashboard | None:
    """Build the dashboard where it is enabled, else the metrics alone where they have a port.

    Elsewhere nothing of it runs.
    """
    if not settings.dashboard_enabled and settings.metrics_port is None:
        return None
    if settings.dashboard_enabled:
        return dashboard.dashboard(parts())
    return dashboard.metrics_only(parts(), settings.metrics_port or 0)


def heartbeat_of(
    settings: Settings, redact: Callable[[str], str], illness: Callable[[], str | None]
) -> Heartbeat | None:
    """Build the heartbeat where there is a URL to call; elsewhere nothing of it runs."""
    if not settings.heartbeat_url:
        return None
    return heartbeat.Heartbeat(settings.heartbeat_url, illness, redact)
