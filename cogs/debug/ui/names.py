"""Name of a metric or label ⇄ a text that is short enough for a control."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

WRITTEN_MAX = 30
"""Of a custom id's 100 characters; a name may have 64."""
MARK = "#"
DIGITS = 12


def written(name: str) -> str:
    """Write a name; a long one by its hash, so that a control works after a restart."""
    if len(name) <= WRITTEN_MAX:
        return name
    return MARK + hashlib.sha256(name.encode()).hexdigest()[:DIGITS]


def read(text: str, names: Iterable[str]) -> str:
    """Return the name that was written, of those that there are; one that is gone as it stands."""
    return next((name for name in names if written(name) == text), text)
