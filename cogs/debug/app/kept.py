"""What is kept across restarts: metrics, stalls, what users do and what models cost."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from services.debugcog.activity.day_store import DayStore
from services.debugcog.activity.store import ActivityStore
from services.debugcog.answers import models as answers_models
from services.debugcog.costs.ledger import CostLedger
from services.debugcog.costs.prices import PriceList
from services.debugcog.stall_store import StallStore
from services.debugcog.timeseries.history import History

if TYPE_CHECKING:
    from cogs.debug.app.usage import Usage
    from services.debugcog.answers.models import ModelsAnswer
    from services.debugcog.logfile.text import Redact
    from services.debugcog.metrics import MetricsService
    from services.debugcog.settings import Settings
    from services.debugcog.stalls.stall_log import StallLog
    from services.debugcog.state.database import Database
    from services.debugcog.windows import Window


class Kept:
    """Carries all of it to the state file and back.

    Args:
        settings: without metrics, stalls alone are kept.
        database: open.
        metrics: what the history is of, and the figures of the models.
        stalls: of this run.
        usage: counts what users do.
        redact: removes secrets from what is written.

    Attributes:
        costs: adds up what models cost.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        metrics: MetricsService,
        stalls: StallLog,
        usage: Usage,
        redact: Redact,
    ) -> None:
        self._enabled = settings.metrics_enabled
        self._metrics = metrics
        self._history = History(metrics, database, redact=redact)
        self._activity = ActivityStore(usage.activity, database)
        self._days = DayStore(usage.days, database) if usage.days else None
        self._stalls = StallStore(stalls, database)
        self.costs = CostLedger(metrics, database, PriceList(settings.llm_prices, settings.folder))

    def models(self, window: Window) -> ModelsAnswer:
        """Tell of the models in a window, and of what they cost."""
        return answers_models.models(self._metrics, self.costs, window, time.time())

    def restore(self) -> None:
        """Read what earlier runs have saved; it waits for the disk.

        Raises:
            sqlite3.Error: the database cannot be read.
        """
        if self._enabled:
            self._history.restore()
            self._activity.restore()
            if self._days is not None:
                self._days.restore()
            self.costs.restore()
        self._stalls.restore()

    @property
    def has_news(self) -> bool:
        """Tell whether there may be something that ``save`` writes."""
        return self._enabled or self._stalls.has_news

    def save(self) -> None:
        """Write what is new but the metrics; it waits for the disk; by one thread at a time.

        Raises:
            sqlite3.Error: something was not written; the next call tries it again.
        """
        with ExitStack() as stack:  # the last one first; each is saved, whatever the others raise
            stack.callback(self._stalls.save)
            if self._enabled:
                stack.callback(self.costs.save)
                if self._days is not None:
                    stack.callback(self._days.save)
                stack.callback(self._activity.save)

    async def save_metrics(self, *, final: bool = False) -> None:
        """Write the minutes that have ended; ``final``, at the end, the one that has not, too.

        Raises:
            sqlite3.Error: nothing was written; the next call tries the same again.
        """
        if self._enabled or not final:
            await self._history.save(final=final)
