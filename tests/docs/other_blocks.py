"""Blocks of settings, output and diagrams → held against what they are about."""

from __future__ import annotations

import json
import re
from pathlib import Path

from services.debugcog.costs.prices import parsed
from services.debugcog.settings import FIELDS, Settings, load, misspelt
from tests.docs import python_blocks
from tests.docs.documents import ROOT, Block
from tests.docs.place import Place

NODE = r'[A-Z]+(?:\["[^"]+"\])?'
EDGE = re.compile(rf" +{NODE} --> {NODE}")


async def check_settings(block: Block, place: Place) -> None:
    """The lines of a .env are of known keys with values that are allowed."""
    file = place.folder / "block.env"
    file.write_text(block.text, encoding="utf-8")
    load({}, file)
    assert misspelt({}, file) == ()
    assert {line.partition("=")[0] for line in block.text.split()} <= {*FIELDS}


async def check_prices(block: Block, place: Place) -> None:
    """It is what LLM_PRICES may have."""
    prices = parsed(block.text)
    assert len(prices.models) == len(json.loads(block.text)) - 1
    assert prices.currency == json.loads(block.text)["currency"]


async def check_output(block: Block, place: Place) -> None:
    """It is what the Python block before it prints and logs."""
    assert block.before is not None
    assert block.before.language == "python"
    output = await python_blocks.output_of(block.before, place)
    assert output == python_blocks.with_one_time(block.text)


async def check_diagram(block: Block, place: Place) -> None:
    """Every line is an edge, and every file that is named is there."""
    first, *edges = block.text.splitlines()
    assert first == "flowchart LR"
    assert all(EDGE.fullmatch(edge) for edge in edges)
    for name in re.findall(r"[\w/]+\.py", block.text):
        assert _is_there(Path(name)), name


async def check_proxy(block: Block, place: Place) -> None:
    """A proxy passes everything on to where the dashboard listens, without a path before it."""
    (target,) = re.findall(r"(?:proxy_pass http://|reverse_proxy )([\w.:/]+)", block.text)
    assert target == f"127.0.0.1:{Settings().dashboard_port}"
    assert block.text.count("{") == block.text.count("}") == 1
    assert re.findall(r"location (\S+)", block.text) in ([], ["/"])


def _is_there(path: Path) -> bool:
    return any((ROOT / folder / path).exists() for folder in ("cogs/debug", "services/debugcog"))
