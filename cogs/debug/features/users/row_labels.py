"""UserRow → its name as Discord shows it, and its figures in words."""

from __future__ import annotations

from collections.abc import Iterator

from cogs.debug.ui.escaping import prose, short
from cogs.debug.ui.times import ago
from services.debugcog.answers.usage import Use
from services.debugcog.answers.user_rows import UserRow
from services.debugcog.wording import noun

SNOWFLAKE_DIGITS = range(15, 21)
"""Digits of an id of Discord's; a provider may have other ids."""
NAME_MAX = 40


def called(user_id: str, name: str) -> str:
    """Name a user: a mention, which pings nobody in an embed, where Discord knows the id."""
    told = f"**{prose(short(name, NAME_MAX))}**" if name.strip() else ""
    if user_id.isascii() and user_id.isdecimal() and len(user_id) in SNOWFLAKE_DIGITS:
        return " ".join(filter(None, (f"<@{user_id}>", told)))
    return told or f"**{prose(short(user_id, NAME_MAX))}**"


def facts(row: UserRow) -> Iterator[str]:
    """List what is known of a user but for when it was there."""
    if row.affection.value is not None:
        yield f"affection **{row.affection.text}**"
    for figure, one in (
        (row.conversations, "conversation"),
        (row.messages, "message"),
        (row.interactions, "interaction"),
    ):
        if figure.value is not None:
            yield f"**{figure.text}** {noun(round(figure.value), one)}"


def last_seen(row: UserRow) -> Iterator[str]:
    """Say when a user was there, where that is known."""
    if row.last_seen is not None:
        yield f"last seen {ago(row.last_seen)}"


def use_label(use: Use) -> str:
    """Write what somebody did; what is zero is left out."""
    parts = [
        f"{figure.text} {noun(round(figure.value), one)}"
        for figure, one in (
            (use.messages, "message"),
            (use.commands, "command"),
            (use.tokens, "token"),
        )
        if figure.value
    ]
    if use.cost.value:
        parts.append(use.cost.text)
    return " · ".join(parts)
