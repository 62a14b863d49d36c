"""``tasks.loop``s of cogs, bot and modules → LoopRow; restart, cancel and start of one.

Found without a call of the host's code: among the attributes of cogs, of the bot, and of their
modules and classes, and as what a running task runs. A module's own loop that has ended and is none
of these is not found.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import CoroutineType, FrameType
from typing import Any
from weakref import WeakKeyDictionary

from discord.ext import commands, tasks

from cogs.debug.capture import loop_state
from cogs.debug.capture.loop_errors import LoopError
from services.debugcog.frozen import frozen
from services.debugcog.guard import attempt
from services.debugcog.tasks.loop_row import LoopRow, LoopState

Loop = tasks.Loop[Any]

KEY_MAX = 60
END_SECONDS = 2.0
"""How long the present run of a loop may take to end, until that is said."""
BITE = 50
"""So many loops are read at a time, about a millisecond of work; then others have their turn."""


@frozen
class Found:
    """A loop, who has it, and under which name.

    Attributes:
        owner: who has it.
        name: of the attribute that is the loop, or of its function.
        holder: has the attribute; None where nobody is known to have it.
        loop: itself.
        number: tells loops apart that nobody is known to have; 0 for others.
        is_alone: whether no other of these has its name.
    """

    owner: str
    name: str
    holder: object
    loop: Loop
    number: int = 0
    is_alone: bool = True

    @property
    def shown(self) -> str:
        """Return the name, with the number where it takes that."""
        return self.name if self.is_alone else f"{self.name} #{self.number}"

    @property
    def key(self) -> str:
        """Return what finds it again."""
        number = f"#{self.number}" if self.number else ""
        text = f"{self.owner}.{self.name}{number}"
        if len(text) <= KEY_MAX and text.isascii() and text.isprintable():
            return text
        return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16]


class TaskLoops:
    """Finds the loops of a bot, on its thread.

    Args:
        bot: the host.
        errors: the last error of each loop.
        clock: unix seconds, as ``next_iteration`` is of.
    """

    def __init__(
        self,
        bot: commands.Bot,
        errors: Mapping[Loop, LoopError],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._bot = bot
        self._errors = errors
        self._clock = clock
        self._met: WeakKeyDictionary[Loop, int] = WeakKeyDictionary()
        self._numbers = itertools.count(1)
        self._arguments: WeakKeyDictionary[Loop, tuple[Any, Any]] = WeakKeyDictionary()

    async def rows(self) -> tuple[LoopRow, ...]:
        """List them all."""
        rows: list[LoopRow] = []
        for one in self._all():
            if len(rows) % BITE == BITE - 1:
                await asyncio.sleep(0)
            rows.append(self._row(one))
        return tuple(rows)

    def row(self, key: str) -> LoopRow | None:
        """Return the one of a key."""
        found = self._find(key)
        return self._row(found) if found else None

    async def restart(self, key: str) -> bool | None:
        """Cancel the present run, if there is one, and start again.

        Returns:
            Whether it runs anew; False while its present run has not ended, None without a loop.
        """
        found = self._find(key)
        if found is None:
            return None
        if not await self._end(found.loop):
            return False
        return self._start(found)

    async def cancel(self, key: str) -> bool | None:
        """Cancel a loop; returns as ``restart`` does, whether it has ended."""
        found = self._find(key)
        return None if found is None else await self._end(found.loop)

    def start(self, key: str) -> bool | None:
        """Start a loop, with what it was called with before; returns as ``restart`` does."""
        found = self._find(key)
        return None if found is None else self._start(found)

    def _start(self, found: Found) -> bool:
        loop = found.loop
        if loop.is_running():
            return True
        if getattr(found.holder, found.name, loop) is not loop:  # the copy that discord.py makes
            loop = getattr(found.holder, found.name)
        args, kwargs = self._arguments.get(loop, ((), {}))
        loop.start(*args, **kwargs)
        return True

    async def _end(self, loop: Loop) -> bool:
        task = loop.get_task()
        if task is None or task.done():
            return True
        self._arguments[loop] = _arguments(loop, task)
        loop.cancel()
        await asyncio.wait((task,), timeout=END_SECONDS)
        return task.done()

    def _find(self, key: str) -> Found | None:
        return next((one for one in self._all() if one.key == key), None)

    def _all(self) -> list[Found]:
        known: dict[int, Found] = {}
        for one in self._of_objects():
            known.setdefault(id(one.loop), one)
        for loop in _running():
            if loop not in self._met and id(loop) not in known:
                self._met[loop] = next(self._numbers)
        met = [(loop, number) for loop, number in self._met.items() if id(loop) not in known]
        return [*known.values(), *_of_code(met)]

    def _of_objects(self) -> Iterator[Found]:
        modules = {"__main__": None}
        for name, cog in list(self._bot.cogs.items()):
            yield from _of(cog, f"cog {name}")
            modules[type(cog).__module__] = None
        yield from _of(self._bot, "the bot")
        modules[type(self._bot).__module__] = None
        for module_name in modules:
            module = sys.modules.get(module_name)
            if module is not None:
                yield from _of_module(module, module_name)

    def _row(self, found: Found) -> LoopRow:
        loop, now = found.loop, self._clock()
        next_run = attempt(lambda: loop_state.unix(loop.next_iteration), None)
        late = max(0.0, now - next_run) if next_run is not None else 0.0
        state: LoopState = attempt(lambda: loop_state.state(loop, late), "stopped")
        error = self._errors.get(loop) or loop_state.error_of(loop)
        return LoopRow(
            key=found.key,
            name=found.shown,
            owner=found.owner,
            state=state,
            every=attempt(lambda: loop_state.every(loop), ""),
            iterations=attempt(lambda: loop_state.completed(loop, state, next_run), 0),
            next_run=next_run,
            late=late if state == "late" else 0.0,
            error=error.type if error else "",
            error_id=error.id if error else "",
            error_at=error.at if error else 0.0,
            alive=attempt(loop.is_running, False),
        )


def _of(holder: object, owner: str) -> Iterator[Found]:
    """Find the loops of an object; a class's own is one that was never started."""
    own = attempt(lambda: dict(vars(holder)), {})
    seen = set()
    for kind in (own, *(vars(one) for one in type(holder).__mro__)):
        for name, value in list(kind.items()):
            if name not in seen and isinstance(value, tasks.Loop):
                yield Found(owner, name, holder, value)
            seen.add(name)


def _of_module(module: object, name: str) -> Iterator[Found]:
    for attribute, value in list(vars(module).items()):
        if isinstance(value, tasks.Loop):
            yield Found(f"module {name}", attribute, module, value)


def _running() -> Iterator[Loop]:
    """Find what the running tasks run."""
    code = tasks.Loop._loop.__code__  # noqa: SLF001 - the only way from a task to its loop
    for task in asyncio.all_tasks():
        frame = _frame(task)
        if frame is not None and frame.f_code is code:
            loop = frame.f_locals.get("self")
            if isinstance(loop, tasks.Loop):
                yield loop


def _frame(task: asyncio.Task[Any]) -> FrameType | None:
    """Return the frame of a task; of Python's own kind of coroutine, as that of a loop is."""
    coroutine = task.get_coro()
    return coroutine.cr_frame if type(coroutine) is CoroutineType else None


def _of_code(met: list[tuple[Loop, int]]) -> Iterator[Found]:
    """Name loops that nothing known holds by their functions; many may be of one function."""
    named = [(*attempt(partial(_names, loop), ("?", "?")), loop, number) for loop, number in met]
    alike = Counter((module, name) for module, name, _, _ in named)
    for module, name, loop, number in named:
        is_alone = alike[module, name] == 1
        yield Found(f"module {module}", name, None, loop, number, is_alone)


def _names(loop: Loop) -> tuple[str, str]:
    return str(loop.coro.__module__), str(loop.coro.__name__)


def _arguments(loop: Loop, task: asyncio.Task[Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Read what a running loop was started with; it is not kept anywhere else."""
    frame = _frame(task)
    found = frame.f_locals if frame is not None else {}
    args, kwargs = found.get("args", ()), found.get("kwargs", {})
    is_method = getattr(loop, "_injected", None) is not None
    return tuple(args[1:] if is_method else args), dict(kwargs)
