"""Tokens that are recorded inside a call → also counted for that call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.debugcog.calls.running import ACTIVE
from services.debugcog.timeseries.label_sets import labels_of
from services.debugcog.timeseries.metric_names import ATTRIBUTED

if TYPE_CHECKING:
    from services.debugcog.timeseries.intake import Inlet, Intake


def attribute(intake: Intake, value: float) -> None:
    """Count a value for the call that runs now, if one does, by its model."""
    running = ACTIVE.get()
    if running is not None:
        labels = labels_of(intake.labels)
        model = "/".join(filter(None, (labels.get("provider"), labels.get("model"))))
        running.add_tokens(model, ATTRIBUTED[intake.name], value)


class AttributedInlet:
    """The way into the intake of a metric that is counted for calls.

    Args:
        intake: without labels.
    """

    __slots__ = ("_inlet", "_intake")

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._inlet: Inlet = intake.inlet

    def append(self, value: float, /) -> None:
        """Take a value."""
        self._inlet.append(value)
        attribute(self._intake, value)
