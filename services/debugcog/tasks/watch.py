"""Event loop → its tasks in groups by coroutine, since when each is seen, and which group grows.

asyncio does not know when a task was made, and the host's task factory is left alone: the tasks are
looked at every some seconds, so an age is a lower bound.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable
from functools import lru_cache
from weakref import WeakKeyDictionary

from services.debugcog.guard import attempt
from services.debugcog.host_files import HostFiles
from services.debugcog.patterns import late_pattern
from services.debugcog.redaction.redactor import LONGEST_SECRET, redact
from services.debugcog.tasks.groups import Group, GroupKey, Growth, Task
from services.debugcog.tasks.stacks import code_of

MANY = 20_000
"""With more tasks than that they are looked at once a minute."""
BITE = 500
"""So many tasks are put in groups at a time, some ms of work; then others have their turn."""
HISTORY_SECONDS, HISTORY_KEPT = 60.0, 60
GROUPS_KEPT = 300
"""Groups of which the number is remembered; the largest."""
GROWTH_POINTS, GROWTH_MIN = 5, 10
LABEL_MAX, LABELS_KEPT = 200, 500
OWN = "debugcog-"
OWN_KEY = GroupKey("tasks of DebugCog itself", "", 0, "")
DIGITS = late_pattern(r"\d+")
UNNAMED = late_pattern(r"Task-\d+")


class TaskWatch:
    """Looks at the tasks of the running loop; all of it is to be called on that.

    Args:
        files: knows the host's files.
        clock: seconds that only grow.
        redact: names of tasks go through it, before their digits are left out.
    """

    def __init__(
        self,
        files: HostFiles,
        clock: Callable[[], float] = time.monotonic,
        redact: Callable[[str], str] = redact,
    ) -> None:
        self._files = files
        self._clock = clock
        self._label_of = lru_cache(LABELS_KEPT)(
            lambda name: DIGITS.sub("#", redact(name)[:LABEL_MAX])
        )
        self._seen: WeakKeyDictionary[Task, tuple[float, GroupKey]] = WeakKeyDictionary()
        self._history: dict[GroupKey, deque[tuple[float, int]]] = {}
        self._sampled = self._noted = -HISTORY_SECONDS

    def sample(self) -> None:
        """Look at what tasks there are; call it every some seconds."""
        now = self._clock()
        if len(self._seen) > MANY and now - self._sampled < HISTORY_SECONDS:
            return
        self._sampled = now
        self._look(asyncio.all_tasks(), now)
        if now - self._noted >= HISTORY_SECONDS:
            self._noted = now
            self._note(now)

    async def groups(self) -> tuple[Group, ...]:
        """List the groups: those that grow first, then by number; our own tasks last."""
        now = self._clock()
        found: dict[GroupKey, list[tuple[Task, float]]] = {}
        for count, task in enumerate(asyncio.all_tasks(), 1):
            self._look((task,), now)
            seen, key = self._seen[task]
            found.setdefault(key, []).append((task, now - seen))
            if count % BITE == 0:
                await asyncio.sleep(0)
        groups = (
            Group(key, tuple(sorted(of, key=lambda one: -one[1])), self._growth(key, len(of), now))
            for key, of in found.items()
        )
        return tuple(sorted(groups, key=_rank))

    def _look(self, tasks: Iterable[Task], now: float) -> None:
        seen = self._seen
        for task in tasks:
            if task not in seen:
                seen[task] = (now, self._key(task))

    def _note(self, now: float) -> None:
        counts: dict[GroupKey, int] = {}
        for _, key in list(self._seen.values()):
            counts[key] = counts.get(key, 0) + 1
        largest = sorted(counts, key=lambda key: -counts[key])[:GROUPS_KEPT]
        self._history = {key: self._history.get(key) or _points() for key in largest}
        for key, points in self._history.items():
            points.append((now, counts[key]))

    def _growth(self, key: GroupKey, count: int, now: float) -> Growth | None:
        points = [*self._history.get(key, ()), (now, count)]
        if len(points) < GROWTH_POINTS:
            return None
        half = len(points) // 2
        earlier, later = points[:half], points[half:]
        rises = max(count for _, count in earlier) < min(count for _, count in later)
        more = count - points[0][1]
        is_large = more >= max(GROWTH_MIN, points[0][1] // 2)
        return Growth(more, now - points[0][0]) if rises and is_large else None

    def _key(self, task: Task) -> GroupKey:
        if attempt(lambda: str(task.get_name()), "").startswith(OWN):
            return OWN_KEY
        coroutine = task.get_coro()
        code = code_of(coroutine)
        name = attempt(lambda: str(getattr(coroutine, "__qualname__", "")), "")
        if code is None:
            return GroupKey(name or type(coroutine).__name__, "", 0, self._label(task))
        label = "" if self._files.is_file_in_app(code.co_filename) else self._label(task)
        return GroupKey(name or code.co_qualname, code.co_filename, code.co_firstlineno, label)

    def _label(self, task: Task) -> str:
        name = attempt(lambda: str(task.get_name()), "")
        return "" if UNNAMED.fullmatch(name) else self._label_of(name[:LONGEST_SECRET])


def _points() -> deque[tuple[float, int]]:
    return deque(maxlen=HISTORY_KEPT)


def _rank(group: Group) -> tuple[bool, bool, int, str]:
    is_own = group.key == OWN_KEY
    return group.growth is None, is_own, -len(group.tasks), group.key.name
