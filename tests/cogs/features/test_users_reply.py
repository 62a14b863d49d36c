"""What /debug users says of many users and of one, whatever the host's provider answers."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest

from cogs.debug.app.state_tables import SCHEMAS
from cogs.debug.features.users.actions import OpenUser, ShowUsers
from cogs.debug.features.users.handlers import UsersHandlers
from cogs.debug.ui.actions import custom_id
from cogs.debug.ui.reply import EMBEDS_TOTAL_MAX, Button, Menu, Reply
from services.debugcog.activity.counter import ActivityCounter
from services.debugcog.activity.day_store import save
from services.debugcog.activity.days import DAY, DaySum
from services.debugcog.redaction.redactor import redact
from services.debugcog.state.database import Database
from services.debugcog.users.calls import ProviderCalls
from services.debugcog.users.provider import (
    Conversation,
    Message,
    Page,
    RecentInteraction,
    UserProfile,
    UserQuery,
)
from services.debugcog.users.sources import UserSources
from tests.clock import Clock

NOW = 1_800_000_000.0
ANN, BEN = 100000000000000001, 100000000000000002


class People:
    """120 users of a host's, each with one conversation."""

    async def profiles(self, query: UserQuery, /) -> Page[UserProfile]:
        found = [_profile(number) for number in range(120)]
        found = [one for one in found if query.search in one.name or query.search == one.id]
        return Page(found[query.offset : query.offset + query.limit], len(found))

    async def profile(self, user_id: str, /) -> UserProfile | None:
        return _profile(int(user_id) - ANN)

    async def conversations(self, user_id: str, offset: int, limit: int, /) -> Page[Conversation]:
        return Page([Conversation(id="c", title="My *secret* wish", messages=2, last_at=NOW)], 1)

    async def messages(
        self, user_id: str, conversation_id: str, offset: int, limit: int, /
    ) -> Page[Message]:
        return Page([], 0)


class Slow(People):
    """Never answers."""

    async def profiles(self, query: UserQuery, /) -> Page[UserProfile]:
        await asyncio.Event().wait()
        raise AssertionError

    profile = profiles  # type: ignore[assignment]  # as slow


class Raising(People):
    """Raises what ends a program."""

    async def profiles(self, query: UserQuery, /) -> Page[UserProfile]:
        raise SystemExit(3)

    profile = profiles  # type: ignore[assignment]  # raises, too


class Nonsense(People):
    """Answers with what is no answer."""

    async def profiles(self, query: UserQuery, /) -> Page[UserProfile]:
        return cast("Page[UserProfile]", {"items": 7})

    async def profile(self, user_id: str, /) -> UserProfile | None:
        return cast("UserProfile", 3)


class Evil(People):
    """Users who have chosen their names well."""

    async def profiles(self, query: UserQuery, /) -> Page[UserProfile]:
        names = (
            "@everyone",
            "<@&5> **big**",
            "```\n# x",
            "\u202egnp",
            "||a||" * 40,
            "[x](http://y)",
        )
        found = [UserProfile(id="i" * 99 + str(n), name=name * 3) for n, name in enumerate(names)]
        return Page(found * 8, 2 * 10**9)


def _profile(number: int) -> UserProfile:
    return UserProfile(
        id=str(ANN + number),
        name=f"user {number}",
        affection=3.5,
        conversations=1,
        messages=1234,
        last_seen=NOW - 60 * number,
        interactions=[RecentInteraction(at=NOW, text="/ask *monads*")],
    )


def handlers(
    provider: object = None, *, contents: bool = True, seconds: float = 60.0
) -> UsersHandlers:
    calls = ProviderCalls(cast("Any", provider), redact, seconds) if provider else None
    if calls:
        calls.start()
    activity = ActivityCounter(Clock(NOW))
    activity.message(ANN, "ann")
    activity.interaction(BEN, "ben")
    sources = UserSources(activity=activity, redact=redact, calls=calls, contents=contents)
    return UsersHandlers(sources=sources, clock=lambda: NOW)


def text(reply: Reply) -> str:
    (embed,) = reply.embeds
    fields = (f"\n[{field.name}]\n{field.value}" for field in embed.fields)
    return f"{embed.title}\n{embed.description}{''.join(fields)}\n{embed.footer.text}"


async def test_a_bot_without_a_provider_shows_what_the_cog_has_seen() -> None:
    assert (
        text(await handlers().find(""))
        == f"""\
Users
<@{ANN}> **ann** · last seen <t:1800000000:R>
-# **1** message · **0** interactions
<@{BEN}> **ben** · last seen <t:1800000000:R>
-# **0** messages · **1** interaction
[Most messages in 7 days]
Nobody, as far as is known.
2 users · page 1 of 1 · Only what the cog has seen; a user provider adds the rest."""
    )


async def test_one_user_is_shown_with_days_commands_and_titles_of_conversations(
    tmp_path: Path,
) -> None:
    database = Database(tmp_path / "state.sqlite3", SCHEMAS)
    database.open()
    today = int(NOW) // DAY
    rows = (
        DaySum(today, "command", "ask", ANN, calls=3, failed=1),
        DaySum(today, "message", "", ANN, calls=2),
        DaySum(today - 1, "model", "m", ANN, tokens_input=5, tokens_output=6),
    )
    await database.run(partial(save, changes=rows, day=today))
    made = handlers(People())
    sources = UserSources(
        activity=made.sources.activity, redact=redact, calls=made.sources.calls, database=database
    )
    asked = UsersHandlers(sources=sources, clock=lambda: NOW)
    reply, every = await asked.find(f"<@{ANN}>"), await asked.find("")
    database.close()
    assert every.embeds[0].fields[0].value == (
        f"<@{ANN}> **ann**\n-# 2 messages · 3 commands · 11 tokens"
    )
    assert (
        text(reply)
        == f"""\
User
<@{ANN}> **user 0**
affection **3.5** · **1** conversation · **1,234** messages · last seen <t:1800000000:R>
[By day]
<t:{today * DAY}:d> 2 messages · 3 commands
<t:{(today - 1) * DAY}:d> 11 tokens
[Commands]
`ask` 3 calls, 1 failed
[Recent interactions]
<t:1800000000:R> /ask \\*monads\\*
[Conversations · 1]
My \\*secret\\* wish · 2 messages · <t:1800000000:R>
id {ANN}"""
    )


async def test_no_title_of_a_conversation_is_shown_where_that_is_not_allowed() -> None:
    reply = await handlers(People(), contents=False).open(OpenUser(str(ANN), 1))
    assert "secret" not in text(reply)
    assert "Conversations are not shown: DASHBOARD\\_CONVERSATIONS is false." in text(reply)


async def test_all_pages_of_ten_are_reached_and_one_that_is_gone_is_the_last() -> None:
    made = handlers(People())
    seen: set[str] = set()
    for page in range(1, 13):
        reply = await made.show(ShowUsers("", "-last_seen", "messages", page))
        assert f"120 users · page {page} of 12" in text(reply)
        seen.update(option.label for option in opening(reply))
    assert len(seen) == 120
    last = await made.show(ShowUsers("", "-last_seen", "messages", 99))
    assert "page 12 of 12" in text(last)
    assert [option.label for option in opening(last)][-1] == "user 119"


@pytest.mark.parametrize(
    ("provider", "told"),
    [
        (Slow(), "has not answered in 0.05 s"),
        (Raising(), "raised SystemExit"),
        (Nonsense(), "The user provider failed"),
    ],
)
async def test_a_provider_that_fails_is_named_and_hurts_nobody(provider: object, told: str) -> None:
    made = handlers(provider, seconds=0.05)
    assert told in text(await made.find("ann"))
    assert "The user provider failed" in text(await made.open(OpenUser(str(ANN), 1)))
    assert await made.names("a") == []


async def test_names_of_strangers_neither_mark_up_nor_mention() -> None:
    reply = await handlers(Evil()).show(ShowUsers("@everyone" * 4, "name", "cost", 3))
    shown = text(reply)
    assert len(reply.embeds[0]) <= EMBEDS_TOTAL_MAX
    assert "@everyone" not in shown
    assert "<@&" not in shown
    assert "```" not in shown
    assert "[x](" not in shown.replace("\\[", "")
    for control in reply.controls:
        for one in (control,) if isinstance(control, Button) else control.options:
            assert len(custom_id(one.action)) <= 100


async def test_the_search_offers_users_by_name_with_their_ids() -> None:
    assert await handlers(People()).names("user 11") == [
        (f"user {number} · {ANN + number}", str(ANN + number)) for number in (11, *range(110, 120))
    ]


def opening(reply: Reply) -> Any:
    """Return the options of the menu that opens a user."""
    menus = [one for one in reply.controls if isinstance(one, Menu)]
    assert menus[0].placeholder == "Open a user"
    return menus[0].options
