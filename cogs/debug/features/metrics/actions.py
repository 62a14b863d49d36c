"""Actions of the controls of /debug metrics."""

from __future__ import annotations

from typing import Literal

from cogs.debug.ui.actions import Action
from services.debugcog.frozen import frozen
from services.debugcog.windows import Window

Compare = Literal["none", "before", "yesterday"]


@frozen
class ShowMetrics(Action, name="metrics"):
    """Show the metrics of a window."""

    window: Window


@frozen
class ShowMetric(Action, name="metrics.one"):
    """Show one metric; its name and that of the label as ``names.written`` writes them."""

    metric: str
    by: str
    window: Window
    compare: Compare


@frozen
class ShowMetricBy(ShowMetric, name="metrics.by"):
    """Show the same by another label: a menu of its own needs an action of its own."""
