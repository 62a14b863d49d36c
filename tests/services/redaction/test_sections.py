"""Secrets below the name of their section, and values that are broken over lines."""

from __future__ import annotations

import configparser
import io
import json
import pprint
import random
import string
from collections.abc import Callable

import pytest

from services.debugcog.redaction.redactor import redact

LETTERS = string.ascii_letters + string.digits


def ini(config: dict[str, dict[str, str]]) -> str:
    parser, shown = configparser.ConfigParser(), io.StringIO()
    parser.read_dict(config)
    parser.write(shown)
    return shown.getvalue()


def yaml(config: dict[str, dict[str, str]]) -> str:
    return "".join(
        f"{name}:\n" + "".join(f"  {key}: {value}\n" for key, value in section.items())
        for name, section in config.items()
    )


PRINTED: dict[str, Callable[[dict[str, dict[str, str]]], str]] = {
    "JSON with an indent": lambda config: json.dumps(config, indent=2),
    "JSON with an indent, repr": lambda config: repr(json.dumps(config, indent=4)),
    "pprint": lambda config: pprint.pformat(config, width=40),
    "INI": ini,
    "YAML": yaml,
    "YAML, repr": lambda config: repr(yaml(config)),
}


@pytest.mark.parametrize("section", ["tokens", "credentials", "api_keys", "secrets", "db_password"])
@pytest.mark.parametrize("way", PRINTED)
def test_what_looks_like_a_secret_in_a_section_of_secrets_is_hidden(way: str, section: str) -> None:
    source = random.Random(f"{way} {section}")
    for _ in range(20):
        first, second = ("".join(source.choices(LETTERS, k=24)) for _ in range(2))
        config = {"bot": {"prefix": "!"}, section: {"discord": first, "tenor": second}}

        shown = redact(PRINTED[way](config))

        assert first not in shown
        assert second not in shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '"tokens": [\n  "q8Zk3wTr5yB9nM2x",\n  "w7Lp4sJc6vHd1Gf0"\n], "n": 1',
            '"tokens": [\n  "[redacted]",\n  "[redacted]"\n], "n": 1',
        ),
        (
            "tokens:\n  main:\n    - q8Zk3wTr5yB9nM2x\nprefix: w7Lp4sJc6vHd1Gf0",
            "tokens:\n  main:\n    - [redacted]\nprefix: w7Lp4sJc6vHd1Gf0",
        ),
        (
            "[tokens]\nmain = 'q8Zk3wTr5yB9nM2x'\n\n[build]\nid = w7Lp4sJc6vHd1Gf0\n",
            "[tokens]\nmain = '[redacted]'\n\n[build]\nid = w7Lp4sJc6vHd1Gf0\n",
        ),
        (
            "    secrets:\n    build: q8Zk3wTr5yB9nM2x\n",
            "    secrets:\n    build: q8Zk3wTr5yB9nM2x\n",
        ),
    ],
)
def test_a_section_ends_where_its_lines_do(text: str, expected: str) -> None:
    assert redact(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "tokens:\n  input: 1847\n  output: 512\n  model: gpt-4o-mini\n",
        '"credentials": {\n  "type": "service_account",\n  "auth_uri": "https://x.example/auth"\n}',
        "secrets:\n  db: projects/my-bot/secrets/discord-token/versions/latest\n",
        "tokens = {\n    'root': [\n        (r'[a-z_.@$][\\w.@$]*:', Name.Label),\n    ],\n}",
        "[secrets]\ndb = /run/secrets/db_password\n",
        "[build]\ncommit = 9f86d081884c7d659a2feaa0c55ad015\n",
        "build:\n  commit: 9f86d081884c7d659a2feaa0c55ad015\n",
    ],
)
def test_what_looks_like_no_secret_stays_in_a_section(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "{'token': 'q8Zk3wTr5yB9nM2x'\n          'w7Lp4sJc6vHd1Gf0', 'n': 1}",
            "{'token': '[redacted]', 'n': 1}",
        ),
        (
            "│ token = 'q8Zk3wTr5yB9nM2x │\n│          w7Lp4sJc6vHd1Gf0' │\n│ n = 1 │",
            "│ token = '[redacted]' │\n│ n = 1 │",
        ),
        (
            "SECRET='''\nq8Zk3wTr5yB9nM2x\n  w7Lp4sJc6vHd1Gf0\n''' # set",
            "SECRET='''[redacted]''' # set",
        ),
        (
            "password = '''Say what it is\nand where'''",
            "password = '''Say what it is\nand where'''",
        ),
    ],
)
def test_a_value_that_is_broken_over_lines_goes_as_a_whole(text: str, expected: str) -> None:
    assert redact(text) == expected
