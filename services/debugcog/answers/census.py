"""One census or two → CensusAnswer: the types of which there are most, or which grow most."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from services.debugcog.answers.figure import Figure
from services.debugcog.frozen import frozen
from services.debugcog.inspection.census import FRESH_SECONDS, TYPES_MAX, Census, grown
from services.debugcog.windows import WINDOWS, Window

TYPES_SHOWN, OWN_SHOWN = 15, 10


@frozen
class TypeRow:
    """A type.

    Attributes:
        name: module and name.
        own: whether it is a class of the host's.
        count: objects now.
        more: than before; no value without a census before.
        an_hour: the same, for an hour.
    """

    name: str
    own: bool
    count: Figure
    more: Figure
    an_hour: Figure


@frozen
class CensusAnswer:
    """What two censuses tell, or one.

    Attributes:
        objects: all that were counted.
        rows: the types, the host's first, and of these those that grew most; of one census, the
            most frequent ones.
        window: in which the earlier one was.
        older: how many there are from before it.
        between: seconds between the two; no value where there is one.
        at: of the last one, unix seconds.
        paused: ms for which the whole process stood still.
        took: seconds that the counting took, beside the process.
    """

    objects: Figure
    rows: tuple[TypeRow, ...]
    window: Window
    older: int
    between: Figure
    at: float
    paused: Figure
    took: Figure

    @property
    def again(self) -> float:
        """Return from when on another is taken, in unix seconds."""
        return self.at + FRESH_SECONDS


def census_answer(
    censuses: Sequence[Census], window: Window, is_own: Callable[[str], bool]
) -> CensusAnswer:
    """Compare the last one with the oldest one in a window: some ms, so call it in a thread.

    Args:
        censuses: one or more, the latest at the end.
        window: back from the last one.
        is_own: tells whether a file is the host's.
    """
    *earlier, after = censuses
    inside = [one for one in earlier if after.at - one.at <= WINDOWS[window][0]]
    before = inside[0] if inside else None
    if before is None:
        frequent = list(after.types.items())[:TYPES_SHOWN]
        rows = tuple(_row(name, is_own, count) for name, count in frequent)
    else:
        rows = _own_first(
            [
                _row(one.name, is_own, one.count, one.more, round(one.an_hour))
                for one in grown(before, after, TYPES_MAX)
            ]
        )
    return CensusAnswer(
        objects=Figure(after.objects),
        rows=rows,
        window=window,
        older=len(earlier) - len(inside),
        between=Figure(None if before is None else round(after.at - before.at), "s"),
        at=after.at,
        paused=Figure(after.paused_ms, "ms"),
        took=Figure(after.seconds, "s"),
    )


def _own_first(rows: Sequence[TypeRow]) -> tuple[TypeRow, ...]:
    """Choose what is shown: the host's classes, and as many others as there is room for."""
    own = [row for row in rows if row.own][:OWN_SHOWN]
    others = [row for row in rows if not row.own]
    return (*own, *others[: TYPES_SHOWN - len(own)])


def _row(
    name: str,
    is_own: Callable[[str], bool],
    count: int,
    more: int | None = None,
    an_hour: int | None = None,
) -> TypeRow:
    own = is_own(_file(name))
    return TypeRow(name, own, Figure(count), Figure(more), Figure(an_hour))


def _file(name: str) -> str:
    """Find the file of the module that a type is of; that of no module is a library's."""
    module = name.rpartition(".")[0]
    while module and module not in sys.modules:
        module = module.rpartition(".")[0]
    file = getattr(sys.modules.get(module), "__file__", None)
    return file if isinstance(file, str) else "<frozen >"
