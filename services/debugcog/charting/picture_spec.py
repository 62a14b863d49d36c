"""Picture: any spec that can be drawn, with its JSON form, alt text and texts."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from services.debugcog.charting import chart_spec, flame, sparklines, waterfall
from services.debugcog.charting.chart_spec import ChartSpec
from services.debugcog.charting.flame import FlameSpec
from services.debugcog.charting.sparklines import SparklinesSpec
from services.debugcog.charting.waterfall import WaterfallSpec

Picture = ChartSpec | SparklinesSpec | WaterfallSpec | FlameSpec
KINDS: Mapping[bytes, tuple[type[Any], Any]] = {
    b"C": (ChartSpec, chart_spec),
    b"S": (SparklinesSpec, sparklines),
    b"W": (WaterfallSpec, waterfall),
    b"F": (FlameSpec, flame),
}
"""First byte of a document → its spec and the module of that."""


def encode(picture: Picture) -> bytes:
    """Write a picture as a byte for its kind and JSON."""
    kind, module = _module(picture)
    document: bytes = module.encode(picture)
    return kind + document


def decode(document: bytes) -> Picture:
    """Read what ``encode`` wrote.

    Raises:
        ValueError: if it is no picture, or one out of bounds.
    """
    try:
        _, module = KINDS[document[:1]]
        picture: Picture = module.decode(json.loads(document[1:]))
    except (KeyError, TypeError, struct.error) as error:
        raise ValueError(f"not a picture: {error}") from error
    return picture


def alt_text(picture: Picture) -> str:
    """Say in words what the picture shows."""
    text: str = _module(picture)[1].alt_text(picture)
    return text


def with_texts(picture: Picture, change: Callable[[str], str]) -> Picture:
    """Change every text of a picture."""

    def labelled(things: tuple[Any, ...], *names: str) -> Any:
        return tuple(
            replace(one, **{name: change(getattr(one, name)) for name in names}) for one in things
        )

    title = change(picture.title)
    if isinstance(picture, ChartSpec):
        return replace(
            picture,
            title=title,
            lines=labelled(picture.lines, "label"),
            thresholds=labelled(picture.thresholds, "label"),
            marks=labelled(picture.marks, "label"),
        )
    if isinstance(picture, SparklinesSpec):
        tiles = labelled(picture.tiles, "label", "value_text")
        return replace(picture, title=title, tiles=tiles)
    if isinstance(picture, WaterfallSpec):
        return replace(picture, title=title, rows=labelled(picture.rows, "label"))
    return replace(picture, title=title, frames=labelled(picture.frames, "label"))


def _module(picture: Picture) -> tuple[bytes, Any]:
    return next((kind, module) for kind, (of, module) in KINDS.items() if isinstance(picture, of))
