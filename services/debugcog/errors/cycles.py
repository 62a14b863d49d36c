"""Names of frames → the same names with each cycle of a recursion only once.

How often a cycle runs, and where it is cut, is chance: the depth of the data, the recursion limit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def without_cycles(names: Sequence[str]) -> list[str]:
    """Return each name once, in the order in which they first come."""
    return list(dict.fromkeys(names))


def endless(names: Sequence[str]) -> list[str]:
    """Return each name once, of a stack that has reached the recursion limit.

    The limit strikes anywhere in the cycle, or in something that is called from it. So the names of
    a cycle are sorted, and what comes after the last cycle is left out.
    """
    stretches = list(_stretches(names))
    cycles = [number for number, stretch in enumerate(stretches) if len(stretch) > 1]
    kept = stretches[: cycles[-1] + 1] if cycles else stretches
    return [name for stretch in kept for name in sorted(set(stretch))]


def _stretches(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut names into the shortest stretches that have no name in common."""
    last = {name: index for index, name in enumerate(names)}
    start = end = 0
    for index, name in enumerate(names):
        end = max(end, last[name])
        if index == end:
            yield names[start : end + 1]
            start = end = index + 1
