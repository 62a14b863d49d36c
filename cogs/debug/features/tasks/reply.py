"""TasksAnswer → the reply of /debug tasks: the loops, and a page of the groups of tasks."""

from __future__ import annotations

from collections.abc import Iterator

import discord

from cogs.debug.features.tasks.actions import OpenGroup, OpenLoop, ShowTasks
from cogs.debug.features.tasks.loop_labels import COLOURS, loop_line
from cogs.debug.features.tasks.row_labels import task_line
from cogs.debug.ui.escaping import inline
from cogs.debug.ui.grades import worst
from cogs.debug.ui.pages import Page, page_buttons
from cogs.debug.ui.reply import OPTIONS_MAX, Button, Colour, Menu, Option, Reply
from services.debugcog.answers.tasks import TaskRow, TasksAnswer
from services.debugcog.tasks.loop_row import LoopRow
from services.debugcog.wording import counted

LOOPS_TEXT_MAX = 2_200
LABELS = ("◀ Back", "More ▶")


def tasks_reply(answer: TasksAnswer, find: str) -> Reply:
    """Render it.

    Args:
        answer: with the groups and loops in which the text is found.
        find: the text.
    """
    embed = discord.Embed(
        title=f"Tasks · {answer.tasks:,} in {counted(answer.groups, 'group')}",
        description="\n".join(_tasks_text(answer, find)),
        colour=(Colour.WARNING if _grows(answer) else Colour.NEUTRAL).value,
        timestamp=discord.utils.utcnow(),
    )
    if answer.pages > 1:
        embed.set_footer(text=f"Page {answer.page} of {answer.pages}")
    loops = (_loops(answer.loops),) if answer.loops else ()
    menus = (*_loop_menu(answer.loops), *_group_menu(answer.rows))
    page = Page("", answer.page, answer.pages)
    turn = page_buttons(lambda number: ShowTasks(find, number), page, LABELS)
    refresh = Button("Refresh", ShowTasks(find, answer.page))
    return Reply(embeds=(*loops, embed), controls=(*menus, *turn, refresh))


def _grows(answer: TasksAnswer) -> bool:
    return any(row.growth for row in answer.rows)


def _tasks_text(answer: TasksAnswer, find: str) -> Iterator[str]:
    if not answer.rows:
        yield f"No task with {inline(find, 60)} in its name or place." if find else "No tasks."
    yield from map(task_line, answer.rows)


def _loops(loops: tuple[LoopRow, ...]) -> discord.Embed:
    lines: list[str] = []
    for row in loops:
        line = loop_line(row)
        if len("\n".join((*lines, line))) > LOOPS_TEXT_MAX:
            break
        lines.append(line)
    more = len(loops) - len(lines)
    grades = [COLOURS.get(row.state, Colour.GOOD) for row in loops]
    return discord.Embed(
        title=f"Loops · {len(loops):,}",
        description="\n".join([*lines, f"and {more:,} more: use `find`"] if more else lines),
        colour=worst(grades).value,
    )


def _loop_menu(loops: tuple[LoopRow, ...]) -> tuple[Menu, ...]:
    options = tuple(
        Option(row.name, OpenLoop(row.key), f"{row.owner}: {row.state}")
        for row in loops[:OPTIONS_MAX]
    )
    return (Menu("Open a loop: restart, cancel …", options),) if options else ()


def _group_menu(rows: tuple[TaskRow, ...]) -> tuple[Menu, ...]:
    options = tuple(
        Option(row.name, OpenGroup(row.id), f"{counted(row.count, 'task')} {row.place}")
        for row in rows
    )
    return (Menu("Open tasks: stacks …", options),) if options else ()
