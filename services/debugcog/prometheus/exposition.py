"""Source and ``Accept`` → the answer to a scrape: the text format 0.0.4, or OpenMetrics 1.0.

prometheus_client's own writers check every label of every line again. That takes 8 to 14 µs a line,
so more than a tenth of a second for a large host, and the bot's event loop wants that time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from services.debugcog.prometheus.collector import Collector
from services.debugcog.prometheus.collector import MissingExtraError as MissingExtraError
from services.debugcog.prometheus.source import Source

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

OPENMETRICS = "application/openmetrics-text"
TEXT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS_TYPE = f"{OPENMETRICS}; version=1.0.0; charset=utf-8"


def exposition(source: Source, accept: str) -> tuple[bytes, str]:
    """Write all metrics of a process; to be called from any thread but the bot's.

    Args:
        source: where they come from.
        accept: the header of the request: OpenMetrics where it is named, else text.

    Returns:
        The body and its content type.

    Raises:
        MissingExtraError: prometheus_client is not installed.
    """
    openmetrics = _takes_openmetrics(accept)
    head, end = (_openmetrics_head, "# EOF\n") if openmetrics else (_text_head, "")
    lines: list[str] = []
    pairs = _Pairs()
    for metric in Collector(source).collect():
        lines += head(metric)
        lines += [
            f"{sample.name}{{{','.join([pairs[pair] for pair in sample.labels.items()])}}} "
            f"{sample.value!r}\n"
            for sample in metric.samples
        ]
    content_type = OPENMETRICS_TYPE if openmetrics else TEXT_TYPE
    return ("".join(lines) + end).encode(), content_type


class _Pairs(dict[tuple[str, str], str]):
    """Label and value → how they are written; most lines have those of the line before."""

    def __missing__(self, pair: tuple[str, str]) -> str:
        name, value = pair
        written = self[pair] = f'{name}="{_escaped(value, quotes=True)}"'
        return written


def _text_head(metric: Metric) -> Iterator[str]:
    name = f"{metric.name}_total" if metric.type == "counter" else metric.name
    yield f"# HELP {name} {_escaped(metric.documentation)}\n"
    yield f"# TYPE {name} {metric.type}\n"


def _openmetrics_head(metric: Metric) -> Iterator[str]:
    yield f"# HELP {metric.name} {_escaped(metric.documentation, quotes=True)}\n"
    yield f"# TYPE {metric.name} {metric.type}\n"
    if metric.unit:
        yield f"# UNIT {metric.name} {metric.unit}\n"


def _escaped(text: str, *, quotes: bool = False) -> str:
    text = text.replace("\\", r"\\").replace("\n", r"\n")
    return text.replace('"', r"\"") if quotes else text


def _takes_openmetrics(accept: str) -> bool:
    """Tell whether it is named, and not with a quality of zero."""
    for part in accept.lower().split(","):
        kind, *parameters = (piece.strip() for piece in part.split(";"))
        if kind == OPENMETRICS:
            return not any(one.startswith("q=") and not one[2:].strip("0.") for one in parameters)
    return False
