"""LoopRow → its card, the question before an operation, and what was done."""

from __future__ import annotations

import discord

from cogs.debug.features.tasks.actions import AskLoop, DoLoop, OpenLoop, Operation, ShowTasks
from cogs.debug.features.tasks.loop_labels import COLOURS, loop_name, state_text
from cogs.debug.ui.escaping import inline, prose, short
from cogs.debug.ui.reply import DESCRIPTION_MAX, Button, Colour, Reply, done
from cogs.debug.ui.times import ago, at
from services.debugcog.tasks.loop_row import LoopRow
from services.debugcog.wording import clip

ALL = Button("All tasks", ShowTasks())
QUESTIONS: dict[Operation, str] = {
    "restart": "Restart {}? Its present run is cancelled.",
    "cancel": "Cancel {}? Its present run is cancelled, and it does not run again by itself.",
    "start": "Start {}?",
}


def loop_reply(row: LoopRow) -> Reply:
    """Render the card."""
    embed = discord.Embed(
        title=f"Loop {prose(short(row.name, 100))} {row.mark}",
        description=clip(f"{loop_name(row)}: {state_text(row)}", DESCRIPTION_MAX),
        colour=COLOURS.get(row.state, Colour.NEUTRAL).value,
        timestamp=discord.utils.utcnow(),
    )
    embed.add_field(name="Runs", value=prose(row.every) or "not known")
    embed.add_field(name="Completed", value=f"**{row.iterations:,}** since its start")
    if row.next_run is not None:
        embed.add_field(name="Next run", value=f"{at(row.next_run)}\n{ago(row.next_run)}")
    if row.error:
        embed.add_field(name="Last error", value=_error(row), inline=False)
    return Reply(embeds=(embed,), controls=(*_controls(row), ALL))


def loop_question(row: LoopRow, operation: Operation) -> Reply:
    """Ask whether that is meant."""
    yes = Button("Confirm", DoLoop(row.key, operation), style=discord.ButtonStyle.danger)
    return done(
        QUESTIONS[operation].format(loop_name(row)), yes, Button("Cancel", OpenLoop(row.key))
    )


def loop_done(row: LoopRow, operation: Operation, *, is_done: bool) -> Reply:
    """Say what was done."""
    details = Button("Details", OpenLoop(row.key))
    if not is_done:
        text = (
            f"{loop_name(row)} was told to end, but its present run goes on: "
            "it does not let itself be cancelled."
        )
        return done(text, details)
    if operation == "cancel":
        undo = Button("Undo", DoLoop(row.key, "start"))
        return done(f"Cancelled: {loop_name(row)}.", undo, details)
    word = "Restarted" if operation == "restart" else "Started"
    return done(f"{word}: {loop_name(row)}. Now: {state_text(row)}.", details)


def _error(row: LoopRow) -> str:
    when = f" {ago(row.error_at)}" if row.error_at else ""
    where = f"\n`/debug errors find:{row.error_id}`" if row.error_id else ""
    return f"{inline(row.error, 200)}{when}{where}"


def _controls(row: LoopRow) -> tuple[Button, ...]:
    refresh = Button("Refresh", OpenLoop(row.key))
    if not row.alive:
        return (Button("Start", AskLoop(row.key, "start")), refresh)
    cancel = Button("Cancel …", AskLoop(row.key, "cancel"), style=discord.ButtonStyle.danger)
    return (Button("Restart …", AskLoop(row.key, "restart")), cancel, refresh)
