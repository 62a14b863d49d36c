"""Name that nobody knows → the known names that it may be a misspelling of."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def near_names(name: str, known: Iterable[str], most: int, cutoff: float = 0.6) -> list[str]:
    """List the nearest names, the nearest first.

    Args:
        name: what somebody wrote.
        known: the names that there are.
        most: how many to list.
        cutoff: how much of both has to be the same, from 0 to 1.
    """
    return difflib.get_close_matches(name, list(known), n=most, cutoff=cutoff)
