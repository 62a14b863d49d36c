"""The page Users in a real browser: a provider's users, and those that the cog has seen."""

from __future__ import annotations

import logging
import time

import pytest

import debugcog
from tests.e2e import board as dashboard
from tests.e2e.board import Board, Guest

pytestmark = dashboard.MARKS
board = dashboard.board

EVIL = "<img src=x onerror=document.title='hacked'>"
NOW = time.time()
NAMES = [EVIL, *(f"user {number:03}" for number in range(1, 120))]
PEOPLE = [
    debugcog.UserProfile(
        id=str(1000 + number),
        name=name,
        affection=number % 7,
        conversations=2,
        messages=number * 10,
        last_seen=NOW - number * 60,
        interactions=[debugcog.RecentInteraction(at=NOW - 30, text="/ask")],
    )
    for number, name in enumerate(NAMES)
]


class People:
    """A provider with 120 users, each with two conversations of 70 messages."""

    async def profiles(self, query: debugcog.UserQuery, /) -> debugcog.Page[debugcog.UserProfile]:
        found = [one for one in PEOPLE if query.search in one.name or query.search in one.id]
        found.sort(key=lambda one: getattr(one, query.sort), reverse=query.descending)
        return debugcog.Page(found[query.offset : query.offset + query.limit], len(found))

    async def profile(self, user_id: str, /) -> debugcog.UserProfile | None:
        return next((one for one in PEOPLE if one.id == user_id), None)

    async def conversations(
        self, user_id: str, offset: int, limit: int, /
    ) -> debugcog.Page[debugcog.Conversation]:
        both = [
            debugcog.Conversation(id=number, title=f"About {number}", messages=70, last_at=NOW)
            for number in ("cats", "dogs")
        ]
        return debugcog.Page(both[offset : offset + limit], 2)

    async def messages(
        self, user_id: str, conversation_id: str, offset: int, limit: int, /
    ) -> debugcog.Page[debugcog.Message]:
        said = [
            debugcog.Message(at=NOW - number, author="ann", text=f"{conversation_id} {number}")
            for number in range(70)
        ]
        return debugcog.Page(said[offset : offset + limit], 70)


class Broken(People):
    """A provider that raises."""

    async def profiles(self, query: debugcog.UserQuery, /) -> debugcog.Page[debugcog.UserProfile]:
        raise RuntimeError("no database")


class LongNamed(People):
    """A provider with one user whose name is as long as a page shows, without a space."""

    async def profiles(self, query: debugcog.UserQuery, /) -> debugcog.Page[debugcog.UserProfile]:
        return debugcog.Page([debugcog.UserProfile(id="1", name="M" * 100, last_seen=NOW)], 1)


class OneMessage(People):
    """A provider whose users have one conversation of one message."""

    async def conversations(
        self, user_id: str, offset: int, limit: int, /
    ) -> debugcog.Page[debugcog.Conversation]:
        talk = debugcog.Conversation(id="1", title="A talk", messages=1, last_at=NOW)
        return debugcog.Page([talk], 1)


@pytest.fixture(params=[People])
def guest(request: pytest.FixtureRequest) -> Guest:
    return Guest(request.param() if request.param else None)


async def names(board: Board) -> list[str]:
    return await board.texts("tbody td:first-child")


async def test_users_are_listed_sorted_and_paged(board: Board) -> None:
    await board.log_in("/users")
    await board.shows(".filter [role=status]", "120 users")
    assert [text.strip() for text in await board.texts("thead th")] == [
        *("Name", "Affection", "Conversations", "Messages", "Last seen ▼")
    ]
    assert (await names(board))[:2] == [EVIL, "user 001"]
    assert await board.page.run("document.querySelector('tbody img')") is None
    await board.page.click("thead a", "Messages")
    await board.shows("tbody td", "user 119")
    await board.page.click("thead a", "Messages")
    await board.shows("tbody td", EVIL)
    assert await board.page.run("location.search") == "?sort=messages"
    await board.shows(".pager", "Page 1 of 3")
    await board.page.click(".pager a", "Next")
    await board.shows(".pager", "Page 2 of 3")
    await board.shows("tbody td", "user 050")
    assert await board.page.run("location.search") == "?sort=messages&page=2"


async def test_the_search_is_typed_reached_by_a_key_and_stays_in_the_address(board: Board) -> None:
    await board.log_in("/users?page=3")
    await board.shows(".pager", "Page 3 of 3")
    await board.page.press("/")
    await board.page.type("user 11")
    await board.shows(".filter [role=status]", "10 users")
    assert await names(board) == [f"user {number}" for number in range(110, 120)]
    assert await board.page.run("location.search") == "?search=user+11"
    await board.page.type("x")
    await board.shows("tbody", "No user matches.")


async def test_a_user_opens_to_profile_and_conversations_with_their_messages(
    board: Board, caplog: pytest.LogCaptureFixture
) -> None:
    await board.log_in("/users")
    await board.page.click("tbody a", "user 007")
    await board.shows("h2", "user 007")
    facts = dict(zip(await board.texts(".facts dt"), await board.texts(".facts dd"), strict=True))
    assert facts == {
        "Id": "1007",
        "Affection": "0",
        "Conversations": "2",
        "Messages": "70",
        "Last seen": facts["Last seen"],
    }
    await board.shows("[aria-label='Recent interactions']", "/ask")
    with caplog.at_level(logging.INFO, "debugcog.audit"):
        await board.page.click("a", "About dogs")
        await board.shows(".messages", "dogs 0")
    assert any("conversation" in each.getMessage() for each in caplog.records)
    assert len(await board.texts(".messages .message")) == 50
    await board.page.click(".pager a", "Next")
    await board.shows(".messages", "dogs 69")
    await board.page.click("a", "Back to the user")
    await board.shows(".facts", "1007")
    await board.page.run("history.back()")
    await board.shows(".messages", "dogs 69")


@pytest.mark.parametrize("guest", [Broken], indirect=True)
async def test_a_provider_that_raises_costs_its_page_a_sentence(board: Board) -> None:
    await board.log_in("/users")
    await board.shows(
        "main .problem", "The user provider failed: profiles() raised RuntimeError: no database."
    )
    assert await board.text(".live") == "Live"
    assert "No user matches" not in await board.text("main")


@pytest.mark.parametrize("guest", [OneMessage], indirect=True)
async def test_one_message_is_no_plural(board: Board) -> None:
    await board.log_in("/users?user=1007")
    await board.shows("main", "A talk 1 message ·")


@pytest.mark.parametrize("guest", [LongNamed], indirect=True)
async def test_a_long_name_pushes_no_column_out_of_a_phones_screen(board: Board) -> None:
    await board.page.resize(390, 844)
    await board.log_in("/users")
    await board.shows("tbody", "M" * 100)
    last = "document.querySelector('tbody td:last-child').getBoundingClientRect().right"
    assert await board.page.run(last) <= 390


@pytest.mark.parametrize("guest", [None], indirect=True)
async def test_without_a_provider_those_are_shown_whom_the_bot_has_seen(board: Board) -> None:
    await board.home.sandbox.say(board.home.stranger, board.home.channel, "hello")
    await board.log_in("/users")
    await board.shows(".filter [role=status]", "as this bot has seen them; no contents")
    await board.shows("tbody", "noah")
    await board.page.click("tbody a", "noah")
    await board.shows(".facts", "Interactions")
    assert "Conversations" not in await board.text("main")
