"""Line of a record → the same line with every token masked."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

MASK = "<token>"
FIELD = re.compile(r'("token": ?)"(?:[^"\\]|\\.)*"')
ADDRESS = re.compile(r"(/(?:webhooks|interactions)/\d+/)[\w.~-]+")
RUN = re.compile(r"[\w-]{43,}", re.ASCII)
REMEMBERED = 256
"""Long words that are not looked through again: a message stands in a line for each client."""
SIZES = (43, 64, 68)
"""Characters that the sandbox's tokens have: of the bot, of an interaction, of a webhook."""


class Mask:
    """Takes secrets out of text, wherever they stand.

    Args:
        known: says whether a text is a token of now.
    """

    def __init__(self, known: Callable[[str], bool]) -> None:
        self._known = known
        self._shown = functools.lru_cache(REMEMBERED)(self._masked)

    def __call__(self, line: str) -> str:
        """Return the line with ``<token>`` in the place of every token."""
        if '"token"' in line:
            line = FIELD.sub(rf'\1"{MASK}"', line)
        if "/webhooks/" in line or "/interactions/" in line:
            line = ADDRESS.sub(rf"\1{MASK}", line)
        return RUN.sub(lambda found: self._shown(found[0]), line)

    def _masked(self, text: str) -> str:
        at = 0
        while at + SIZES[0] <= len(text):
            size = next((n for n in SIZES if self._known(text[at : at + n])), 0)
            if size:
                text = text[:at] + MASK + text[at + size :]
            at += len(MASK) if size else 1
        return text
