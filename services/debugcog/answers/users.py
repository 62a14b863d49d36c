"""Provider, or what the cog has seen → UsersAnswer, UserAnswer, ConversationAnswer.

Each question is a coroutine, for any loop but one that must not wait: the provider has two seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TypeVar, cast, get_args

from services.debugcog.answers.seen_users import seen_user, seen_users
from services.debugcog.answers.user_rows import (
    ROWS,
    ConversationAnswer,
    NoSuchError,
    UserAnswer,
    UsersAnswer,
    conversation_row,
    interaction_row,
    message_row,
    pages_of,
    row_of,
)
from services.debugcog.exceptions import storable
from services.debugcog.threads import in_thread
from services.debugcog.users.calls import Ask, ProviderCalls, ProviderError
from services.debugcog.users.checked import ID_MAX, Checked, Checker, NonsenseError
from services.debugcog.users.provider import Conversation, UserProfile, UserQuery, UserSort
from services.debugcog.users.sources import UserSources

T = TypeVar("T")

COLUMNS = ("name", "affection", "conversations", "messages", "last_seen")
SORTS = get_args(UserSort)
LATEST_FIRST = "-last_seen"
SEARCH_MAX = 100
PAGE_MAX = 1_000_000
NO_CONTENTS = (
    "Conversations are not shown: DASHBOARD_CONVERSATIONS is false. Set it to true to read them."
)
NO_PROVIDER = (
    "There are no conversations: the bot has no user provider. Give one to debugcog.configure()."
)


async def users(
    sources: UserSources, *, search: str = "", sort: str = LATEST_FIRST, page: int = 1
) -> UsersAnswer:
    """List users, 50 a page.

    Args:
        sources: to ask.
        search: part of a name, or the beginning of an id.
        sort: a column, after a minus sign for the largest first.
        page: from 1 on.

    Raises:
        NoSuchError: there is no such sort or page.
    """
    search = storable(search[:SEARCH_MAX].strip())
    offset = _offset(page)
    if sources.calls is None:
        seen = (sources.activity, sources.redact, search, sort, page)
        return await in_thread(partial(seen_users, *seen))
    column = sort.removeprefix("-")
    if column not in SORTS:
        raise NoSuchError(f"sort: expected one of {', '.join(SORTS)}")
    query = UserQuery(
        search=search,
        sort=cast("UserSort", column),
        descending=sort.startswith("-"),
        offset=offset,
        limit=ROWS,
    )
    found = await _page(
        *(sources.calls, "profiles", lambda provider: provider.profiles(query)),
        Checker(sources.redact).profiles,
    )
    return UsersAnswer(
        kind="provider",
        columns=COLUMNS,
        sort=sort,
        users=tuple(map(row_of, found.rows)),
        page=page,
        pages=pages_of(found.total),
        total=found.total,
        trouble=found.trouble or None,
    )


async def user(sources: UserSources, user_id: str, *, page: int = 1) -> UserAnswer:
    """Tell of one user, with a page of conversations.

    Raises:
        NoSuchError: there is no such page.
    """
    offset = _offset(page)
    calls, check = sources.calls, Checker(sources.redact)
    if calls is None:
        return seen_user(sources.activity, sources.redact, user_id)
    if not _is_id(user_id):
        return UserAnswer(kind="provider", page=1, pages=1, total=0)
    profile, found = await asyncio.gather(
        _profile(calls, user_id, check),
        _page(
            *(calls, "conversations", lambda one: one.conversations(user_id, offset, ROWS)),
            check.conversations,
        ),
    )
    known, trouble = profile
    rows: tuple[Conversation, ...] = found.rows if known else ()
    return UserAnswer(
        kind="provider",
        user=row_of(known) if known else None,
        interactions=tuple(map(interaction_row, known.interactions)) if known else (),
        conversations=tuple(conversation_row(one, contents=sources.contents) for one in rows),
        contents=sources.contents,
        page=page,
        pages=pages_of(found.total),
        total=found.total,
        trouble=trouble or found.trouble or None,
    )


async def conversation(
    sources: UserSources, user_id: str, conversation_id: str, *, reader: str, page: int = 1
) -> ConversationAnswer:
    """Show a page of a conversation, and note in the audit log who reads it.

    Args:
        sources: to ask.
        user_id: whose it is.
        conversation_id: which one.
        reader: who asks, as the audit log names people: ``user_id=7``.
        page: from 1 on.

    Raises:
        NoSuchError: there is no such page.
    """
    offset = _offset(page)
    calls = sources.calls
    if calls is None or not sources.contents:
        return _closed(user_id, conversation_id, NO_PROVIDER if calls is None else NO_CONTENTS)
    if not (_is_id(user_id) and _is_id(conversation_id)):
        return _closed(user_id, conversation_id, None)
    sources.audit.note(reader, user_id, conversation_id)
    found = await _page(
        *(calls, "messages", lambda one: one.messages(user_id, conversation_id, offset, ROWS)),
        Checker(sources.redact).messages,
    )
    return ConversationAnswer(
        user_id=user_id,
        id=conversation_id,
        messages=tuple(map(message_row, found.rows)),
        page=page,
        pages=pages_of(found.total),
        total=found.total,
        trouble=found.trouble or None,
    )


def _closed(user_id: str, conversation_id: str, why: str | None) -> ConversationAnswer:
    return ConversationAnswer(
        user_id=user_id, id=conversation_id, page=1, pages=1, total=0, trouble=why
    )


async def _page(
    calls: ProviderCalls, method: str, ask: Ask, check: Callable[[object], Checked[T]]
) -> Checked[T]:
    """Ask for a page, and check it on a thread of its own; no answer is an empty one."""
    try:
        answer = await calls.ask(method, ask)
        return await in_thread(partial(check, answer))
    except (ProviderError, NonsenseError) as error:
        return Checked((), 0, _sentence(error))


async def _profile(
    calls: ProviderCalls, user_id: str, check: Checker
) -> tuple[UserProfile | None, str]:
    try:
        answer = await calls.ask("profile", lambda provider: provider.profile(user_id))
        return await in_thread(partial(check.profile, answer)), ""
    except (ProviderError, NonsenseError) as error:
        return None, _sentence(error)


def _sentence(error: Exception) -> str:
    text = str(error)
    return text if isinstance(error, ProviderError) else f"The user provider failed: {text}."


def _offset(page: int) -> int:
    if not 1 <= page <= PAGE_MAX:
        raise NoSuchError(f"page: expected a number from 1 to {PAGE_MAX:,}")
    return (page - 1) * ROWS


def _is_id(text: str) -> bool:
    return 0 < len(text) <= ID_MAX and text.isprintable()
