"""What the harness hands to each host's process, and what the hosts say to it: lines of JSON."""

from __future__ import annotations

import json
import os
from typing import Any

import leftovers as stock

API_BASE = os.environ["HOST_API_BASE"]
GATEWAY = os.environ["HOST_GATEWAY_URL"]
TOKEN = os.environ["HOST_TOKEN"]
GUILD_ID = int(os.environ["HOST_GUILD_ID"])
EXTENSION = os.environ["HOST_EXTENSION"]
MARK = os.environ["HOST_MARK"]
"""What an answer to the harness begins with; a host says other things, too."""


class Notes:
    """How the process was, for ``left`` to compare with."""

    def __init__(self) -> None:
        self._before: stock.Leftovers = {}

    def note(self, bot: Any = None) -> str:
        """Keep how it is now."""
        self._before = stock.leftovers(bot)
        return said("noted")

    def left(self, bot: Any = None) -> str:
        """Say what is another than it was."""
        return said(stock.changes(self._before, stock.leftovers(bot)))


def said(what: Any) -> str:
    """Write a value as the harness reads it, in a message's length."""
    text = json.dumps(what)
    return MARK + (text if len(text) < 1900 else json.dumps(f"{text[:1800]} …"))


def refusal(error: BaseException) -> str:
    """Write what a host hears of a load that failed: the error that its library wraps."""
    cause = error.__cause__ or getattr(error, "original", None) or error
    return said([type(cause).__name__, str(cause)])
