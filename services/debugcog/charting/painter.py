"""Picture → PNG bytes, by the painter of its kind."""

from __future__ import annotations

from services.debugcog.charting.canvas import Canvas
from services.debugcog.charting.chart_spec import ChartSpec
from services.debugcog.charting.charts import ChartPainter
from services.debugcog.charting.flame import FlameSpec
from services.debugcog.charting.flame_painter import draw_flame
from services.debugcog.charting.picture_spec import Picture
from services.debugcog.charting.sparkline_painter import draw_sparklines
from services.debugcog.charting.waterfall import WaterfallSpec
from services.debugcog.charting.waterfall_painter import draw_waterfall


class Painter:
    """Draws one picture after the other."""

    def __init__(self) -> None:
        self._canvas = Canvas()
        self._charts = ChartPainter(self._canvas)

    def draw(self, picture: Picture) -> bytes:
        """Draw a picture; one without a single value says so."""
        if isinstance(picture, ChartSpec):
            self._charts.draw(picture)
        elif isinstance(picture, WaterfallSpec):
            draw_waterfall(self._canvas, picture)
        elif isinstance(picture, FlameSpec):
            draw_flame(self._canvas, picture)
        else:
            draw_sparklines(self._canvas, picture)
        return self._canvas.png()
