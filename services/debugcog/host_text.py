"""Value of the host → its text at once, in the thread that asks unless its type may hang.

The first value of a type is asked on a thread of its own, which is left behind where it hangs. A
type that has answered in time is asked where its text is needed from then on: a thread for each
would cost more than most texts.
"""

from __future__ import annotations

import time
from weakref import WeakKeyDictionary

from services.debugcog.exceptions import arguments_of, is_in_c, is_plain, late_text, text_of
from services.debugcog.guard import attempt, bounded

HANG_SECONDS = 0.5
AGAIN_SECONDS = 60.0
"""After which a type that hung is asked again."""
IN_TIME = 0.0

# Made once for the process: what a type does is the same for all who ask.
_known: WeakKeyDictionary[type, float] = WeakKeyDictionary()
"""Types that were asked, with ``IN_TIME``, or the monotonic second until which they count as
hanging."""


def text_now(value: object) -> str:
    """Return ``str(value)``, or what there is where that raises or hangs."""
    return text_of(value) if is_plain(value) or answers(value) else late_text(value)


def answers(value: object) -> bool:
    """Return whether ``str()`` and ``repr()`` of a value return, as far as one knows.

    Of an exception whose class leaves that to Python, the arguments are looked at: what its class
    did with others tells nothing.
    """
    kind = type(value)
    if issubclass(kind, BaseException) and is_in_c(kind):
        return all(is_plain(one) or answers(one) for one in arguments_of(value))
    known = attempt(lambda: _known.get(kind), None)
    if known is None or (known > IN_TIME and time.monotonic() >= known):
        known = _ask(value, kind)
    return known == IN_TIME


def _ask(value: object, kind: type) -> float:
    has_answered = bounded(lambda: text_of(value) is not None, False, HANG_SECONDS)
    known = IN_TIME if has_answered else time.monotonic() + AGAIN_SECONDS
    attempt(lambda: _known.__setitem__(kind, known), None)
    return known
