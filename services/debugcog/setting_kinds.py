"""Text of a setting → typed value, or ValueError; and a description of what is allowed."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from services.debugcog.exceptions import storable
from services.debugcog.frozen import frozen

SNOWFLAKE_MAX = 2**63 - 1
OWNERS_DM = 0
"""Stands for the owner's direct messages where a channel is named; no channel has this id."""


@frozen
class Kind:
    """How the text of a key becomes its value, and what is allowed, in words."""

    allowed: str
    parse: Callable[[str], Any]


def one_of(*names: str) -> Kind:
    """Allow some words, in any case."""

    def parse(text: str) -> str:
        if text.upper() not in names:
            raise ValueError
        return text.upper()

    return Kind("one of " + ", ".join(names), parse)


def _flag(text: str) -> bool:
    if text.lower() in ("true", "1", "yes", "on"):
        return True
    if text.lower() in ("false", "0", "no", "off"):
        return False
    raise ValueError


def whole(low: int, high: int) -> Kind:
    """Allow whole numbers, both ends included."""

    def parse(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise ValueError
        return value

    return Kind(f"a whole number from {low} to {high}", parse)


def number(low: float, high: float) -> Kind:
    """Allow finite numbers, both ends included."""

    def parse(text: str) -> float:
        value = float(text)
        if not (math.isfinite(value) and low <= value <= high):
            raise ValueError
        return value

    return Kind(f"a number from {low:g} to {high:g}", parse)


def _snowflake(text: str) -> int:
    value = int(text) if text.isascii() and text.isdigit() else 0
    if not 0 < value <= SNOWFLAKE_MAX:
        raise ValueError
    return value


def _optional_snowflake(text: str) -> int | None:
    return _snowflake(text) if text else None


def _snowflake_or_owner(text: str) -> int | None:
    return OWNERS_DM if text.lower() == "owner" else _optional_snowflake(text)


def _snowflakes(text: str) -> frozenset[int]:
    return frozenset(_snowflake(part) for part in text.replace(",", " ").split())


def url(*schemes: str) -> Kind:
    """Allow URLs of some schemes, or nothing."""

    def parse(text: str) -> str:
        parts = urlsplit(text)  # its port raises ValueError where it is none
        if text and (parts.scheme not in schemes or not parts.hostname or parts.port == 0):
            raise ValueError
        if "@" in parts.netloc or any(letter.isspace() for letter in text):
            raise ValueError
        return text.rstrip("/")

    starts = " or ".join(f"{scheme}://" for scheme in schemes)
    return Kind(f"a URL that starts with {starts}, without a user or password", parse)


def _path(text: str) -> Path:
    path = _at_home(text)
    last = path.replace(os.sep, "/").rpartition("/")[2]
    if last in ("", ".", "..") or "\0" in path:  # a folder's, or no path at all
        raise ValueError
    if path.startswith("~"):  # of a user whose home is not known
        raise ValueError
    return Path(path)


def _path_or_json(text: str) -> str:
    return storable(_unquoted(text) if "{" in text else _at_home(text))


def _at_home(path: str) -> str:
    """Put the home of a user in the place of ``~``, as a shell does."""
    return os.path.expanduser(_unquoted(path))  # noqa: PTH111 - raises nothing


def _unquoted(text: str) -> str:
    """Take off the quotes that ``docker --env-file`` leaves."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def _port(text: str) -> int | None:
    return int(whole(1, 65535).parse(text)) if text else None


FLAG = Kind("true or false", _flag)
ID = Kind("a Discord id (digits only), or empty", _optional_snowflake)
ID_OR_OWNER = Kind("a Discord id (digits only), owner, or empty", _snowflake_or_owner)
IDS = Kind("Discord ids (digits only), separated by commas, or empty", _snowflakes)
PATH = Kind("a path of a file", _path)
PATH_OR_JSON = Kind("text", _path_or_json)
PORT = Kind("a port from 1 to 65535, or empty", _port)
TEXT = Kind("text", storable)
