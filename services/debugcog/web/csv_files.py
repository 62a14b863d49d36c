"""Chart or rows of a table → a CSV file, for spreadsheets."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Callable, Iterable, Sequence

from services.debugcog.answers.figure import Figure
from services.debugcog.charting.chart_spec import ChartSpec
from services.debugcog.frozen import frozen
from services.debugcog.units import iso_time

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What begins a formula in a spreadsheet; a text that a user has chosen must not be one."""

Cell = str | float | int | None


@frozen
class CsvFile:
    """A table to download.

    Attributes:
        name: of the file, in letters, digits, ``-`` and ``_``; without its ending.
        head: names of the columns, with their units.
        rows: their cells; None is an empty one.
    """

    name: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def text(self, redact: Callable[[str], str]) -> str:
        """Write the file; texts are redacted, and none of them is a formula."""
        out = io.StringIO()
        writer = csv.writer(out)
        for row in (self.head, *self.rows):
            writer.writerow(
                [_text(cell, redact) if isinstance(cell, str) else cell for cell in row]
            )
        return out.getvalue()


def chart_file(name: str, chart: ChartSpec) -> CsvFile:
    """Make a file of a chart: a row for each time, a column for each line; a gap is empty."""
    times = sorted({time for line in chart.lines for time, _ in line.points})
    columns = [dict(line.points) for line in chart.lines]
    return CsvFile(
        name,
        ("time (UTC)", *(_named(line.label, chart.unit) for line in chart.lines)),
        tuple((iso_time(time), *(column.get(time) for column in columns)) for time in times),
    )


def rows_file(name: str, columns: Sequence[str], rows: Iterable[object]) -> CsvFile:
    """Make a file of the rows of an answer.

    Args:
        name: of the file.
        columns: the fields that it has, so that a table without rows has a head too.
        rows: frozen dataclasses of texts, numbers and figures.
    """
    given = tuple(rows)
    units = {column: next((_unit(getattr(row, column)) for row in given), "") for column in columns}
    return CsvFile(
        name,
        tuple(_named(column.replace("_", " "), units[column]) for column in columns),
        tuple(tuple(_cell(getattr(row, column)) for column in columns) for row in given),
    )


def columns_of(kind: type) -> tuple[str, ...]:
    """List the fields of a row."""
    return tuple(field.name for field in dataclasses.fields(kind))


def _cell(value: object) -> Cell:
    if isinstance(value, Figure):
        return value.value
    return value if value is None or isinstance(value, (str, int, float)) else str(value)


def _unit(value: object) -> str:
    return value.unit if isinstance(value, Figure) else ""


def _named(label: str, unit: str) -> str:
    return f"{label} ({unit})" if unit else label


def _text(text: str, redact: Callable[[str], str]) -> str:
    text = redact(text)
    return f"'{text}" if text.startswith(FORMULA) else text
