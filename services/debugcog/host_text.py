"""Value of the host → its text at once, in the thread that asks unless its type may hang.

The first value of a type is asked on a thread of its own, which is left behind where it hangs. A
type that has answered in time is asked where its text is needed from then on: a thread for each
would cost more than most texts.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from itertools import chain, islice
from typing import Any
from weakref import WeakKeyDictionary

from services.debugcog.exceptions import arguments_of, is_in_c, is_plain, late_text, text_of
from services.debugcog.guard import attempt, bounded

HANG_SECONDS = 0.5
AGAIN_SECONDS = 60.0
"""After which a type that hung is asked again."""
IN_TIME = 0.0
CONTAINERS = frozenset({list, tuple, dict, set, frozenset})
DEPTH_MAX, ITEMS_MAX = 8, 100

# Made once for the process: what a type does is the same for all who ask.
_known: WeakKeyDictionary[type, float] = WeakKeyDictionary()
"""Types that were asked, with ``IN_TIME``, or the monotonic second until which they count as
hanging."""


def text_now(value: object) -> str:
    """Return ``str(value)``, or what there is where that raises or hangs."""
    return text_of(value) if is_plain(value) or answers(value) else late_text(value)


def answers(value: object, depth: int = 0) -> bool:
    """Return whether ``str()`` and ``repr()`` of a value return, as far as one knows.

    Of what Python makes the text of, as of a list or of most exceptions, it is what is in it that
    counts, as far as ``DEPTH_MAX`` and ``ITEMS_MAX`` go.
    """
    kind = type(value)
    items = _items(value, kind)
    if items is not None:
        few = list(islice(items, ITEMS_MAX)) if depth < DEPTH_MAX else ()
        return all(is_plain(one) or answers(one, depth + 1) for one in few)
    known = attempt(lambda: _known.get(kind), None)
    if known is None or (known > IN_TIME and time.monotonic() >= known):
        known = _ask(value, kind)
    return known == IN_TIME


def _items(value: Any, kind: type) -> Iterable[object] | None:
    if attempt(lambda: kind in CONTAINERS, False):  # a metaclass may have a hash of its own
        return chain(value, value.values()) if kind is dict else value
    return arguments_of(value) if issubclass(kind, BaseException) and is_in_c(kind) else None


def _ask(value: object, kind: type) -> float:
    has_answered = bounded(lambda: text_of(value) is not None, False, HANG_SECONDS)
    known = IN_TIME if has_answered else time.monotonic() + AGAIN_SECONDS
    attempt(lambda: _known.__setitem__(kind, known), None)
    return known
