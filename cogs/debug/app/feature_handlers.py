"""Runtime → the handlers of each feature, with the services that they ask, and no more.

What is named here by its module (``memory_handlers.MemoryHandlers``) runs with the first use of its
feature.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cogs.debug.app import bundling, diagnosis, troubles
from cogs.debug.capture import caches
from cogs.debug.delivery import links
from cogs.debug.features.alerts import breach_chart
from cogs.debug.features.alerts import handlers as alert_handlers
from cogs.debug.features.commands import handlers as command_handlers
from cogs.debug.features.config import handlers as config_handlers
from cogs.debug.features.dashboard import handlers as dashboard_handlers
from cogs.debug.features.diagnose import handlers as diagnosis_handlers
from cogs.debug.features.errors import handlers as error_handlers
from cogs.debug.features.export import handlers as export_handlers
from cogs.debug.features.gateway import handlers as gateway_handlers
from cogs.debug.features.loglevel import handlers as loglevel_handlers
from cogs.debug.features.logs import handlers as log_handlers
from cogs.debug.features.loop import handlers as loop_handlers
from cogs.debug.features.memory import handlers as memory_handlers
from cogs.debug.features.metrics import handlers as metrics_handlers
from cogs.debug.features.overview import handlers as overview_handlers
from cogs.debug.features.profile import handlers as profile_handlers
from cogs.debug.features.tasks import handlers as task_handlers
from cogs.debug.features.trace import handlers as trace_handlers
from cogs.debug.features.users import handlers as user_handlers
from services.debugcog import audit
from services.debugcog.answers import config as config_answer
from services.debugcog.gateway import status_page

if TYPE_CHECKING:
    from cogs.debug.app.runtime import Runtime
    from cogs.debug.features.alerts.handlers import AlertHandlers
    from cogs.debug.features.commands.handlers import CommandsHandlers
    from cogs.debug.features.config.handlers import ConfigHandlers
    from cogs.debug.features.dashboard.handlers import DashboardHandlers
    from cogs.debug.features.dashboard.reply import Invitation
    from cogs.debug.features.diagnose.handlers import DiagnosisHandlers
    from cogs.debug.features.errors.handlers import ErrorHandlers
    from cogs.debug.features.export.handlers import ExportHandlers
    from cogs.debug.features.gateway.handlers import GatewayHandlers
    from cogs.debug.features.loglevel.handlers import LogLevelHandlers
    from cogs.debug.features.logs.handlers import LogHandlers
    from cogs.debug.features.loop.handlers import LoopHandlers
    from cogs.debug.features.memory.handlers import MemoryHandlers
    from cogs.debug.features.metrics.handlers import MetricsHandlers
    from cogs.debug.features.overview.handlers import OverviewHandlers
    from cogs.debug.features.profile.handlers import ProfileHandlers
    from cogs.debug.features.tasks.handlers import TaskHandlers
    from cogs.debug.features.trace.handlers import TraceHandlers
    from cogs.debug.features.users.handlers import UsersHandlers
    from services.debugcog.answers.config import ConfigAnswer

GROUP = "debug"


class FeatureHandlers:
    """Makes the handlers; each method does so for the feature of its name.

    Args:
        runtime: started before the first of them is used.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def overview(self) -> OverviewHandlers:
        """Make those of /debug overview."""
        runtime = self._runtime
        return overview_handlers.OverviewHandlers(runtime.sources, runtime.publisher)

    def metrics(self) -> MetricsHandlers:
        """Make those of /debug metrics."""
        runtime = self._runtime
        return metrics_handlers.MetricsHandlers(
            sources=runtime.sources, publisher=runtime.publisher
        )

    def memory(self) -> MemoryHandlers:
        """Make those of /debug memory."""
        runtime = self._runtime
        return memory_handlers.MemoryHandlers(
            sources=runtime.sources,
            publisher=runtime.publisher,
            caches=caches.DiscordCaches(runtime.bot),
            inspections=runtime.inspections(),
            redact=runtime.redact,
        )

    def profile(self) -> ProfileHandlers:
        """Make those of /debug profile."""
        runtime = self._runtime
        return profile_handlers.ProfileHandlers(
            inspections=runtime.inspections(), off_loop=runtime.off_loop, redact=runtime.redact
        )

    def commands(self) -> CommandsHandlers:
        """Make those of /debug commands."""
        runtime = self._runtime
        return command_handlers.CommandsHandlers(runtime.sources, runtime.publisher)

    def trace(self) -> TraceHandlers:
        """Make those of /debug trace."""
        runtime = self._runtime
        return trace_handlers.TraceHandlers(runtime.sources)

    def alerts(self) -> AlertHandlers:
        """Make those of /debug alerts."""
        runtime = self._runtime
        alerts = runtime.alerting.service
        points = partial(runtime.metrics.points, percentiles=False)
        return alert_handlers.AlertHandlers(
            alerts=alerts,
            sender=runtime.alerting.sender,
            charts=breach_chart.ChartSource(points, alerts.charted),
            link=partial(links.message_link, runtime.bot),
            in_thread=lambda: links.is_thread(runtime.bot, runtime.settings.alert_channel_id),
            troubles=partial(troubles.troubles, runtime),
            evaluated=runtime.settings.metrics_enabled,
        )

    def errors(self) -> ErrorHandlers:
        """Make those of /debug errors."""
        runtime = self._runtime
        return error_handlers.ErrorHandlers(
            store=runtime.errors.store,
            release=runtime.settings.release,
            trouble=lambda: runtime.database.trouble,
        )

    def loop(self) -> LoopHandlers:
        """Make those of /debug loop."""
        runtime = self._runtime
        return loop_handlers.LoopHandlers(sources=runtime.sources, publisher=runtime.publisher)

    def logs(self) -> LogHandlers:
        """Make those of /debug logs."""
        runtime = self._runtime
        return log_handlers.LogHandlers(
            source=runtime.log_reading.source,
            read=runtime.log_reading,
            errors=runtime.errors.store,
            levels=lambda: runtime.levels,
        )

    def loglevel(self) -> LogLevelHandlers:
        """Make those of /debug loglevel."""
        runtime = self._runtime
        return loglevel_handlers.LogLevelHandlers(
            levels=lambda: runtime.levels,
            note=runtime.alerting.service.note,
            audit=audit.NAME,
            obstacles=runtime.log_reading.obstacles,
            follow=self.logs().follow_action,
        )

    def tasks(self) -> TaskHandlers:
        """Make those of /debug tasks."""
        runtime = self._runtime
        return task_handlers.TaskHandlers(
            watch=runtime.upkeep.watch,
            loops=runtime.loops(),
            files=runtime.upkeep.files,
            note=runtime.alerting.service.note,
            redact=runtime.redact,
        )

    def gateway(self) -> GatewayHandlers:
        """Make those of /debug gateway."""
        runtime = self._runtime
        return gateway_handlers.GatewayHandlers(
            sources=runtime.sources,
            gateway=runtime.upkeep.sources,
            publisher=runtime.publisher,
            status_page=status_page.ask,
        )

    def diagnose(self) -> DiagnosisHandlers:
        """Make those of /debug diagnose."""
        runtime = self._runtime
        checks = diagnosis.Diagnosis(runtime, runtime.loops(), GROUP).checks
        return diagnosis_handlers.DiagnosisHandlers(checks=checks, redact=runtime.redact)

    def users(self) -> UsersHandlers:
        """Make those of /debug users."""
        return user_handlers.UsersHandlers(sources=self._runtime.usage.users)

    def config(self) -> ConfigHandlers:
        """Make those of /debug config."""
        runtime = self._runtime
        return config_handlers.ConfigHandlers(partial(_config, runtime))

    def export(self) -> ExportHandlers:
        """Make those of /debug export."""
        runtime = self._runtime
        loops = runtime.loops()
        checks = diagnosis.Diagnosis(runtime, loops, GROUP).checks
        bundle = bundling.Bundling(runtime, loops, checks, partial(_config, runtime))
        return export_handlers.ExportHandlers(
            sources=runtime.sources,
            bundled=bundle.sources,
            name=lambda: runtime.publisher.now().name,
            redact=runtime.redact,
        )

    def dashboard(self) -> DashboardHandlers:
        """Make those of /debug dashboard."""
        return dashboard_handlers.DashboardHandlers(partial(_invitation, self._runtime))


async def _invitation(runtime: Runtime, viewer: str) -> Invitation | None:
    """Make a one-time link to the dashboard; None where it is off."""
    dashboard = runtime.dashboard
    return await runtime.off_loop(lambda: dashboard.invitation(viewer)) if dashboard else None


async def _config(runtime: Runtime) -> ConfigAnswer:
    """Read what is in force; the environment and the file off the loop."""
    rules, levels = runtime.alerting.service.rule_statuses(), runtime.levels.overrides()
    settings, misspelt, redact = runtime.settings, runtime.misspelt, runtime.redact
    return await runtime.off_loop(
        lambda: config_answer.config(settings, misspelt, rules, levels, redact, settings.env_file)
    )
