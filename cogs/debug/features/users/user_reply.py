"""UserAnswer and UserDays → the reply of /debug users about one user."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import discord

from cogs.debug.features.users.actions import OpenUser, ShowUsers
from cogs.debug.features.users.row_labels import called, facts, last_seen, use_label
from cogs.debug.ui.escaping import inline, prose, short
from cogs.debug.ui.pages import Page, page_buttons, paged
from cogs.debug.ui.reply import DESCRIPTION_MAX, FIELD_VALUE_MAX, Button, Colour, Reply
from cogs.debug.ui.times import ago
from services.debugcog.answers.usage import CommandUse, DayRow, UserDays
from services.debugcog.answers.user_rows import ConversationRow, UserAnswer
from services.debugcog.answers.users import NO_CONTENTS
from services.debugcog.wording import clip, counted

INTERACTIONS_MAX = 8
CONVERSATIONS_MAX = 10


def user_reply(answer: UserAnswer, days: UserDays, action: OpenUser) -> Reply:
    """Render one user: what the host tells, and what the cog has counted."""
    embed = discord.Embed(
        title="User",
        description=clip("\n".join(_lines(answer, days, action)), DESCRIPTION_MAX),
        colour=(Colour.WARNING if answer.trouble or days.trouble else Colour.NEUTRAL).value,
        timestamp=discord.utils.utcnow(),
    )
    for name, lines in _fields(answer, days):
        embed.add_field(name=name, value=paged(lines, 1, FIELD_VALUE_MAX).text, inline=False)
    embed.set_footer(text=f"id {short(action.user)}")
    pages = Page("", answer.page, answer.pages if answer.contents else 1)
    return Reply(
        embeds=(embed,),
        controls=(
            *page_buttons(partial(OpenUser, action.user), pages),
            Button("All users", ShowUsers("", "-last_seen", "messages", 1)),
            Button("Refresh", action),
        ),
    )


def _lines(answer: UserAnswer, days: UserDays, action: OpenUser) -> Iterator[str]:
    for trouble in filter(None, (answer.trouble, days.trouble)):
        yield f"⚠️ {prose(clip(trouble, 500))}"
    if answer.user is not None:
        yield called(answer.user.id, answer.user.name)
        yield " · ".join((*facts(answer.user), *last_seen(answer.user))) or "Nothing more is known."
    elif not answer.trouble:
        yield f"No user is known as {inline(action.user, 72)}."


def _fields(answer: UserAnswer, days: UserDays) -> Iterator[tuple[str, list[str]]]:
    if days.days:
        yield "By day", [_day(one) for one in days.days]
    if days.commands:
        yield "Commands", [_command(one) for one in days.commands]
    if answer.interactions:
        shown = answer.interactions[:INTERACTIONS_MAX]
        yield (
            "Recent interactions",
            [f"{ago(one.at)} {prose(short(one.text, 100))}" for one in shown],
        )
    if answer.kind == "provider" and answer.user is not None:
        yield from _conversations(answer)


def _conversations(answer: UserAnswer) -> Iterator[tuple[str, list[str]]]:
    """List conversations by their titles, where that is allowed; what was said stays away."""
    if not answer.contents:
        yield "Conversations", [prose(NO_CONTENTS)]
        return
    shown = answer.conversations[:CONVERSATIONS_MAX]
    lines = [_conversation(one) for one in shown]
    if len(answer.conversations) > len(shown):
        lines.append(f"and {len(answer.conversations) - len(shown)} more on this page")
    yield f"Conversations · {answer.total:,}", lines or ["none"]


def _conversation(one: ConversationRow) -> str:
    last = f" · {ago(one.last_at)}" if one.last_at is not None else ""
    return f"{prose(short(one.title or one.id, 60))} · {one.messages.text} messages{last}"


def _day(one: DayRow) -> str:
    return f"<t:{round(one.at)}:d> {use_label(one.use) or 'nothing'}"


def _command(one: CommandUse) -> str:
    failed = f", {one.failed:,} failed" if one.failed else ""
    return f"{inline(one.name, 60)} {counted(one.calls, 'call')}{failed}"
