"""What the cog itself has seen → UsersAnswer and UserAnswer, for a bot without a provider."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.debugcog.activity.counter import ActivityCounter
from services.debugcog.activity.seen import NAME_MAX, SeenUser
from services.debugcog.answers.figure import Figure
from services.debugcog.answers.user_rows import (
    ROWS,
    InteractionRow,
    NoSuchError,
    UserAnswer,
    UserRow,
    UsersAnswer,
    pages_of,
)
from services.debugcog.exceptions import storable
from services.debugcog.invisible import visible_name
from services.debugcog.logfile.text import Redact

COLUMNS = ("name", "messages", "interactions", "last_seen")
HOURS = 20
ACTIVE = "active in this hour"

SORTS: Mapping[str, Callable[[SeenUser], Any]] = {
    "name": lambda user: user.name.casefold(),
    "messages": lambda user: user.messages,
    "interactions": lambda user: user.interactions,
    "last_seen": lambda user: user.last_seen,
}


def seen_users(
    activity: ActivityCounter, redact: Redact, search: str, sort: str, page: int
) -> UsersAnswer:
    """List the users that were seen, those whose name has the text or whose id begins with it.

    Args:
        activity: what was seen.
        redact: takes secrets out of names.
        search: text.
        sort: key of ``SORTS``, after a minus sign for the largest first.
        page: from 1 on.

    Raises:
        NoSuchError: there is no such sort.
    """
    key = SORTS.get(sort.removeprefix("-"))
    if key is None:
        raise NoSuchError(f"sort: expected one of {', '.join(SORTS)}")
    wanted = search.casefold()
    found = [
        user
        for user in activity.users()
        if wanted in user.name.casefold() or str(user.id).startswith(search)
    ]
    found.sort(key=key, reverse=sort.startswith("-"))
    shown = found[(page - 1) * ROWS : page * ROWS]
    return UsersAnswer(
        kind="seen",
        columns=COLUMNS,
        sort=sort,
        users=tuple(_row(user, redact) for user in shown),
        page=page,
        pages=pages_of(len(found)),
        total=len(found),
    )


def seen_user(activity: ActivityCounter, redact: Redact, user_id: str) -> UserAnswer:
    """Tell of one user: the counts, and the last hours in which there was something."""
    is_number = user_id.isascii() and user_id.isdecimal() and len(user_id) <= 20
    user = activity.user(int(user_id)) if is_number else None
    hours = user.hours(HOURS) if user else ()
    return UserAnswer(
        kind="seen",
        user=_row(user, redact) if user else None,
        interactions=tuple(InteractionRow(hour, ACTIVE) for hour in hours),
        page=1,
        pages=1,
        total=0,
    )


def _row(user: SeenUser, redact: Redact) -> UserRow:
    return UserRow(
        id=str(user.id),
        name=visible_name(redact(storable(user.name[:NAME_MAX]))),
        affection=Figure(None),
        conversations=Figure(None),
        messages=Figure(user.messages),
        interactions=Figure(user.interactions),
        last_seen=user.last_seen,
    )
