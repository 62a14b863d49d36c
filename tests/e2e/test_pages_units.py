"""Axes and cursors of the charts write values as every other place does."""

from __future__ import annotations

import json

from services.debugcog.units import human
from tests.e2e import board as dashboard
from tests.e2e.board import Board

pytestmark = dashboard.MARKS
board, guest = dashboard.board, dashboard.guest

UNITS = ("ms", "s", "MB", "%", "", "jobs", "tokens/s", "B", "min")
"""Those of charts; money stands in figures only, which bring their text."""
VALUES = (
    *(
        0.0,
        1e-9,
        1.23e-5,
        4e-4,
        1e-3,
        0.05,
        0.5,
        0.9994,
        0.9995,
        1.0,
        1.005,
        1.015,
        1.125,
        1.375,
        0.03125,
        9.994,
        9.995,
        59.94,
        59.96,
    ),
    *(
        60.0,
        61.4,
        99.95,
        100.0,
        123.456,
        999.4,
        999.5,
        999.6,
        0.5,
        1.5,
        2.5,
        1152.0,
        1234.5,
        1235.5,
        1000.0,
        1023.0,
        1024.0,
        1234.5,
    ),
    *(1536.0, 3600.0, 3661.0, 5200.0, 86_399.6, 90_061.0, 999_499.0, 999_500.0, 1_234_567.0),
    *(604_800.0, 1e9, 1.5e12, 2.5e15, -5.0, -1234.5),
)


async def test_the_browser_writes_values_as_the_bot_does(board: Board) -> None:
    await board.log_in()
    asked = [(value, unit) for unit in UNITS for value in VALUES]
    written = await board.page.run(
        "import('/static/units.js').then(({human}) => "
        f"{json.dumps(asked)}.map(([value, unit]) => human(value, unit)))"
    )
    expected = [human(value, unit) for value, unit in asked]
    assert [(*one, text) for one, text in zip(asked, written, strict=True)] == [
        (*one, text) for one, text in zip(asked, expected, strict=True)
    ]
