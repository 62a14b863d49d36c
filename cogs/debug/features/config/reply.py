"""ConfigAnswer → the reply of /debug config."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import discord

from cogs.debug.features.config.actions import ShowConfig
from cogs.debug.ui.escaping import inline, prose, short
from cogs.debug.ui.pages import page_buttons, paged
from cogs.debug.ui.reply import FIELD_VALUE_MAX, Button, Colour, Reply
from cogs.debug.ui.times import ago
from services.debugcog.answers.config import ConfigAnswer, SettingLine, matching
from services.debugcog.levels import level_name
from services.debugcog.wording import clip, counted

PAGE_MAX = 1000
"""Characters of a page: what a phone shows without much scrolling."""
VALUE_MAX = 100
EXPLAINED = 8
"""Settings of which each is explained, when there are no more."""
PLACES = {"environment": "environment", "file": "`.env`", "default": "default"}


def config_reply(answer: ConfigAnswer, action: ShowConfig) -> Reply:
    """Render a page of the settings, with what is not as it was meant above them."""
    found = matching(answer.lines, action.find)
    explained = len(found) <= EXPLAINED
    page = paged([_line(one, explained=explained) for one in found], action.page, PAGE_MAX)
    embed = discord.Embed(
        title="Configuration",
        description=page.text or f"No setting has {inline(action.find, VALUE_MAX)} in it.",
        colour=(Colour.WARNING if answer.warnings else Colour.NEUTRAL).value,
    )
    for name, lines in (
        ("Warnings", [f"⚠️ {prose(text)}" for text in answer.warnings]),
        ("Changed at runtime", list(_changes(answer))),
        ("In the file, and not ours", _strange(answer)),
    ):
        if lines:
            embed.add_field(name=name, value=clip("\n".join(lines), FIELD_VALUE_MAX), inline=False)
    there = "" if answer.is_there else ", which is not there"
    embed.set_footer(
        text=f"{counted(len(found), 'setting')} · page {page.number} of {page.count} · "
        f".env: {short(answer.file, 300)}{there}"
    )
    turn = partial(ShowConfig, action.find)
    buttons = page_buttons(turn, page, ("◀ Back", "More ▶"))
    refresh = Button("Refresh", ShowConfig(action.find, page.number))
    return Reply(embeds=(embed,), controls=(*buttons, refresh))


def _line(line: SettingLine, *, explained: bool) -> str:
    """Show a setting: what it is set to, and from where; with what it does, if it is to be."""
    value = inline(line.value, VALUE_MAX) if line.value else "not set"
    told = [f"`{line.key}` {value} · {PLACES[line.place]}"]
    if line.place != "default" and line.default:
        told.append(f"default {inline(line.default, VALUE_MAX)}")
    if line.changed:
        told.append("⚠️ changed since the start: restart")
    text = ", ".join(told)
    return f"{text}\n-# {prose(line.doc)}" if explained else text


def _changes(answer: ConfigAnswer) -> Iterator[str]:
    for one in answer.levels:
        until = f", resets {ago(one.until)}" if one.until else ""
        yield f"Log level of {inline(one.name, 60)}: **{level_name(one.level)}**{until}"
    for change in answer.thresholds:
        yield f"{prose(short(change.title))}: **{change.now}** (configured: {change.before})"


def _strange(answer: ConfigAnswer) -> list[str]:
    if not answer.strange:
        return []
    return ["Perhaps your bot's own: " + ", ".join(inline(key, 60) for key in answer.strange)]
