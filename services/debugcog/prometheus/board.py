"""Panels → the Grafana dashboard of ``deploy/grafana.json``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from services.debugcog.prometheus.names import KNOWN, PREFIX
from services.debugcog.prometheus.panels import CHOSEN, ROWS, Panel, Query, Row

Json = Mapping[str, Any]
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
WIDTH = 24
"""Columns of a Grafana board."""


STARTED = KNOWN["process_start_time_seconds"].name


def board() -> str:
    """Write the dashboard as Grafana imports it."""
    return json.dumps(_dashboard(ROWS), indent=2) + "\n"


def _dashboard(rows: Iterable[Row]) -> Json:
    return {
        "uid": "debugcog",
        "title": "Discord bot",
        "tags": ["discord", "debugcog"],
        "schemaVersion": 39,
        "editable": True,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "graphTooltip": 1,
        "templating": {"list": [_datasource(), _variable("job", ""), _variable("process", "$job")]},
        "annotations": {"list": [_starts()]},
        "panels": list(_panels(rows)),
    }


def _datasource() -> Json:
    return {"name": "datasource", "label": "Source", "type": "datasource", "query": "prometheus"}


def _variable(name: str, job: str) -> Json:
    chosen = f'{{job=~"{job}"}}' if job else ""
    query = f"label_values({PREFIX}info{chosen}, {name})"
    return {
        "name": name,
        "label": name.capitalize(),
        "type": "query",
        "datasource": DATASOURCE,
        "query": {"query": query, "refId": name},
        "refresh": 2,
        "includeAll": True,
        "multi": True,
        "allValue": ".*",
        "current": {"text": "All", "value": "$__all"},
    }


def _starts() -> Json:
    """Mark where each process started."""
    return {
        "name": "Starts",
        "datasource": DATASOURCE,
        "enable": True,
        "iconColor": "blue",
        "expr": f"{STARTED}{CHOSEN} * 1000",
        "useValueForTime": True,
        "titleFormat": "{{process}} started",
    }


def _panels(rows: Iterable[Row]) -> Iterator[Json]:
    """Lay the panels out from left to right, each row under its heading."""
    number, y = 0, 0
    for row in rows:
        number += 1
        yield {
            "id": number,
            "type": "row",
            "title": row.title,
            "collapsed": False,
            "gridPos": {"x": 0, "y": y, "w": WIDTH, "h": 1},
            "panels": [],
        }
        x, y = 0, y + 1
        for panel in row.panels:
            if x + panel.width > WIDTH:
                x, y = 0, y + panel.height
            number += 1
            yield _panel(panel, number, x, y)
            x += panel.width
        y += row.panels[-1].height


def _panel(panel: Panel, number: int, x: int, y: int) -> Json:
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "datasource": DATASOURCE,
        "gridPos": {"x": x, "y": y, "w": panel.width, "h": panel.height},
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": _targets(panel.queries, panel.kind),
        **_options(panel.kind),
    }


def _targets(queries: Sequence[Query], kind: str) -> list[Json]:
    shape = {"format": "table", "instant": True} if kind == "table" else {}
    return [
        {"refId": chr(65 + index), "expr": one.expression, "legendFormat": one.legend, **shape}
        for index, one in enumerate(queries)
    ]


def _options(kind: str) -> Json:
    if kind == "table":
        return {"transformations": [{"id": "merge", "options": {}}]}
    if kind == "stat":
        return {"options": {"reduceOptions": {"calcs": ["lastNotNull"]}, "graphMode": "area"}}
    return {"options": {"tooltip": {"mode": "multi"}, "legend": {"displayMode": "list"}}}
