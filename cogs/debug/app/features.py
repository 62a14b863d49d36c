"""Runtime → the features of /debug, what answers interactions, and what renders posts.

Of each feature the command alone is imported here; its handlers are made when the command or one
of its controls is used first.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from cogs.debug.app import feature_handlers
from cogs.debug.features.alerts import command as alerts
from cogs.debug.features.alerts import crash_card, incident_card, suspension_notice
from cogs.debug.features.commands import command as commands
from cogs.debug.features.config import command as config
from cogs.debug.features.dashboard import command as dashboard
from cogs.debug.features.diagnose import command as diagnose
from cogs.debug.features.errors import command as errors
from cogs.debug.features.errors import reply as error_cards
from cogs.debug.features.export import command as export
from cogs.debug.features.gateway import command as gateway
from cogs.debug.features.loglevel import command as loglevel
from cogs.debug.features.logs import command as logs
from cogs.debug.features.loop import command as loop
from cogs.debug.features.memory import command as memory
from cogs.debug.features.metrics import command as metrics
from cogs.debug.features.overview import command as overview
from cogs.debug.features.profile import command as profile
from cogs.debug.features.tasks import command as tasks
from cogs.debug.features.trace import command as trace
from cogs.debug.features.users import command as users
from cogs.debug.ui import chart_attachment, edits, live, secrets
from cogs.debug.ui.feature import Feature
from cogs.debug.ui.later import Later
from cogs.debug.ui.responder import Responder
from services.debugcog.deferred import run_now

if TYPE_CHECKING:
    from cogs.debug.app.runtime import Runtime
    from cogs.debug.delivery.message_builder import Renderer
    from cogs.debug.features.alerts.breach_chart import ChartSource
    from cogs.debug.ui.chart_attachment import ChartAttachments

T = TypeVar("T")


def features(runtime: Runtime, responder: Responder) -> tuple[Feature, ...]:
    """Build the features of /debug."""
    handlers = cache(lambda: feature_handlers.FeatureHandlers(runtime))

    def later(make: Callable[[], T]) -> Later[T]:
        return Later(make, runtime.off_loop)

    # A lambda each: `handlers().overview` alone would make FeatureHandlers at the load, and a name
    # as text would not be checked against the type that the feature wants.

    return (
        overview.feature(later(lambda: handlers().overview()), responder),
        metrics.feature(later(lambda: handlers().metrics()), responder),
        memory.feature(later(lambda: handlers().memory()), responder),
        profile.feature(later(lambda: handlers().profile()), responder),
        commands.feature(later(lambda: handlers().commands()), responder),
        trace.feature(later(lambda: handlers().trace()), responder),
        alerts.feature(later(lambda: handlers().alerts()), responder),
        errors.feature(later(lambda: handlers().errors()), responder),
        loop.feature(later(lambda: handlers().loop()), responder),
        logs.feature(later(lambda: handlers().logs()), responder),
        loglevel.feature(later(lambda: handlers().loglevel()), responder),
        tasks.feature(later(lambda: handlers().tasks()), responder),
        gateway.feature(later(lambda: handlers().gateway()), responder),
        diagnose.feature(later(lambda: handlers().diagnose()), responder),
        users.feature(later(lambda: handlers().users()), responder),
        config.feature(later(lambda: handlers().config()), responder),
        export.feature(later(lambda: handlers().export()), responder),
        dashboard.feature(later(lambda: handlers().dashboard()), responder),
    )


def responder(runtime: Runtime) -> Responder:
    """Build what answers interactions."""

    def charts() -> ChartAttachments:
        run_now(secrets, edits, live)  # the responder uses them next, on the event loop
        return chart_attachment.ChartAttachments(runtime.charts.draw)

    return Responder(runtime.access, Later(charts, runtime.off_loop), runtime.redact)


def renderers(
    source: ChartSource, clock: Callable[[], float] = time.time
) -> Mapping[str, Renderer]:
    """Map the first part of a post's subject to what renders it; ``clock`` gives unix seconds."""
    return {
        "incident": incident_card.AlertReplies(source, clock).incident,
        "crash": lambda kind, body: crash_card.crash_notice(kind, body, clock()),
        "suspension": lambda kind, body: suspension_notice.suspension_notice(kind, body, clock()),
        "digest": incident_card.outage_digest,
        "test": incident_card.trial_alert,
        "group": error_cards.group_post,
        "digest-errors": error_cards.digest,
    }
