"""The demo bot's users are a provider's as anybody would write one."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from debugcog import UserProvider, UserQuery
from demo.users import COUNT, Users
from services.debugcog.activity.counter import ActivityCounter
from services.debugcog.answers.users import conversation, user, users
from services.debugcog.redaction.redactor import redact
from services.debugcog.users.calls import ProviderCalls
from services.debugcog.users.sources import UserSources


@pytest.fixture
async def provider(tmp_path: Path) -> AsyncIterator[Users]:
    provider = Users(tmp_path / "users.sqlite3")
    await provider.open()
    yield provider
    provider.close()


def sources_of(provider: UserProvider) -> UserSources:
    calls = ProviderCalls(provider, redact, 60.0)
    calls.start()
    return UserSources(activity=ActivityCounter(), redact=redact, calls=calls)


async def test_there_are_ten_thousand_that_can_be_sorted_searched_and_paged(
    provider: Users,
) -> None:
    sources = sources_of(provider)
    answer = await users(sources, sort="name", page=COUNT // 50)
    assert (answer.total, answer.pages, len(answer.users), answer.trouble) == (
        *(COUNT, COUNT // 50, 50),
        None,
    )
    assert len({row.id for row in answer.users}) == 50
    for column in answer.columns:
        up, down = [await users(sources, sort=sort) for sort in (column, f"-{column}")]
        assert up.users != down.users
    found = await users(sources, search="TINY_zebra")
    assert found.total == COUNT // 20 // 25
    assert all(row.name.startswith("tiny_zebra") for row in found.users)
    assert (await users(sources, search="%")).total == 0


async def test_a_user_has_conversations_with_messages(provider: Users) -> None:
    sources = sources_of(provider)
    most = (await users(sources, sort="-conversations")).users[0]
    one = await user(sources, most.id)
    assert one.user == most
    assert (len(one.conversations), len(one.interactions), one.trouble) == (3, 3, None)
    talk = await conversation(sources, most.id, one.conversations[0].id, reader="token")
    assert [message.author for message in talk.messages] == ["Demo bot", most.name]
    other = await conversation(sources, "10000", one.conversations[0].id, reader="token")
    assert other.messages == (), "it is of another user"


async def test_who_talks_to_the_bot_is_among_them(provider: Users, tmp_path: Path) -> None:
    before = time.time()
    for _ in range(2):
        await provider.remember(7, "ann", "What is a monad?", "A box.")
    await provider.remember(7, "ann", "Why?", "Because.")
    provider.close()
    later = Users(tmp_path / "users.sqlite3")
    await later.open()
    found = (await later.profiles(UserQuery())).items[0]
    assert (found.id, found.name, found.conversations, found.messages) == ("7", "ann", 2, 6)
    assert found.last_seen is not None
    assert found.last_seen >= before
    talks = (await later.conversations("7", 0, 50)).items
    assert [talk.title for talk in talks] == ["Why?", "What is a monad?"]
    messages = (await later.messages("7", talks[1].id, 0, 50)).items
    assert [message.text for message in messages] == ["A box.", "What is a monad?"] * 2
    assert await later.profile("nobody") is None
    later.close()
