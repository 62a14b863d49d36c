from __future__ import annotations

import asyncio

from services.debugcog.answers.published import Published
from services.debugcog.answers.sharing import Shared
from services.debugcog.windows import Window
from tests.clock import Clock
from tests.services.answers.world import PUBLISHED


class Asked:
    """A question that counts how often it is answered."""

    def __init__(self) -> None:
        self.count = 0

    async def __call__(self, published: Published, window: Window) -> str:
        self.count += 1
        await asyncio.sleep(0)
        return f"{self.count} {window}"


async def test_viewers_who_ask_at_the_same_time_get_the_same_answer() -> None:
    asked = Asked()
    shared = Shared(asked, clock=Clock())
    assert await asyncio.gather(*(shared(PUBLISHED, "1h") for _ in range(5))) == ["1 1h"] * 5
    assert await shared(PUBLISHED, "5m") == "2 5m"
    assert asked.count == 2


async def test_what_was_asked_once_is_not_kept_for_ever() -> None:
    clock = Clock()
    shared: Shared[int, int] = Shared(_echo, clock=clock)
    for number in range(50):
        assert await shared(PUBLISHED, number) == number
        clock.turn(0.5)
    assert len(shared._answers) <= 4


async def _echo(_: Published, number: int) -> int:
    return number


async def test_an_answer_is_given_again_for_two_seconds() -> None:
    clock = Clock()
    shared = Shared(Asked(), clock=clock)
    assert await shared(PUBLISHED, "1h") == "1 1h"
    clock.turn(1.9)
    assert await shared(PUBLISHED, "1h") == "1 1h"
    clock.turn(0.1)
    assert await shared(PUBLISHED, "1h") == "2 1h"
