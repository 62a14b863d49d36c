"""Value of the host → its text at once, in the thread that asks unless its type may hang.

The first value of a type is asked on a thread of its own, which is left behind where it hangs. A
type that has answered in time is asked where its text is needed from then on, until it takes too
long once: a thread for each would cost more than most texts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from itertools import chain, islice
from typing import Any
from weakref import WeakKeyDictionary

from services.debugcog.exceptions import arguments_of, is_in_c, is_plain, late_text, text_of
from services.debugcog.guard import attempt, bounded

HANG_SECONDS = 0.5
AGAIN_SECONDS = 60.0
"""After which a type that hung is asked again."""
IN_TIME = 0.0
CONTAINERS: frozenset[type] = frozenset({list, tuple, dict, set, frozenset})
DEPTH_MAX, ITEMS_MAX = 8, 100

Ask = Callable[[Any], object]
STR: tuple[Ask, ...] = (str,)
BOTH: tuple[Ask, ...] = (str, repr)

# Made once for the process: what a type does is the same for all who ask.
_known: WeakKeyDictionary[type, dict[Ask, float]] = WeakKeyDictionary()
"""What types were asked for, with ``IN_TIME``, or the monotonic second until which they count as
hanging."""


def text_now(value: object) -> str:
    """Return ``str(value)``, or what there is where that raises or hangs."""
    if is_plain(value):
        return text_of(value)
    if not answers(value, STR):
        return late_text(value)
    begun = time.monotonic()
    text = text_of(value)
    doubt_if_late(type(value), begun)
    return text


def doubt_if_late(kind: type, begun: float) -> None:
    """Ask the next of a type on a thread of its own again, where this one has taken too long.

    Args:
        kind: the type.
        begun: monotonic second at which it was asked.
    """
    if time.monotonic() - begun > HANG_SECONDS:
        attempt(lambda: _known.pop(kind, None), None)


def answers(value: object, asks: tuple[Ask, ...] = BOTH, depth: int = 0) -> bool:
    """Return whether ``str()`` and ``repr()`` of a value return, as far as one knows.

    Of what Python makes the text of, as of a list or of most exceptions, it is what is in it that
    counts, as far as ``DEPTH_MAX`` and ``ITEMS_MAX`` go.

    Args:
        value: any.
        asks: what is asked of it; of what is in it, always both.
        depth: of the value in others.
    """
    kind = type(value)
    items = _items(value, kind)
    if items is not None:
        few = list(islice(items, ITEMS_MAX)) if depth < DEPTH_MAX else ()
        return all(is_plain(one) or answers(one, BOTH, depth + 1) for one in few)
    return answers_to(value, asks)


def answers_to(value: object, asks: tuple[Ask, ...]) -> bool:
    """Return whether functions that are called with a value return, as far as one knows.

    What one of them raises is no matter here, nor what is in the value.
    """
    kind = type(value)
    known = attempt(lambda: _known.get(kind), None)
    if known is None:
        known = {}
        attempt(lambda: _known.__setitem__(kind, known), None)
    for ask in asks:
        if known.get(ask) != IN_TIME and not _has_answered(value, ask, known):
            return False
    return True


def _items(value: Any, kind: type) -> Iterable[object] | None:
    if attempt(lambda: kind in CONTAINERS, False):  # a metaclass may have a hash of its own
        return chain(value, value.values()) if kind is dict else value
    return arguments_of(value) if issubclass(kind, BaseException) and is_in_c(kind) else None


def _has_answered(value: object, ask: Ask, known: dict[Ask, float]) -> bool:
    """Ask a value, unless its type hung a moment ago."""
    if time.monotonic() < known.get(ask, IN_TIME):
        return False
    answers_now = bounded(lambda: (attempt(lambda: ask(value), None), True)[1], False, HANG_SECONDS)
    known[ask] = IN_TIME if answers_now else time.monotonic() + AGAIN_SECONDS
    return answers_now
