"""Answers about users: from a provider, or from what the cog has seen."""

from __future__ import annotations

import logging
from typing import Any, cast

import pytest

from services.debugcog.activity.counter import ActivityCounter
from services.debugcog.answers.figure import Figure
from services.debugcog.answers.user_rows import (
    ConversationAnswer,
    ConversationRow,
    InteractionRow,
    MessageRow,
    UserAnswer,
    UserRow,
    UsersAnswer,
    row_of,
)
from services.debugcog.answers.users import (
    NO_CONTENTS,
    NO_PROVIDER,
    conversation,
    user,
    users,
)
from services.debugcog.redaction.redactor import redact
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
from services.debugcog.web.documents import document
from tests.clock import Clock

NOW = 1_800_000_000.0
NONE = Figure(None)
PATIENCE = 60.0
"""Seconds; what happens after them is tried where calls are."""


class Provider:
    """A host's users: 120 of them, and one talk of each."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    async def profiles(self, query: UserQuery) -> Page[UserProfile]:
        self.asked.append(query)
        found = [_profile(number) for number in range(query.offset, query.offset + query.limit)]
        return Page(found, 120)

    async def profile(self, user_id: str) -> UserProfile | None:
        self.asked.append(user_id)
        return _profile(int(user_id)) if user_id.isdecimal() else None

    async def conversations(self, user_id: str, offset: int, limit: int) -> Page[Conversation]:
        self.asked.append((user_id, offset, limit))
        return Page([Conversation(id="a", title="Monads", messages=2, last_at=NOW)], 51)

    async def messages(
        self, user_id: str, conversation_id: str, offset: int, limit: int
    ) -> Page[Message]:
        self.asked.append((user_id, conversation_id, offset, limit))
        return Page([Message(at=NOW, author="ann", text="password=hunter2hunter2")], 1)


class BadProvider(Provider):
    """It fails in every way at once."""

    async def profiles(self, query: UserQuery) -> Page[UserProfile]:
        raise KeyboardInterrupt

    async def profile(self, user_id: str) -> UserProfile | None:
        return cast("UserProfile", {"id": user_id})

    async def conversations(self, user_id: str, offset: int, limit: int) -> Page[Conversation]:
        raise OSError("no disk")

    async def messages(
        self, user_id: str, conversation_id: str, offset: int, limit: int
    ) -> Page[Message]:
        return Page(cast("Any", [7]), 1)


def _profile(number: int) -> UserProfile:
    return UserProfile(
        id=str(number),
        name=f"user {number}",
        affection=0.5,
        conversations=1,
        messages=12_345,
        last_seen=NOW,
        interactions=[RecentInteraction(at=NOW, text="/ask")],
    )


def row(number: int) -> UserRow:
    return UserRow(
        *(str(number), f"user {number}", Figure(0.5), Figure(1), Figure(12_345), NONE, NOW)
    )


def sources_of(provider: Provider, *, contents: bool = True) -> UserSources:
    calls = ProviderCalls(provider, redact, PATIENCE)
    calls.start()
    return UserSources(activity=ActivityCounter(), redact=redact, calls=calls, contents=contents)


async def test_users_of_a_provider_come_fifty_a_page() -> None:
    provider = Provider()
    answer = await users(sources_of(provider), search=" ann ", sort="name", page=3)
    assert provider.asked == [
        UserQuery(search="ann", sort="name", descending=False, offset=100, limit=50)
    ]
    assert answer == UsersAnswer(
        kind="provider",
        columns=("name", "affection", "conversations", "messages", "last_seen"),
        sort="name",
        users=tuple(map(row, range(100, 150))),
        page=3,
        pages=3,
        total=120,
    )
    assert document(answer)["users"][0] == {
        "id": "100",
        "name": "user 100",
        "affection": {"value": 0.5, "unit": "", "severity": None, "text": "0.5", "mark": ""},
        "conversations": {"value": 1, "unit": "", "severity": None, "text": "1", "mark": ""},
        "messages": {
            "value": 12_345,
            "unit": "",
            "severity": None,
            "text": "12,345",
            "mark": "",
        },
        "interactions": {
            "value": None,
            "unit": "",
            "severity": None,
            "text": "\N{EN DASH}",
            "mark": "",
        },
        "last_seen": NOW,
    }


async def test_they_are_sorted_by_who_was_there_last_if_nobody_asks() -> None:
    provider = Provider()
    await users(sources_of(provider))
    assert provider.asked == [UserQuery(sort="last_seen", descending=True)]


async def test_half_a_character_and_a_long_text_are_no_search() -> None:
    provider = Provider()
    await users(sources_of(provider), search="\ud800" + "x" * 1000)
    (query,) = provider.asked
    assert query == UserQuery(search="\ufffd" + "x" * 99)


@pytest.mark.parametrize("page", [0, -1, 1_000_001])
async def test_a_page_that_cannot_be_is_refused(page: int) -> None:
    sources = sources_of(Provider())
    for ask in (
        users(sources, page=page),
        user(sources, "7", page=page),
        conversation(sources, "7", "a", reader="token", page=page),
    ):
        with pytest.raises(ValueError, match="page: expected a number from 1 to 1,000,000"):
            await ask


async def test_a_sort_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="sort: expected one of name, affection, "):
        await users(sources_of(Provider()), sort="password")
    seen = UserSources(activity=ActivityCounter(), redact=redact)
    with pytest.raises(ValueError, match="sort: expected one of name, messages, interactions"):
        await users(seen, sort="affection")


async def test_one_user_has_interactions_and_conversations() -> None:
    provider = Provider()
    answer = await user(sources_of(provider), "7", page=2)
    assert provider.asked == ["7", ("7", 50, 50)]
    assert answer == UserAnswer(
        kind="provider",
        user=row(7),
        interactions=(InteractionRow(NOW, "/ask"),),
        conversations=(ConversationRow("a", "Monads", Figure(2), NOW),),
        contents=True,
        page=2,
        pages=2,
        total=51,
    )


async def test_a_user_who_does_not_exist_is_none() -> None:
    answer = await user(sources_of(Provider()), "nobody")
    assert (answer.user, answer.conversations, answer.trouble) == (None, (), None)
    provider = Provider()
    answer = await user(sources_of(provider), "\n" * 200)
    assert (answer.user, provider.asked) == (None, [])


async def test_a_conversation_is_shown_and_noted_in_the_audit_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    provider = Provider()
    with caplog.at_level(logging.INFO, "debugcog.audit"):
        answer = await conversation(sources_of(provider), "7", "a", reader="user_id=1", page=1)
    assert provider.asked == [("7", "a", 0, 50)]
    (message,) = answer.messages
    assert message == MessageRow(NOW, "ann", redact("password=hunter2hunter2"))
    assert "hunter2" not in message.text
    assert (answer.page, answer.pages, answer.total, answer.trouble) == (1, 1, 1, None)
    assert [record.getMessage() for record in caplog.records] == [
        "use: dashboard, conversation a of 7 (user_id=1)"
    ]


async def test_contents_that_are_turned_off_are_not_asked_for(
    caplog: pytest.LogCaptureFixture,
) -> None:
    provider = Provider()
    sources = sources_of(provider, contents=False)
    shown = await conversation(sources, "7", "a", reader="token")
    assert shown == ConversationAnswer(
        user_id="7", id="a", page=1, pages=1, total=0, trouble=NO_CONTENTS
    )
    assert (provider.asked, caplog.records) == ([], [])
    answer = await user(sources, "7")
    assert answer.contents is False
    assert [one.title for one in answer.conversations] == [""]


async def test_a_provider_that_fails_costs_a_line() -> None:
    sources = sources_of(BadProvider())
    listed = await users(sources)
    assert listed.users == ()
    assert listed.trouble == "The user provider failed: profiles() raised KeyboardInterrupt."
    one = await user(sources, "7")
    assert one.user is None
    assert one.trouble == (
        "The user provider failed: what profile() answered is of type dict, "
        "not a debugcog.UserProfile."
    )
    shown = await conversation(sources, "7", "a", reader="token")
    assert shown.messages == ()
    assert shown.trouble == (
        "1 row is left out: a row of messages() is of type int, not a debugcog.Message"
    )


class Seen:
    """What a cog has seen: three users."""

    def __init__(self) -> None:
        self.clock = Clock(NOW)
        activity = ActivityCounter(self.clock)
        for user_id, name, messages in ((11, "Ann", 3), (12, "bob", 1), (210, "cem", 2)):
            for _ in range(messages):
                activity.message(user_id, name)
            self.clock.turn(60)
        activity.interaction(11, "Ann")
        self.sources = UserSources(activity=activity, redact=redact)

    async def names(self, **asked: Any) -> list[str]:
        return [one.name for one in (await users(self.sources, **asked)).users]


async def test_without_a_provider_the_cog_shows_what_it_has_seen() -> None:
    seen = Seen()
    answer = await users(seen.sources)
    assert answer == UsersAnswer(
        kind="seen",
        columns=("name", "messages", "interactions", "last_seen"),
        sort="-last_seen",
        users=(
            UserRow("11", "Ann", NONE, NONE, Figure(3), Figure(1), NOW + 180),
            UserRow("210", "cem", NONE, NONE, Figure(2), Figure(0), NOW + 120),
            UserRow("12", "bob", NONE, NONE, Figure(1), Figure(0), NOW + 60),
        ),
        page=1,
        pages=1,
        total=3,
    )


async def test_what_was_seen_is_searched_and_sorted() -> None:
    seen = Seen()
    assert await seen.names(sort="name") == ["Ann", "bob", "cem"]
    assert await seen.names(sort="-messages") == ["Ann", "cem", "bob"]
    assert await seen.names(search="aNN") == ["Ann"]
    assert await seen.names(search="21") == ["cem"]
    assert await seen.names(search="nobody") == []
    assert await seen.names(page=2) == []


async def test_a_seen_user_has_the_hours_of_activity_and_no_conversations() -> None:
    seen = Seen()
    answer = await user(seen.sources, "11")
    assert answer == UserAnswer(
        kind="seen",
        user=UserRow("11", "Ann", NONE, NONE, Figure(3), Figure(1), NOW + 180),
        interactions=(InteractionRow(NOW, "active in this hour"),),
        page=1,
        pages=1,
        total=0,
    )
    for nobody in ("13", "", "x", "9" * 1000, "٣"):
        assert (await user(seen.sources, nobody)).user is None
    shown = await conversation(seen.sources, "11", "a", reader="token")
    assert shown.trouble == NO_PROVIDER


async def test_a_name_is_shown_without_secrets() -> None:
    activity = ActivityCounter()
    activity.message(11, "password=hunter2hunter2 \ud800")
    (found,) = (await users(UserSources(activity=activity, redact=redact))).users
    assert "hunter2" not in found.name
    assert "\ud800" not in found.name


async def test_a_name_of_which_nothing_is_seen_is_none_so_that_the_id_is_shown() -> None:
    activity = ActivityCounter()
    activity.message(11, "\N{HANGUL FILLER}")
    (found,) = (await users(UserSources(activity=activity, redact=redact))).users
    assert (found.id, found.name) == ("11", "")
    assert row_of(UserProfile(id="7", name="\N{ZERO WIDTH SPACE}")).name == ""
