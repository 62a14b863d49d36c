"""Who uses the bot most, in messages, commands, tokens and cost; and what one user does."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from services.debugcog.activity.counter import ActivityCounter
from services.debugcog.activity.day_store import save
from services.debugcog.activity.days import DAY, DayCounter, DayKind, DaySum
from services.debugcog.answers.figure import Figure
from services.debugcog.answers.usage import CommandUse, DayRow, Most, Use, usage, user_days
from services.debugcog.costs.ledger import CostLedger
from services.debugcog.costs.prices import PriceList
from services.debugcog.redaction.redactor import redact
from services.debugcog.users.sources import UserSources
from tests.clock import Clock
from tests.services.answers.world import START, World

TODAY = int(START) // DAY
PRICES = '{"p/m": {"input": 1, "output": 2}, "currency": "EUR"}'


def sources(bot: World, prices: str = PRICES) -> UserSources:
    activity = ActivityCounter(Clock(START))
    activity.message(1, "ann")
    activity.message(2, "token=ghp_0123456789abcdefghij0123456789abcdef")
    costs = CostLedger(bot.metrics, bot.database, PriceList(prices, Path()), bot.clock)
    costs.restore()
    return UserSources(activity=activity, redact=redact, database=bot.database, costs=lambda: costs)


async def did(bot: World, *rows: DaySum) -> None:
    await bot.database.run(partial(save, changes=rows, day=TODAY))


def row(kind: DayKind, name: str, user: int, day: int = TODAY, **counts: int) -> DaySum:
    return DaySum(day, kind, name, user, **counts)


ROWS = (
    row("message", "", 1, calls=3),
    row("message", "", 2, calls=9),
    row("message", "", 0, calls=50),
    row("message", "", 3, day=TODAY - 7, calls=99),
    row("command", "ask", 1, calls=4, failed=1),
    row("component", "Yes:view", 1, day=TODAY - 1, calls=1),
    row("model", "p/m", 1, tokens_input=1_000_000, tokens_output=500_000),
    row("model", "unknown", 2, tokens_input=7),
)


@pytest.mark.parametrize(
    ("most", "expected"),
    [
        ("messages", [(None, "50"), ("2", "9"), ("1", "3")]),
        ("commands", [("1", "5")]),
        ("tokens", [("1", "1,500,000"), ("2", "7")]),
        ("cost", [("1", "2.00 EUR")]),
    ],
)
async def test_the_most_come_first_and_the_days_before_are_left_out(
    bot: World, most: Most, expected: list[tuple[str | None, str]]
) -> None:
    await did(bot, *ROWS)
    answer = await usage(sources(bot), most, clock=bot.clock)
    assert [(one.id, getattr(one.use, most).text) for one in answer.rows] == expected
    assert (answer.users, answer.unpriced, answer.trouble) == (2, 7, None)


async def test_names_are_redacted_and_unknown_ones_empty(bot: World) -> None:
    await did(bot, *ROWS, row("message", "", 9, calls=20))
    names = {one.id: one.name for one in (await usage(sources(bot), clock=bot.clock)).rows}
    assert names["1"] == "ann"
    assert "ghp_0123" not in names["2"]
    assert names["9"] == names[None] == ""


async def test_one_user_is_told_by_day_and_command(bot: World) -> None:
    await did(bot, *ROWS)
    answer = await user_days(sources(bot), 1, clock=bot.clock)
    cost = Figure(2.0, "EUR")
    none = Figure(None, "EUR")
    assert answer.days == (
        DayRow(TODAY * DAY, Use(Figure(3), Figure(4), Figure(1_500_000), cost)),
        DayRow((TODAY - 1) * DAY, Use(Figure(0), Figure(1), Figure(0), none)),
    )
    assert answer.commands == (CommandUse("ask", 4, 1), CommandUse("Yes:view", 1, 0))


async def test_what_is_not_saved_yet_counts_too(bot: World) -> None:
    await did(bot, *ROWS)
    counter = DayCounter(bot.clock)
    counter.count("message", "", 1, calls=8)
    counter.count("command", "ask", 1, calls=2, failed=2)
    counter.count("command", "play", 4)
    counter.tokens("p/m", 1, 0, 1_000_000)
    asked = replace(sources(bot), pending=counter.pending)
    answer = await usage(asked, clock=bot.clock)
    assert [(one.id, one.use.messages.value) for one in answer.rows] == [
        (None, 50),
        ("1", 11),
        ("2", 9),
    ]
    one = await user_days(asked, 1, clock=bot.clock)
    use = Use(Figure(11), Figure(6), Figure(2_500_000), Figure(3.0, "EUR"))
    assert one.days[0] == DayRow(TODAY * DAY, use)
    assert one.commands == (CommandUse("ask", 6, 3), CommandUse("Yes:view", 1, 0))
    assert len(counter.take()) == 4, "it is saved all the same"


async def test_ten_thousand_users_are_ten_rows(bot: World) -> None:
    await did(bot, *(row("message", "", 100 + number, calls=1) for number in range(3_000)))
    assert len((await usage(sources(bot), clock=bot.clock)).rows) == 10


async def test_without_a_state_file_or_one_that_fails_the_answer_says_so(bot: World) -> None:
    bare = UserSources(activity=ActivityCounter(), redact=redact)
    assert (await usage(bare, clock=bot.clock)).rows == ()
    assert (await user_days(bare, 1, clock=bot.clock)).days == ()

    def broken(connection: sqlite3.Connection, *_: Any) -> None:
        connection.execute("DROP TABLE activity_days")

    await bot.database.run(broken)
    answer = await usage(sources(bot), clock=bot.clock)
    assert "Activity by day are missing" in str(answer.trouble)


@pytest.mark.parametrize(("name", "cost"), [("p/m", 10**6), ("m", None), ("q/m", None), ("", None)])
async def test_a_price_is_found_by_provider_and_model(
    bot: World, name: str, cost: int | None
) -> None:
    costs = sources(bot).costs
    assert costs
    found = costs().cost_of(name, (1, 0, 0))
    assert found == cost
