"""Questions about users: a bad one is the client's fault, any other error is ours."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from services.debugcog.activity.counter import ActivityCounter
from services.debugcog.users.sources import UserSources
from services.debugcog.web.user_routes import UserRoutes
from tests.services.web.served import Answer, served


def raising(text: str) -> str:
    raise ValueError("a fault of ours")


async def users(redact: Callable[[str], str], query: str = "") -> Answer:
    activity = ActivityCounter()
    activity.message(7, "ann")
    sources = UserSources(activity=activity, redact=redact)
    async with served(questions=UserRoutes(sources).questions()) as site:
        await site.log_in()
        return await site.get(f"/api/v1/users{query}")


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("?sort=password", "sort: expected one of name, messages, interactions, last_seen."),
        ("?page=1000001", "page: expected a number from 1 to 1,000,000."),
    ],
)
async def test_an_order_or_a_page_that_there_is_not_is_a_bad_request(query: str, text: str) -> None:
    answer = await users(str, query)
    assert (answer.status, answer.json()) == (400, {"error": text})


async def test_an_error_of_ours_is_no_bad_request() -> None:
    answer = await users(raising)
    assert answer.status == 500
    assert "a fault of ours" not in answer.text()
