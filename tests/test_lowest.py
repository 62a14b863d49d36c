"""The lowest versions that are tested are those that the project asks for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_each_dependency_has_its_lowest_version_among_the_constraints() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    floors = dict(one.split(">=") for one in project["dependencies"])
    lines = (ROOT / "tests" / "lowest.txt").read_text().splitlines()
    lowest = dict(line.split("==") for line in lines if re.match(r"[a-z]", line))
    assert {name: lowest[name] for name in floors} == floors
