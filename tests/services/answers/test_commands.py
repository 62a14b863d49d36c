"""Which commands are slow, fail, or come near 3 s, and why."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from services.debugcog.answers.calls import UNHANDLED, call_line
from services.debugcog.answers.command_rows import CommandRow, command_rows
from services.debugcog.answers.commands import command_names, commands
from services.debugcog.answers.figure import NONE, Figure
from services.debugcog.calls.book import CallBook
from services.debugcog.calls.call import Call, Kind
from services.debugcog.errors.records import Context, ErrorEvent, ErrorGroup
from services.debugcog.errors.tables import add_event, save_group
from services.debugcog.metrics import MetricsService
from services.debugcog.stalls.stall import Stall, StallSummary
from tests.services.answers.world import START, World, published

STALL = Stall(began=START + 0.5, seconds=2.0, function="load", file="bot.py", line=12)


def call(**changes: Any) -> Call:
    """Make a call that took no time."""
    kind: Kind = "slash"
    return Call(**{"id": 1, "kind": kind, "name": "ask", "at": START, "user_id": 7, **changes})


def ms(value: Any) -> Figure:
    return Figure(value, "ms")


async def test_a_row_has_all_figures_of_a_command(bot: World) -> None:
    for value in (100.0, 200.0, 300.0):
        bot.metrics.record("command", value, command="ask")
    for value in (40.0, 60.0):
        bot.metrics.record("acknowledgement", value, handler="ask")
    assert command_rows(bot.metrics, 3600.0) == (
        CommandRow(
            name="ask",
            calls=Figure(3),
            mean=ms(200.0),
            p50=ms(pytest.approx(200.0, rel=0.01)),
            p95=ms(pytest.approx(300.0, rel=0.01)),
            slowest=ms(300.0),
            errors=Figure(0),
            acknowledged=ms(pytest.approx(60.0, rel=0.01)),
            acknowledged_slowest=ms(60.0),
            unacknowledged=Figure(0),
        ),
    )


def timed(metrics: MetricsService, command: str, ms: float, *, fails: bool = False) -> None:
    timer = metrics.timer("command", command=command)
    timer.__enter__()
    timer.__exit__(KeyError if fails else None, None, None)
    metrics.record("command", ms, command=command)


async def test_what_fails_or_comes_near_the_limit_is_first_and_then_what_is_slow(
    bot: World,
) -> None:
    for name, value in (("slow", 900.0), ("fast", 5.0), ("failing", 2.0), ("near", 50.0)):
        timed(bot.metrics, name, value, fails=name == "failing")
    bot.metrics.record("acknowledgement", 2000.0, handler="near")
    bot.metrics.record("acknowledgement", 1999.0, handler="fast")
    bot.metrics.record("interaction", 400.0, handler="Confirm:view")
    bot.metrics.record("acknowledgement", 3500.0, handler="unhandled:component")
    assert [(row.name, row.is_near) for row in command_rows(bot.metrics, 3600.0)] == [
        ("unhandled:component", True),
        ("near", True),
        ("failing", False),
        ("slow", False),
        ("Confirm:view", False),
        ("fast", False),
    ]


async def test_a_command_that_was_never_acknowledged_has_a_row_without_times(bot: World) -> None:
    bot.metrics.record("acknowledgement", 3500.0, handler="unhandled:component")
    (row,) = command_rows(bot.metrics, 3600.0)
    assert (row.calls.text, row.p95.text, row.acknowledged_slowest.text) == ("1", NONE, "3.5 s")


@pytest.mark.parametrize(
    ("changes", "problem", "reason"),
    [
        (
            {"gateway_ms": 2400.0, "code_ms": 10.0},
            "",
            "it took 2.4 s of 2.41 s to reach the bot",
        ),
        (
            {"loop_ms": 2900.0, "code_ms": 110.0, "problem": "unknown"},
            "not acknowledged in time (10062)",
            "the event loop was busy for 2.9 s of 3.01 s, blocked by load (bot.py:12)",
        ),
        (
            {"loop_ms": 100.0, "code_ms": 3100.0, "problem": "unknown"},
            "not acknowledged in time (10062)",
            "its code took 3.1 s of 3.2 s; defer the response first",
        ),
        (
            {"code_ms": 20.0, "problem": "unknown"},
            "not acknowledged in time (10062)",
            "Discord did not know it after only 20 ms: does the bot run twice?",
        ),
        (
            {"code_ms": 20.0, "problem": "twice"},
            "acknowledged twice (40060)",
            "something else has answered it: does the bot run twice?",
        ),
        (
            {"code_ms": 20.0, "problem": "error"},
            "acknowledgement refused",
            "the log has Discord's answer",
        ),
        (
            {"ms": 45.0, "problem": "never"},
            "never acknowledged",
            "the handler ended after 45 ms without an answer",
        ),
        ({"problem": "never", "outcome": "unhandled"}, "never acknowledged", UNHANDLED),
        ({"code_ms": 1999.0}, "", ""),
        ({"kind": "prefix", "ms": 9000.0}, "", ""),
    ],
)
def test_the_reason_names_the_part_that_took_the_time(
    changes: dict[str, Any], problem: str, reason: str
) -> None:
    line = call_line(call(**changes), STALL)
    assert (line.problem, line.reason) == (problem, reason)


def test_a_stall_at_another_time_is_not_blamed() -> None:
    line = call_line(call(loop_ms=2900.0, code_ms=1.0, at=START + 60.0), STALL)
    assert line.reason == "the event loop was busy for 2.9 s of 2.9 s"


def with_calls(bot: World, *calls: Call) -> CallBook:
    book = CallBook()
    for one in calls:
        book.keep(one)
    bot.sources = replace(bot.sources, calls=book, stalls=lambda _: StallSummary(1, False, STALL))
    return book


async def test_one_command_is_shown_with_its_split_its_slowest_calls_and_its_errors(
    bot: World,
) -> None:
    slow = call(id=2, ms=900.0, gateway_ms=60.0, loop_ms=2.0, code_ms=300.0)
    fast = call(id=3, ms=20.0, gateway_ms=40.0, loop_ms=0.0, code_ms=100.0)
    with_calls(bot, slow, fast, call(id=4, name="ask again", ms=5.0))
    bot.metrics.record("command", 900.0, command="ask")
    bot.metrics.record("command", 5.0, command="ask again")
    for fingerprint, context in (
        ("abcd", Context("command", "ask")),
        ("ef01", Context("view", "Outer.ask")),
    ):
        event = ErrorEvent(
            *(f"E-{fingerprint}", START, "KeyError", "'voice'", "", "", fingerprint),
            *(context, "", ()),
        )
        group = ErrorGroup(fingerprint, "KeyError", "", START, START, 1, event=event)
        await bot.database.run(partial(add_event, event=event))
        await bot.database.run(partial(save_group, group=group))
    answer = await commands(bot.sources, published(), "1h", "ask")
    assert answer.details
    assert [row.name for row in answer.rows] == ["ask"]
    assert [one.text for one in answer.details.split] == ["50 ms", "1 ms", "200 ms"]
    assert answer.details.kept == 2
    assert [one.id for one in answer.details.slowest] == [2, 3]
    assert [one.id for one in answer.details.errors] == ["abcd"]
    assert answer.chart.title == "Response time of ask"
    assert [line.label for line in answer.chart.lines] == ["p50", "p95", "max"]
    assert [one.value for one in answer.chart.thresholds] == [3000.0, 5000.0]


async def test_a_part_of_a_name_finds_all_that_have_it_and_the_only_one_in_detail(
    bot: World,
) -> None:
    with_calls(bot, call(id=2, name="play", problem="never"), call(id=3, problem="never"))
    for name in ("ask", "ask again", "play"):
        bot.metrics.record("command", 5.0, command=name)
    found = await commands(bot.sources, published(), "1h", "ASK")
    assert [row.name for row in found.rows] == ["ask", "ask again"]
    assert found.details is None
    assert [one.name for one in found.troubled] == ["ask"]
    one = await commands(bot.sources, published(), "1h", "pla")
    assert one.details
    assert one.details.name == "play"
    assert (await commands(bot.sources, published(), "1h", "none")).rows == ()
    assert await command_names(bot.sources, "again") == ("ask again",)


async def test_the_chart_has_the_worst_three(bot: World) -> None:
    for number in range(1, 6):
        bot.metrics.record("command", 10.0 * number, command=f"c{number}")
    answer = await commands(bot.sources, published(), "1h")
    assert [line.label for line in answer.chart.lines] == ["c5", "c4", "c3"]


async def test_nothing_recorded_is_an_answer_too(bot: World) -> None:
    answer = await commands(bot.sources, published(), "7d")
    assert (answer.rows, answer.troubled, answer.details, answer.trouble) == ((), (), None, None)
