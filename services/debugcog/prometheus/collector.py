"""Source → a collector for prometheus_client, as its registries take them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from services.debugcog.prometheus.families import families
from services.debugcog.prometheus.source import Source

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

MISSING = "Metrics for Prometheus need prometheus_client: pip install 'debugcog[prometheus]'"


class MissingExtraError(RuntimeError):
    """The library is not installed; the text says how to install it."""


class Collector:
    """Tells prometheus_client all metrics of a process, each time anew.

    Args:
        source: where they come from.

    Raises:
        MissingExtraError: prometheus_client is not installed.
    """

    def __init__(self, source: Source) -> None:
        try:
            from prometheus_client.metrics_core import Metric
            from prometheus_client.samples import Sample
        except ImportError as error:
            raise MissingExtraError(MISSING) from error
        self._source = source
        self._metric, self._sample = Metric, Sample

    def describe(self) -> tuple[()]:
        """Name no family beforehand: a registry that takes this in does not collect at once."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Yield each family, with the label ``process`` at every sample."""
        process, sample = ("process", self._source.process), self._sample
        for family in families(self._source):
            metric = self._metric(family.name, family.help, family.kind, family.unit)
            metric.samples = [
                sample(family.name + suffix, dict((*labels, process)), value)
                for suffix, labels, value in family.samples
            ]
            yield metric
