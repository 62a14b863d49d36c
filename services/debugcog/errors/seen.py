"""What is remembered of an exception that was seen, on the exception itself."""

from __future__ import annotations

from types import TracebackType

from services.debugcog.errors.identity import Identity
from services.debugcog.exceptions import attributes_of
from services.debugcog.frozen import slotted

MARK = "_debugcog_error"
"""Attribute of an exception that was seen: its ``Seen``."""


@slotted
class Seen:
    """What is remembered of an exception.

    Attributes:
        id: that people look it up by; empty when it is no error.
        at: unix seconds at which it was last seen.
        counted_at: unix seconds at which it, or what it is a form of, last counted.
        trace: its traceback when it was last seen, if it had one.
        ours: it is our own, and never an error of the host.
        identity: as which it last counted; a task that is awaited again has lost its steps.
    """

    id: str
    at: float
    counted_at: float
    trace: TracebackType | None = None
    ours: bool = False
    identity: Identity | None = None

    def __reduce__(self) -> tuple[object, ...]:
        """Copy and pickle without the traceback, of which there can be no other."""
        return Seen, (self.id, self.at, self.counted_at, None, self.ours)


def seen_of(error: BaseException) -> Seen | None:
    """Return what is remembered of an exception; None of one that was not seen."""
    found: Seen | None = attributes_of(error).get(MARK)
    return found


def counts(error: BaseException) -> bool:
    """Return whether an exception that was seen is an error, of the host or of ours."""
    found = seen_of(error)
    return found is not None and (found.id != "" or found.ours)
