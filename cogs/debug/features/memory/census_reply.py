"""CensusAnswer → the reply of a census, alone or with what grew since the one before."""

from __future__ import annotations

from collections.abc import Iterator

import discord

from cogs.debug.features.memory.actions import CensusLater, ShowMemory, TakeCensus
from cogs.debug.ui.escaping import inline
from cogs.debug.ui.reply import Button, Colour, Reply
from cogs.debug.ui.times import ago
from cogs.debug.ui.windows import window_menu
from services.debugcog.answers.census import CensusAnswer, TypeRow
from services.debugcog.windows import WINDOWS
from services.debugcog.wording import counted

NAME_MAX = 90
MINUTES = 10
YOURS = "◆ "
"""Marks a class of the host's."""


def census_reply(answer: CensusAnswer, due: float | None) -> Reply:
    """Render it.

    Args:
        answer: of one census or two.
        due: unix seconds, when the next one is taken by itself; None where none is.
    """
    two = answer.between.value is not None
    what = f"what grew in {answer.between.text}" if two else "most frequent types"
    embed = discord.Embed(
        title=f"Objects · {what}",
        description="\n".join(_lines(answer, due, two=two)),
        colour=Colour.NEUTRAL.value,
    )
    embed.set_footer(
        text=f"{answer.objects.text} objects, without texts and numbers · the bot was paused for "
        f"{answer.paused.text}; the count took {answer.took.text} in a process of its own"
    )
    controls = (
        window_menu(TakeCensus, answer.window),
        Button("Refresh", TakeCensus(answer.window)),
        Button(f"Compare in {MINUTES} min", CensusLater(MINUTES, answer.window)),
        Button("Memory", ShowMemory(answer.window)),
    )
    return Reply(embeds=(embed,), controls=controls)


def _lines(answer: CensusAnswer, due: float | None, *, two: bool) -> Iterator[str]:
    own = next((row for row in answer.rows if row.own), None) if two else None
    if own is not None:
        name = inline(own.name, NAME_MAX)
        yield f"Of your classes, {name} grows most: **+{own.an_hour.text} per hour**."
    elif two:
        yield "None of your classes grows."
    if due is not None:
        yield f"The next count comes by itself {ago(due)}: press Refresh then."
    elif not two:
        again = f"press **Refresh** {ago(answer.again)} or later, for a second count"
        yield f"What grows is not known yet: {again}."
    if not two and answer.older:
        window = WINDOWS[answer.window][1]
        before = counted(answer.older, "earlier count")
        yield f"A window longer than {window} compares it with {before}."
    yield f"Counted {ago(answer.at)}. {YOURS}is a class of yours.\n"
    yield from map(_grown if two else _frequent, answer.rows)
    if not answer.rows:
        yield "No type has more objects than before."


def _grown(row: TypeRow) -> str:
    mark = YOURS if row.own else ""
    hourly = f"+{row.an_hour.text}/h"
    return (
        f"{mark}{inline(row.name, NAME_MAX)} **{hourly}** · +{row.more.text}, now {row.count.text}"
    )


def _frequent(row: TypeRow) -> str:
    return f"{YOURS if row.own else ''}{inline(row.name, NAME_MAX)} **{row.count.text}**"
