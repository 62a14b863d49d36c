"""Errors from any thread → exact counts and a few samples, taken in batches by the worker.

An error of which there were enough samples is only noted, in one step of C, and the worker counts
it; ``add`` takes a lock for the others, for microseconds, and waits for nothing else. The lock is
reentrant, because the garbage collector may report an unraisable exception while it is held. The
numbers of kinds and samples that wait are bounded; beyond them, errors count as ``OTHERS``.
"""

from __future__ import annotations

import secrets
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import field
from typing import TYPE_CHECKING

from services.debugcog.errors.breadcrumbs import LINES_MAX, Crumb
from services.debugcog.errors.identity import Identity
from services.debugcog.frozen import frozen, slotted
from services.debugcog.interpreter import Mutex

if TYPE_CHECKING:
    from services.debugcog.errors.records import Context
    from services.debugcog.tracebacks import Raised

KINDS_MAX = 1_000
"""Kinds of errors that wait for the store at a time."""
REPEATS_MAX = 1_000
"""Errors that are only noted; those beyond them are counted at once."""
SAMPLES_MAX = 120
CAPTURES_A_GROUP = 10
CAPTURES_IN_ALL = 60
"""Errors that are captured in full within a minute."""
WINDOW = 60.0

EVENT = "E-"
"""How the ids of errors that are captured in full begin."""
OTHERS = Identity("0" * 64, "other errors", "")
"""Kind of the errors beyond ``KINDS_MAX``."""
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that looks like a digit."""


@frozen
class Line:
    """A log line of an error that was captured before it.

    Attributes:
        hide: removes what users wrote from the line.
    """

    crumb: Crumb
    hide: Callable[[str], str]


@frozen
class Sample:
    """An error to be captured in full, as it was when it was reported.

    Attributes:
        message: what the exception or the record says.
        raised: the exception, if there is one.
        stack: what the record has of one.
        hide: removes what users wrote from a crumb.
    """

    id: str
    at: float
    identity: Identity
    context: Context
    message: str
    raised: Raised | None
    stack: str
    crumbs: tuple[Crumb, ...]
    hide: Callable[[str], str] = str


@slotted
class Tally:
    """How often one kind of error happened since the last batch, and when."""

    identity: Identity
    first: float
    last: float
    count: int = 0


@frozen
class Batch:
    """What the store takes at a time.

    Attributes:
        tallies: one of each kind, by fingerprint.
        samples: errors to be captured in full.
        lines: what was logged since, by the id of the error.
    """

    tallies: dict[str, Tally] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)
    lines: dict[str, list[Line]] = field(default_factory=dict)


class ErrorBuffer:
    """Where errors wait for the store.

    Args:
        notify: called after each error, from its thread.
    """

    def __init__(self, notify: Callable[[], None]) -> None:
        self._notify = notify
        self._lock = Mutex(reentrant=True)
        self._batch = Batch()
        self._window = 0.0
        self._captured: Counter[str] = Counter()
        self._repeats: deque[tuple[Identity, float]] = deque()

    def add(self, identity: Identity, at: float, sample: Callable[[str], Sample]) -> str:
        """Count an error, and capture it in full unless there were too many.

        Args:
            identity: its kind.
            at: unix seconds.
            sample: makes the sample with an id; called when the error is captured.

        Returns:
            The id that people look it up by: of the event, or of its group.
        """
        fingerprint = identity.fingerprint
        if (
            self._captured.get(fingerprint, 0) >= CAPTURES_A_GROUP
            and 0 <= at - self._window < WINDOW
            and len(self._repeats) < REPEATS_MAX
        ):
            self._repeats.append((identity, at))
            self._notify()
            return fingerprint[:8]
        with self._lock:
            fingerprint = _count(self._batch, identity, at, at).identity.fingerprint
            found = fingerprint[:8]
            if self._may_capture(fingerprint, at):
                found = EVENT + "".join(secrets.choice(ALPHABET) for _ in range(6))
                self._batch.samples.append(sample(found))
        self._notify()
        return found

    def add_line(self, found: str, line: Line) -> None:
        """Keep a log line for an error that was captured in full; the others have no lines.

        Args:
            found: the id that ``add`` returned.
            line: what was logged while the error was handled.
        """
        with self._lock:
            lines = self._batch.lines
            if not found.startswith(EVENT) or (found not in lines and len(lines) >= SAMPLES_MAX):
                return
            if len(lines.setdefault(found, [])) < LINES_MAX:
                lines[found].append(line)
        self._notify()

    def take(self) -> Batch:
        """Take everything that waits."""
        with self._lock:
            batch, self._batch = self._batch, Batch()
            repeats = len(
                self._repeats
            )  # what comes from now on may be of a kind that is not in it
        for _ in range(repeats):
            identity, at = self._repeats.popleft()
            _count(batch, identity, at, at)
        return batch

    def give_back(self, batch: Batch) -> None:
        """Put a batch that could not be stored back, in front of what came since."""
        with self._lock:
            newer, self._batch = self._batch, batch
            for tally in newer.tallies.values():
                _count(batch, tally.identity, tally.first, tally.last, tally.count)
            self._batch.samples.extend(newer.samples)
            del self._batch.samples[:-SAMPLES_MAX]

    def _may_capture(self, fingerprint: str, at: float) -> bool:
        if not 0 <= at - self._window < WINDOW:
            self._window = at
            self._captured.clear()
        captured = self._captured
        if captured[fingerprint] >= CAPTURES_A_GROUP or captured.total() >= CAPTURES_IN_ALL:
            return False
        captured[fingerprint] += 1
        return len(self._batch.samples) < SAMPLES_MAX


def _count(batch: Batch, identity: Identity, first: float, last: float, errors: int = 1) -> Tally:
    """Count errors of one kind, of which there is room for ``KINDS_MAX``."""
    tallies = batch.tallies
    tally = tallies.get(identity.fingerprint)
    if tally is None:
        if len(tallies) >= KINDS_MAX:
            identity = OTHERS
        tally = tallies.setdefault(identity.fingerprint, Tally(identity, first, last))
    tally.count += errors
    tally.first, tally.last = min(tally.first, first), max(tally.last, last)
    return tally
