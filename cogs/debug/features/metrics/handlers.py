"""Handlers of /debug metrics and its controls: a fresh answer as a Reply."""

from __future__ import annotations

from typing import Any

from cogs.debug.features.metrics.actions import Compare, ShowMetric, ShowMetricBy, ShowMetrics
from cogs.debug.features.metrics.metric_reply import metric_reply, no_metric
from cogs.debug.features.metrics.reply import metrics_reply
from cogs.debug.ui import names
from cogs.debug.ui.feature import Control, asked
from cogs.debug.ui.reply import OPTIONS_MAX, Reply
from services.debugcog.answers.metric import metric
from services.debugcog.answers.metric_list import label_names, metric_names, recorded_names
from services.debugcog.answers.metrics import metrics as answer
from services.debugcog.answers.published import Publisher
from services.debugcog.answers.sources import Sources
from services.debugcog.frozen import frozen
from services.debugcog.windows import Window

NEAR = 5
"""Names that are offered in the place of one that is not known."""


@frozen(kw_only=True)
class MetricsHandlers:
    """What /debug metrics and its controls do.

    Attributes:
        sources: of the figures.
        publisher: reads what only the bot's thread may read.
    """

    sources: Sources
    publisher: Publisher

    def controls(self) -> tuple[Control[Any], ...]:
        """Map each action to what it does."""
        return (
            Control(ShowMetrics, asked(lambda action: self.open(action.window))),
            Control(ShowMetric, asked(self.show)),
            Control(ShowMetricBy, asked(self.show)),
        )

    async def find(self, name: str, by: str, window: Window, compare: Compare) -> Reply:
        """Show one metric, or the important ones without a name."""
        if not name.strip():
            return await self.open(window)
        return await self._one(name.strip(), by.strip(), window, compare)

    async def open(self, window: Window) -> Reply:
        """Show the metrics of a window."""
        return metrics_reply(await answer(self.sources, self.publisher.now(), window))

    async def show(self, action: ShowMetric) -> Reply:
        """Show the metric of a control."""
        known = await self.sources.off_loop(lambda: recorded_names(self.sources.metrics))
        name = names.read(action.metric, known)
        by = names.read(action.by, await label_names(self.sources, name))
        return await self._one(name, by, action.window, action.compare)

    async def names(self, typed: str) -> list[tuple[str, str]]:
        """Offer the metrics with a text in their names, each with what it is just now."""
        found = await metric_names(self.sources, typed, OPTIONS_MAX)
        return [(f"{one.name} · {one.text}", one.name) for one in found]

    async def labels(self, metric: str, typed: str) -> list[tuple[str, str]]:
        """Offer the labels of a metric with a text in their names."""
        found = await label_names(self.sources, metric)
        return [(name, name) for name in found if typed.lower() in name][:OPTIONS_MAX]

    async def _one(self, name: str, by: str, window: Window, compare: Compare) -> Reply:
        published = self.publisher.now()
        found = await metric(self.sources, published, window, name, by, compare)
        if found is None:
            near = await metric_names(self.sources, name.partition("_")[0], NEAR)
            return no_metric(name, [one.name for one in near])
        return metric_reply(found, by, compare)
