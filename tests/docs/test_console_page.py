"""docs/console.md describes each command of /debug, with the options that the command has."""

from __future__ import annotations

import ast
import re

import pytest

from tests.docs.documents import ROOT, text_of

FEATURES = ROOT / "cogs" / "debug" / "features"
COMMANDS = sorted(path.parent.name for path in FEATURES.glob("*/command.py"))


def section(command: str) -> str:
    """Return what stands below the heading of a command."""
    _, heading, rest = text_of("docs/console.md").partition(f"\n## /debug {command}\n")
    assert heading, command
    return rest.partition("\n## ")[0]


def options(command: str) -> list[str]:
    """List the parameters of a command, as its function names them."""
    tree = ast.parse((FEATURES / command / "command.py").read_text(encoding="utf-8"))
    (function,) = (
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncFunctionDef) and node.name == command
    )
    return [one.arg for one in function.args.args if one.arg != "interaction"]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_is_described_before_its_picture(command: str) -> None:
    assert len(section(command).partition("![")[0]) > 100


@pytest.mark.parametrize("command", COMMANDS)
def test_the_options_of_each_command_are_those_it_has(command: str) -> None:
    _, _, told = section(command).partition("\nOptions: ")
    told = re.sub(r"\(.*?\)", "", told.partition(".")[0])
    assert re.findall(r"`(\w+)`", told) == options(command)
