"""Short import path ``services.web_dashboard`` for ``services/debugcog/web/server.py``."""

from services.debugcog.web.server import DashboardServer

__all__ = ["DashboardServer"]
