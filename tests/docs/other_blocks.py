"""Blocks of settings, output and diagrams → held against what they are about."""

from __future__ import annotations

import re
from pathlib import Path

from services.debugcog.settings import FIELDS, load, misspelt
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


def _is_there(path: Path) -> bool:
    return any((ROOT / folder / path).exists() for folder in ("cogs/debug", "services/debugcog"))
