"""The Grafana board is laid out without gaps in its numbers and without panels on each other."""

from __future__ import annotations

import itertools
import json

from services.debugcog.prometheus.board import WIDTH, board

PANELS = json.loads(board())["panels"]


def cells(panel: dict[str, dict[str, int]]) -> set[tuple[int, int]]:
    """List the cells of the grid that a panel covers."""
    at = panel["gridPos"]
    columns, rows = range(at["x"], at["x"] + at["w"]), range(at["y"], at["y"] + at["h"])
    return set(itertools.product(columns, rows))


def test_panels_do_not_cover_each_other_and_stay_on_the_board() -> None:
    covered = [cell for panel in PANELS for cell in cells(panel)]
    assert len(covered) == len(set(covered))
    assert {column for column, _ in covered} == set(range(WIDTH))


def test_panels_are_numbered_and_their_queries_have_letters() -> None:
    assert [panel["id"] for panel in PANELS] == list(range(1, len(PANELS) + 1))
    for panel in PANELS:
        letters = "".join(target["refId"] for target in panel.get("targets", ()))
        assert "ABC".startswith(letters), panel["title"]


def test_the_board_has_the_panels_of_the_guide() -> None:
    titles = [panel["title"] for panel in PANELS]
    rows = [panel["title"] for panel in PANELS if panel["type"] == "row"]
    assert rows == ["Overview", "Performance", "Language models"]
    assert titles[1:6] == [
        "Active users",
        "Messages per hour",
        "Average response time",
        "Memory",
        "Uptime",
    ]
    for title in ("Response time", "Tokens per request", "API latency", "Cache hit rate"):
        assert title in titles
