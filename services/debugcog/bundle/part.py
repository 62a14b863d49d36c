"""Answer, table or text → Part: one file of a bundle, redacted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from services.debugcog.charting.chart_spec import ChartSpec
from services.debugcog.frozen import frozen
from services.debugcog.web.api import cleaned
from services.debugcog.web.csv_files import CsvFile, chart_file
from services.debugcog.web.documents import document

Redact = Callable[[str], str]


@frozen
class Part:
    """One file.

    Attributes:
        name: of the file, with its folder.
        title: for people.
        text: redacted.
        table: of a chart, for the page; None for all else.
    """

    name: str
    title: str
    text: str
    table: CsvFile | None = None


@frozen
class Missing:
    """What is not in the bundle, and why, in a few words."""

    title: str
    reason: str


def json_part(name: str, title: str, answer: object, redact: Redact) -> Part:
    """Make a file of an answer; not on the event loop."""
    found = cleaned(document(answer), redact)
    return Part(f"{name}.json", title, json.dumps(found, indent=1, ensure_ascii=False) + "\n")


def text_part(name: str, title: str, texts: Iterable[str], redact: Redact) -> Part:
    """Make a file of texts, each of which is redacted."""
    return Part(f"{name}.txt", title, "".join(redact(text) for text in texts))


def chart_parts(charts: Mapping[str, ChartSpec], redact: Redact) -> tuple[Part, ...]:
    """Make a table of each chart."""
    return tuple(_chart_part(name, chart, cache(redact)) for name, chart in charts.items())


def _chart_part(name: str, chart: ChartSpec, redact: Redact) -> Part:
    made = chart_file(name, chart)
    table = CsvFile(name, tuple(map(redact, made.head)), tuple(_cleaned(made.rows, redact)))
    return Part(f"charts/{name}.csv", f"Chart: {redact(chart.title)}", table.text(redact), table)


def _cleaned(rows: Iterable[tuple[Any, ...]], redact: Redact) -> Iterable[tuple[Any, ...]]:
    for row in rows:
        yield tuple(redact(cell) if isinstance(cell, str) else cell for cell in row)
