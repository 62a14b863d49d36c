"""Group: tasks of one coroutine function, and how their number grows; frozen."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

from services.debugcog.frozen import frozen

Task = asyncio.Task[Any]


@frozen
class GroupKey:
    """What tasks of one group have in common.

    Attributes:
        name: qualified name of the coroutine function.
        file: of its code; empty of one that is written in C.
        line: at which it begins.
        label: of a library's coroutine, the name of its tasks, each number in it replaced by #.
    """

    name: str
    file: str
    line: int
    label: str

    @property
    def id(self) -> str:
        """Return a short name that stays across restarts."""
        text = f"{self.name}\0{self.file}\0{self.line}\0{self.label}"
        return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:10]


@frozen
class Growth:
    """A group that gets larger and larger.

    Attributes:
        more: tasks than at the beginning.
        seconds: since then.
    """

    more: int
    seconds: float


@frozen
class Group:
    """Tasks of one coroutine function.

    Attributes:
        key: what they have in common.
        tasks: each with the seconds that it has been seen for, the oldest first.
        growth: None of a group that does not grow.
    """

    key: GroupKey
    tasks: tuple[tuple[Task, float], ...]
    growth: Growth | None
