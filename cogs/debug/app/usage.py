"""What users do and what models cost: built, started and asked for together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cogs.debug.app.calls import CallParts, calls_of
from cogs.debug.capture.activity import ActivityFeed
from cogs.debug.capture.events import Watch, watch_nothing
from services.debugcog.activity.counter import ActivityCounter
from services.debugcog.activity.days import DayCounter
from services.debugcog.frozen import frozen
from services.debugcog.logfile.text import Redact
from services.debugcog.metrics import MetricsService
from services.debugcog.settings import Settings
from services.debugcog.users import calls, sources

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.debugcog.costs.ledger import CostLedger
    from services.debugcog.state.database import Database
    from services.debugcog.users.provider import UserProvider
    from services.debugcog.users.sources import UserSources


@frozen(kw_only=True)
class Usage:
    """The parts.

    Attributes:
        watch: gets the events of discord.py; nothing is counted where metrics are off.
        activity: counts them by user.
        calls: follow what the host handles.
        days: counts what is done by day; None where metrics are off.
        users: what answers about users are made of.
    """

    watch: Watch
    activity: ActivityCounter
    calls: CallParts
    days: DayCounter | None
    users: UserSources

    def start(self) -> None:
        """Let the host's provider be asked, on the loop that runs now."""
        if self.users.calls is not None:
            self.users.calls.start()

    def stop(self) -> None:
        """Ask the provider no more."""
        if self.users.calls is not None:
            self.users.calls.stop()


def usage_of(
    settings: Settings,
    database: Database,
    costs: Callable[[], CostLedger],
    metrics: MetricsService,
    provider: UserProvider | None,
    redact: Redact,
) -> Usage:
    """Build the parts."""
    activity = ActivityCounter()
    days = DayCounter() if settings.metrics_enabled else None
    return Usage(
        watch=ActivityFeed(activity, days).add_event if days else watch_nothing,
        activity=activity,
        calls=calls_of(metrics, days),
        days=days,
        users=sources.UserSources(
            activity=activity,
            redact=redact,
            calls=calls.ProviderCalls(provider, redact) if provider is not None else None,
            contents=settings.dashboard_conversations,
            database=database,
            pending=days.pending if days else tuple,
            costs=costs,
        ),
    )
