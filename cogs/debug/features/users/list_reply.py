"""UsersAnswer and UsageAnswer → the reply of /debug users: a page, and who uses the bot most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast, get_args

import discord

from cogs.debug.features.users.actions import OpenUser, ShowMost, ShowUsers, Sort
from cogs.debug.features.users.row_labels import called, facts, last_seen, use_label
from cogs.debug.ui.escaping import inline, prose, short
from cogs.debug.ui.pages import Page, page_buttons
from cogs.debug.ui.reply import (
    DESCRIPTION_MAX,
    FIELD_VALUE_MAX,
    OPTION_TEXT_MAX,
    Button,
    Colour,
    Menu,
    Option,
    Reply,
)
from services.debugcog.answers.usage import Most, UsageAnswer, UsageRow
from services.debugcog.answers.user_rows import ROWS, UserRow, UsersAnswer
from services.debugcog.wording import clip, counted, noun

LINES = 10
"""Users of a page; the answer's pages have a multiple of them."""
SEARCH_MAX = 40
"""Of a search, so that it fits into a control."""
ID_MAX = 70
"""Of an id that fits into a control."""
ORDERS: Mapping[Sort, str] = {
    "-last_seen": "Latest first",
    "-affection": "Highest affection first",
    "-conversations": "Most conversations first",
    "-messages": "Most messages first",
    "-interactions": "Most interactions first",
    "name": "By name",
    "last_seen": "Away longest first",
}
MOST: Mapping[Most, str] = {
    "messages": "Most messages",
    "commands": "Most commands",
    "tokens": "Most tokens",
    "cost": "Most cost",
}
SEEN = "Only what the cog has seen; a user provider adds the rest."
NOBODY = "Nobody has used the bot yet."


def users_reply(answer: UsersAnswer, most: UsageAnswer, action: ShowUsers) -> Reply:
    """Render a page of users."""
    page = Page("", min(max(action.page, 1), count_of(answer)), count_of(answer))
    first = (page.number - 1) * LINES % ROWS
    shown = answer.users[first : first + LINES]
    embed = discord.Embed(
        title="Users" + (f" · {short(action.search, SEARCH_MAX)}" if action.search else ""),
        description=clip("\n".join(_lines(answer, shown, action)), DESCRIPTION_MAX),
        colour=(Colour.WARNING if answer.trouble else Colour.NEUTRAL).value,
        timestamp=discord.utils.utcnow(),
    )
    embed.add_field(
        name=f"{MOST[most.most]} in {most.days} days",
        value=clip("\n".join(_most(most)), FIELD_VALUE_MAX),
        inline=False,
    )
    total = f"{counted(answer.total, 'user')} · page {page.number:,} of {page.count:,}"
    embed.set_footer(text=f"{total} · {SEEN}" if answer.kind == "seen" else total)

    def turn(number: int) -> ShowUsers:
        return ShowUsers(action.search, action.sort, action.most, number)

    return Reply(
        embeds=(embed,),
        controls=(
            *_menus(answer, shown, action),
            *page_buttons(turn, page, ("◀ Back", "More ▶")),
            Button("Refresh", turn(page.number)),
        ),
    )


def count_of(answer: UsersAnswer) -> int:
    """Return how many pages of the reply there are."""
    return max(1, -(-answer.total // LINES))


def _lines(answer: UsersAnswer, shown: tuple[UserRow, ...], action: ShowUsers) -> Iterator[str]:
    if answer.trouble:
        yield f"⚠️ {prose(clip(answer.trouble, 500))}"
    for row in shown:
        yield " · ".join((called(row.id, row.name), *last_seen(row)))
        yield f"-# {' · '.join(facts(row)) or 'nothing more is known'}"
    if not shown and not answer.trouble:
        yield f"No user matches {inline(action.search, 60)}." if action.search else NOBODY


def _most(most: UsageAnswer) -> Iterator[str]:
    if most.trouble:
        yield f"⚠️ {prose(clip(most.trouble, 300))}"
    for row in most.rows:
        yield f"{_who(row)}\n-# {use_label(row.use)}"
    if not most.rows:
        yield "Nobody, as far as is known."
    if most.users > len(most.rows) > 0:
        yield f"-# {counted(most.users, 'user')} in all"
    if most.most == "cost" and most.unpriced:
        tokens = noun(most.unpriced, "token")
        yield f"-# {most.unpriced:,} {tokens} without a price: `LLM_PRICES`"


def _who(row: UsageRow) -> str:
    return "all others together" if row.id is None else called(row.id, row.name)


def _menus(answer: UsersAnswer, shown: tuple[UserRow, ...], action: ShowUsers) -> Iterator[Menu]:
    options = tuple(
        Option(short(row.name or row.id, OPTION_TEXT_MAX), OpenUser(row.id, 1))
        for row in shown
        if len(row.id) <= ID_MAX
    )
    if options:
        yield Menu("Open a user", options)
    orders = tuple(
        Option(text, ShowUsers(action.search, sort, action.most, 1), chosen=sort == answer.sort)
        for sort, text in ORDERS.items()
        if sort.removeprefix("-") in answer.columns
    )
    yield Menu("Order", orders)
    yield Menu(
        "Who uses it most",
        tuple(
            Option(
                MOST[one],
                ShowMost(action.search, action.sort, one, action.page),
                chosen=one == action.most,
            )
            for one in cast("tuple[Most, ...]", get_args(Most))
        ),
    )
