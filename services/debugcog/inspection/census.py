"""Objects that the garbage collector knows, counted by type in a forked child; two → growth."""

from __future__ import annotations

import gc
import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from services.debugcog.frozen import frozen
from services.debugcog.inspection.forked import in_child

TYPES_MAX = 2_000
NAME_MAX = 150
FRESH_SECONDS = 60.0
"""Two censuses that are closer tell nothing: the one before is shown again."""
MODULE = type.__dict__["__module__"].__get__
QUALNAME = type.__dict__["__qualname__"].__get__


@frozen
class Census:
    """How many objects there were.

    Attributes:
        at: unix seconds.
        objects: all that were counted.
        types: the most frequent ones, by module and name.
        paused_ms: for which the whole process was held up.
        seconds: that the counting took, beside it.
    """

    at: float
    objects: int
    types: Mapping[str, int]
    paused_ms: float
    seconds: float


@frozen
class Grown:
    """A type of which there are more than before.

    Attributes:
        name: module and name.
        count: objects now.
        more: than in the first census.
        an_hour: the same, for an hour.
    """

    name: str
    count: int
    more: int
    an_hour: float


def take_census(
    clock: Callable[[], float] = time.time, unwanted: threading.Event | None = None
) -> Census:
    """Count; it waits for a child, so call it in a thread.

    Texts, bytes and numbers hold nothing, and are not counted.

    Args:
        clock: unix seconds.
        unwanted: once it is set, the child is killed.

    Raises:
        ChildError: the child gave no answer.
    """
    at, start = clock(), time.perf_counter()
    returned = in_child(_count, unwanted=unwanted)
    told = json.loads(returned.data)
    took = time.perf_counter() - start
    types = dict(zip(map(sys.intern, told["types"]), told["types"].values(), strict=True))
    return Census(at, told["objects"], types, returned.paused * 1000, took)


def grown(before: Census, after: Census, most: int) -> tuple[Grown, ...]:
    """List the types that grew, those that grew most first."""
    hours = max(after.at - before.at, 1.0) / 3600
    found = (
        Grown(name, count, count - before.types.get(name, 0), 0.0)
        for name, count in after.types.items()
        if name in before.types or len(before.types) < TYPES_MAX
    )
    rising = sorted((one for one in found if one.more > 0), key=lambda one: (-one.more, one.name))
    return tuple(Grown(one.name, one.count, one.more, one.more / hours) for one in rising[:most])


def _count() -> bytes:
    """Count in the child; types are told by their address, for a metaclass may hash as it likes."""
    kinds = list(map(type, gc.get_objects()))
    numbers = list(map(id, kinds))
    by_number = dict(zip(numbers, kinds, strict=True))
    counts: Counter[str] = Counter()
    for number, count in Counter(numbers).items():
        counts[_name(by_number[number])] += count
    types = dict(counts.most_common(TYPES_MAX))
    return json.dumps({"objects": len(kinds), "types": types}).encode()


def _name(kind: type) -> str:
    """Name a type by what Python itself keeps of it: no code of the host's is called."""
    module: Any = MODULE(kind)
    name = QUALNAME(kind)
    full = name if type(module) is not str or module == "builtins" else f"{module}.{name}"
    return " ".join(full.split())[:NAME_MAX]
