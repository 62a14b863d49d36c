"""LoopAnswer and a culprit's key → the reply with its stack, and the times at which it blocked."""

from __future__ import annotations

import time

import discord

from cogs.debug.features.loop.actions import ShowLoop
from cogs.debug.features.loop.reply import UNSEEN, times_text
from cogs.debug.ui.escaping import block
from cogs.debug.ui.reply import Attachment, Button, Colour, Reply
from cogs.debug.ui.stall_labels import who
from cogs.debug.ui.times import at
from services.debugcog.answers.loop import Culprit, LoopAnswer
from services.debugcog.stalls.stall import Stall
from services.debugcog.windows import WINDOWS
from services.debugcog.wording import counted

STACK_MAX = 1_800
TIMES_MAX = 12
"""Stalls that are listed; the file has all."""


def culprit_reply(answer: LoopAnswer, key: str) -> Reply:
    """Render one culprit."""
    back = Button("All", ShowLoop(answer.window))
    found = next((one for one in answer.culprits if one.key == key), None)
    if found is None:
        text = f"It has not blocked the loop in the last {WINDOWS[answer.window][1]}."
        embed = discord.Embed(description=text, colour=Colour.NEUTRAL.value)
        return Reply(embeds=(embed,), controls=(back,))
    worst = found.worst
    lines = [
        who(worst) if worst.function else f"Unknown: {UNSEEN}",
        times_text(found),
        *([f"→ {worst.hint}"] if worst.hint else []),
        *([block(worst.stack, STACK_MAX)] if worst.stack else []),
        *(f"{at(stall.began)} · {stall.duration}" for stall in found.stalls[:TIMES_MAX]),
    ]
    more = found.count - TIMES_MAX
    if more > 0:
        lines.append(f"and {counted(more, 'more stall')}, in the file")
    embed = discord.Embed(
        title=f"Blocked the event loop · last {WINDOWS[answer.window][1]}",
        description="\n".join(lines),
        colour=Colour.WARNING.value,
    )
    cut = more > 0 or len(worst.stack) > STACK_MAX
    return Reply(embeds=(embed,), controls=(back,), files=(_file(found),) if cut else ())


def _file(culprit: Culprit) -> Attachment:
    """Write all times, and the stack of the longest stall; both were redacted before."""
    times = "\n".join(map(_time, culprit.stalls))
    text = f"{times}\n\nStack of the longest, innermost call first:\n{culprit.worst.stack}\n"
    name, what = "stalls.txt", "Times of the stalls, and the stack of the longest"
    return Attachment(name, text.encode(errors="replace"), what)


def _time(stall: Stall) -> str:
    return f"{time.strftime('%Y-%m-%d %H:%M:%S UTC', time.gmtime(stall.began))}  {stall.duration}"
