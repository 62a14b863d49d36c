"""Tasks of the bot's event loop, in groups, and its ``tasks.loop``s → frozen TasksAnswer.

All of it is read on the bot's thread: what a task waits for can be told there only. Stacks are read
of the groups that are shown, and of a few tasks of each. After each group others have their turn.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

from services.debugcog.frozen import frozen
from services.debugcog.host_files import HostFiles
from services.debugcog.tasks.groups import Group, Growth
from services.debugcog.tasks.loop_row import STATES, LoopRow
from services.debugcog.tasks.stacks import Place, stack
from services.debugcog.tasks.watch import TaskWatch

PAGE_SIZE = 8
SAMPLED = 20
"""Tasks of a group whose stacks are looked at for a list."""
DETAILED = 100
"""Tasks of a group whose stacks are written out."""


@frozen
class Where:
    """A step of a stack as it is shown.

    Attributes:
        text: ``services/tts.py:45 in generate``.
        own: whether it is code of the host.
    """

    text: str
    own: bool


@frozen
class Waiting:
    """What some tasks of a group wait for: where in the host's code, and in which call."""

    count: int
    where: str
    within: str


@frozen
class TaskRow:
    """A group of tasks.

    Attributes:
        id: short.
        name: of the coroutine, or what the tasks of a library are named.
        place: where its code begins; empty of a library's, and of one that is written in C.
        count: of tasks.
        oldest: seconds that one has been there at least.
        growth: None where the group does not grow.
        waiting: what its tasks wait for, most frequent first; of some of them.
    """

    id: str
    name: str
    place: str
    count: int
    oldest: float
    growth: Growth | None
    waiting: tuple[Waiting, ...]


@frozen
class TaskStack:
    """The stack of one task, the outermost step first."""

    age: float
    steps: tuple[Where, ...]


@frozen
class TasksAnswer:
    """What there is.

    Attributes:
        rows: a page of the groups that were asked for, those that grow first, then by number.
        page: that they are, from 1.
        pages: of all that were asked for.
        matching: groups that were asked for.
        tasks: of the loop, all of them.
        groups: all of them.
        loops: that were asked for, worst first.
        trouble: says what is missing and why; None when all is well.
    """

    rows: tuple[TaskRow, ...]
    page: int
    pages: int
    matching: int
    tasks: int
    groups: int
    loops: tuple[LoopRow, ...]
    trouble: str | None = None


@frozen
class GroupAnswer:
    """One group in detail; ``left_out`` tasks are not among the stacks."""

    row: TaskRow
    stacks: tuple[TaskStack, ...]
    left_out: int


async def tasks(
    watch: TaskWatch,
    loops: Sequence[LoopRow],
    files: HostFiles,
    find: str = "",
    page: int = 1,
    size: int = PAGE_SIZE,
    sampled: int = SAMPLED,
) -> TasksAnswer:
    """List a page of the groups, and the loops, that a text is found in.

    Args:
        watch: knows the tasks.
        loops: of the bot.
        files: knows the host's files.
        find: text in a name or place; empty for all.
        page: from 1; the last one where there are fewer.
        size: groups on a page.
        sampled: tasks of a group whose stacks are looked at.
    """
    groups = await watch.groups()
    wanted = find.strip().casefold()
    found = [one for one in groups if wanted in _searched(one, files)]
    pages = max(1, -(-len(found) // size))
    page = min(max(page, 1), pages)
    kept = [one for one in loops if wanted in f"{one.owner} {one.name}".casefold()]
    rows = []
    for one in found[(page - 1) * size : page * size]:
        rows.append(_row(one, files, sampled))
        await asyncio.sleep(0)
    return TasksAnswer(
        rows=tuple(rows),
        page=page,
        pages=pages,
        matching=len(found),
        tasks=sum(len(one.tasks) for one in groups),
        groups=len(groups),
        loops=tuple(sorted(kept, key=lambda one: (STATES.index(one.state), one.owner, one.name))),
    )


async def group(watch: TaskWatch, files: HostFiles, find: str) -> GroupAnswer | None:
    """Show one group, by its id; None when there is none any more."""
    found = next((one for one in await watch.groups() if one.key.id == find), None)
    if found is None:
        return None
    stacks = tuple(
        TaskStack(age, tuple(_where(step, files) for step in stack(task.get_coro())))
        for task, age in found.tasks[:DETAILED]
    )
    return GroupAnswer(_row(found, files, SAMPLED), stacks, max(0, len(found.tasks) - DETAILED))


def _searched(found: Group, files: HostFiles) -> str:
    key = found.key
    return f"{_name(found)} {key.name} {files.shown(key.file)} {key.id}".casefold()


def _row(found: Group, files: HostFiles, sampled: int) -> TaskRow:
    key = found.key
    return TaskRow(
        id=key.id,
        name=_name(found),
        place=f"{files.shown(key.file)}:{key.line}" if key.file and not key.label else "",
        count=len(found.tasks),
        oldest=found.tasks[0][1],
        growth=found.growth,
        waiting=_waiting(found, files, sampled),
    )


def _name(found: Group) -> str:
    key = found.key
    return key.label or key.name


def _waiting(found: Group, files: HostFiles, sampled: int) -> tuple[Waiting, ...]:
    counts: Counter[tuple[str, str]] = Counter()
    for task, _ in found.tasks[:sampled]:
        steps = [_where(step, files) for step in stack(task.get_coro())]
        if steps:
            own = next((one for one in reversed(steps) if one.own), steps[0])
            last = steps[-1].text.rpartition(" in ")[2]
            counts[own.text, "" if own is steps[-1] else last] += 1
    return tuple(Waiting(count, *places) for places, count in counts.most_common())


def _where(step: Place, files: HostFiles) -> Where:
    text = f"{files.shown(step.file)}:{step.line} in {step.name.rpartition('.')[2]}"
    return Where(text, files.is_file_in_app(step.file))
