"""The sandbox's README names what the sandbox does."""

from __future__ import annotations

import re
from pathlib import Path

import sandbox
from sandbox.faults import KINDS
from sandbox.rules.refusals import CODES

FOLDER = Path(sandbox.__file__).parent
README = (FOLDER / "README.md").read_text(encoding="utf-8")


def test_every_code_that_it_answers_with_is_in_the_table() -> None:
    rows = [line for line in README.splitlines() if line.startswith("|")]
    named = {int(code) for row in rows for code in re.findall(r"\b\d{1,6}\b", row)}

    assert set(CODES) - named == set()


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
