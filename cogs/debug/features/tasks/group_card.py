"""GroupAnswer → the reply with one group of tasks and their stacks."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import discord

from cogs.debug.features.tasks.actions import OpenGroup, ShowTasks
from cogs.debug.features.tasks.row_labels import growth_text, waiting_lines
from cogs.debug.ui.escaping import block, inline, visible
from cogs.debug.ui.reply import DESCRIPTION_MAX, Attachment, Button, Colour, Reply
from services.debugcog.answers.tasks import GroupAnswer, TaskStack
from services.debugcog.units import duration
from services.debugcog.wording import clip, counted

NAME_MAX = 200
STACK_MAX = 2500
FILE_MAX = 512 * 1024


def group_reply(answer: GroupAnswer, redact: Callable[[str], str]) -> Reply:
    """Render it; stacks that do not fit are in a file.

    Args:
        answer: about the group.
        redact: the file goes through it.
    """
    row = answer.row
    text = _stack(answer.stacks[0]) if answer.stacks else ""
    lines = [inline(row.name, NAME_MAX), *([inline(row.place, NAME_MAX)] if row.place else [])]
    lines.append(f"**{counted(row.count, 'task')}**, the oldest seen for ≥ {duration(row.oldest)}")
    if row.growth is not None:
        lines.append(f"⚠️ {growth_text(row.growth)}")
    lines += waiting_lines(row.waiting)
    if text:
        lines += ["Stack of the oldest:", block(text, STACK_MAX)]
    embed = discord.Embed(
        title="Tasks of one coroutine",
        description=clip("\n".join(lines), DESCRIPTION_MAX),
        colour=(Colour.WARNING if row.growth else Colour.NEUTRAL).value,
        timestamp=discord.utils.utcnow(),
    )
    is_cut = len(answer.stacks) > 1 or len(text) > STACK_MAX - 20
    files = (_file(answer, redact),) if is_cut else ()
    refresh = Button("Refresh", OpenGroup(row.id))
    return Reply(embeds=(embed,), controls=(refresh, Button("All tasks", ShowTasks())), files=files)


def _stack(stack: TaskStack) -> str:
    """Write the steps, what it waits for last; the host's are marked."""
    steps = (f"{'>' if step.own else ' '} {step.text}" for step in stack.steps)
    return "\n".join(steps) or "  (written in C: no stack)"


def _file(answer: GroupAnswer, redact: Callable[[str], str]) -> Attachment:
    text = "\n\n".join(_paragraphs(answer))
    content = visible(redact(text)).encode()[:FILE_MAX]
    return Attachment("tasks.txt", content, "Stacks of the tasks, the oldest first")


def _paragraphs(answer: GroupAnswer) -> Iterator[str]:
    row = answer.row
    yield f"{row.name}\n{row.place}\n{counted(row.count, 'task')}; > marks the bot's own code"
    for number, stack in enumerate(answer.stacks, 1):
        yield f"Task {number}, seen for >= {duration(stack.age)}\n{_stack(stack)}"
    if answer.left_out:
        yield f"and {counted(answer.left_out, 'more task')}"
