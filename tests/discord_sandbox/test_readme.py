"""The sandbox's README names what the sandbox does."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import discord_sandbox
from discord_sandbox.faults import KINDS
from discord_sandbox.rules.refusals import CODES

FOLDER = Path(discord_sandbox.__file__).parent
README = (FOLDER / "README.md").read_text(encoding="utf-8")


ANSWERS = [
    line.split("|")[2]
    for line in README.partition("## What it refuses")[2].partition("\n## ")[0].splitlines()
    if line.startswith("|")
]
"""The answers of the table, a rule each."""


def test_every_code_that_it_answers_with_is_in_the_table() -> None:
    named = {int(code) for answer in ANSWERS for code in re.findall(r"\b\d{1,6}\b", answer)}
    gateway = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("gateway/*.py"))
    closing = {int(code) for code in re.findall(r"Closed\((\d+)", gateway)}

    assert len(closing) == 11
    assert (set(CODES) | closing) - named == set()


def test_every_issue_that_it_tells_of_is_in_the_table() -> None:
    named = {code for answer in ANSWERS for code in re.findall(r"`([A-Z_0-9]+)`", answer)}
    told = {code for path in FOLDER.rglob("*.py") for code in issues(path)}

    assert len(told) > 30
    assert told - named == set()


def issues(path: Path) -> Iterator[str]:
    """Yield the code of each ``Issue(path, code, words)`` in a module."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    texts: dict[str, set[str]] = {}  # of variables
    for node in ast.walk(module):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            texts.setdefault(ast.unparse(node.targets[0]), set()).add(str(node.value.value))
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Issue":
            code = node.args[1]
            if isinstance(code, ast.Constant):
                yield str(code.value)
            else:
                yield from texts[ast.unparse(code)]


def test_every_fault_and_its_values_are_in_the_table() -> None:
    rows = [line.split("|")[1:3] for line in README.splitlines() if line.startswith("| `")]
    told = {
        name: set(re.findall(r"[a-z]+", re.sub(r"\(.*?\)", "", values)))
        for names, values in rows
        for name in re.findall(r"`([a-z0-9-]+)`", names)
        if name in KINDS
    }
    wanted = {kind.name: {each.name for each in kind.parameters} for kind in KINDS.values()}
    wanted["reconnect-gateway"] = {"resume"}  # it shares a row

    assert told == wanted


def test_every_code_is_used() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.py"))
    used = {int(code) for code in re.findall(r"(?:refuse\(|CODES\[)(\d+)", text)}

    assert set(CODES) == used


def test_every_issue_in_the_table_is_one_that_the_rules_find() -> None:
    rules = "".join(path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.py"))
    named = set(re.findall(r"`([A-Z_0-9]{9,})`", README)) - {"RATE_LIMIT", "GLOBAL_RATE_LIMIT"}

    assert {name for name in named if f'"{name}"' not in rules} <= {
        "CLOUDFLARE",
        "DISCORD_OPENAPI",
        "ERROR_500",
        "ERROR_502",
        "ERROR_503",
    }
