"""What a call spent its time on: its parts in a tree, and the slowest in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from services.debugcog.answers.trace_parts import parts_of, slowest_sentence
from services.debugcog.answers.traces import LISTED, PARTS, names_of, services_of, traces
from services.debugcog.calls.book import CallBook
from services.debugcog.calls.call import Call, Kind, ServiceSum, Span
from tests.services.answers.world import START, World


def span(service: str, start: float, ms: float, lane: int = 0, detail: str = "") -> Span:
    return Span(service, detail, start, ms, False, lane)


def call(*spans: Span, **changes: Any) -> Call:
    """Make a call of 3.9 s with parts."""
    kind: Kind = "prefix"
    names = dict.fromkeys(one.service for one in spans)
    sums = tuple(
        ServiceSum(name, len(mine), 0, sum(one.ms for one in mine), max(one.ms for one in mine))
        for name in names
        for mine in [[one for one in spans if one.service == name]]
    )
    values = {"id": 1, "kind": kind, "name": "ask", "at": START, "ms": 3900.0, "services": sums}
    return Call(**{**values, "spans": spans, **changes})


def tree(one: Call) -> list[tuple[int, str, float, float]]:
    return [(part.depth, part.label, part.start_ms, part.ms) for part in parts_of(one)]


def sentence(one: Call) -> str:
    return slowest_sentence(parts_of(one), one)


def test_parts_of_one_task_are_inside_of_each_other() -> None:
    one = call(
        span("database_query", 60.0, 20.0),
        span("llm_generation", 100.0, 3200.0, detail="model=small"),
        span("total_response_time", 50.0, 3800.0),
    )
    assert tree(one) == [
        (0, "ask", 0.0, 3900.0),
        (1, "response", 50.0, 3800.0),
        (2, "database_query", 60.0, 20.0),
        (2, "LLM · small", 100.0, 3200.0),
    ]
    assert sentence(one) == "LLM took 3.2 s of 3.9 s"


def test_parts_that_ran_at_once_are_beside_each_other() -> None:
    one = call(
        span("gather", 0.0, 3000.0),
        span("llm_generation", 1.0, 2990.0, lane=1),
        span("tts_generation", 2.0, 1000.0, lane=2),
        span("tts_encode", 3.0, 500.0, lane=2),
    )
    assert [(depth, label) for depth, label, *_ in tree(one)] == [
        (0, "ask"),
        (1, "gather"),
        (2, "LLM"),
        (2, "TTS"),
        (3, "tts_encode"),
    ]


def test_an_interaction_begins_where_discord_made_it() -> None:
    one = call(
        span("llm_generation", 0.0, 100.0),
        kind="slash",
        ms=200.0,
        gateway_ms=50.0,
        loop_ms=700.0,
    )
    assert tree(one) == [
        (0, "ask", 0.0, 950.0),
        (1, "gateway", 0.0, 50.0),
        (1, "event loop", 50.0, 700.0),
        (1, "LLM", 750.0, 100.0),
    ]
    assert sentence(one) == "event loop took 700 ms of 950 ms"


def test_many_short_parts_are_one_service_that_took_the_time() -> None:
    queries = [span("database_query", 30.0 * number, 29.0) for number in range(60)]
    one = call(
        *queries, left_out=40, services=(ServiceSum("database_query", 100, 0, 2900.0, 40.0),)
    )
    assert sentence(one) == "database_query took 2.9 s of 3.9 s, in 100 calls"


def test_time_in_no_part_is_said_to_be_untimed() -> None:
    assert sentence(call(span("cache", 0.0, 5.0))) == (
        "3.9 s of 3.9 s were not timed: wrap that code in `metrics.timer`"
    )


def test_parts_of_which_none_took_long_are_not_blamed() -> None:
    spans = [span(f"part{number}", 300.0 * number, 299.0) for number in range(13)]
    assert sentence(call(*spans)) == "No part took much of the 3.9 s"


def kept(bot: World, *calls: Call) -> None:
    book = CallBook()
    for one in calls:
        book.keep(one)
    bot.sources = replace(bot.sources, calls=book)


async def test_the_latest_call_is_shown_and_others_are_to_choose(bot: World) -> None:
    llm, tts = span("llm_generation", 0.0, 3800.0), span("tts_generation", 0.0, 3800.0)
    kept(bot, call(llm, id=1), call(tts, id=2, name="speak"), call(id=3))
    answer = traces(bot.sources)
    assert [(line.call.id, line.slowest) for line in answer.lines] == [
        (2, "TTS took 3.8 s of 3.9 s"),
        (1, "LLM took 3.8 s of 3.9 s"),
    ]
    assert answer.trace
    assert (answer.trace.line.call.name, answer.trace.slowest) == ("speak", 1)
    chosen = traces(bot.sources, call_id=1).trace
    assert chosen
    assert chosen.line.call.id == 1
    by_service = traces(bot.sources, service="llm_generation")
    assert [line.call.id for line in by_service.lines] == [1]
    assert [line.call.id for line in traces(bot.sources, find="SPEAK").lines] == [2]
    by_id = traces(bot.sources, find="1").trace
    assert by_id
    assert by_id.line.call.id == 1
    assert services_of(bot.sources, "tts") == ("tts_generation",)
    assert names_of(bot.sources, "") == ("speak", "ask")


async def test_a_window_leaves_older_calls_out_and_counts_them_but_shows_one_by_its_id(
    bot: World,
) -> None:
    now = bot.sources.clock()
    old = replace(call(span("cache", 0.0, 5.0), id=1), at=now - 7200)
    kept(bot, old, replace(call(span("cache", 0.0, 5.0), id=2), at=now - 60))
    hour = traces(bot.sources, window="1h")
    assert ([line.call.id for line in hour.lines], hour.older) == ([2], 1)
    day = traces(bot.sources, window="24h")
    assert ([line.call.id for line in day.lines], day.older) == ([2, 1], 0)
    chosen = traces(bot.sources, window="5m", call_id=1)
    assert chosen.trace
    assert (chosen.trace.line.call.id, chosen.is_gone) == (1, False)


async def test_a_call_that_is_no_longer_kept_is_said_to_be_gone(bot: World) -> None:
    kept(bot, call(span("cache", 0.0, 5.0), id=1))
    answer = traces(bot.sources, call_id=99)
    assert answer.is_gone
    assert answer.trace
    assert answer.trace.line.call.id == 1


async def test_the_longest_parts_are_drawn_and_the_others_counted(bot: World) -> None:
    spans = [span("query", 10.0 * number, 1.0 + number) for number in range(60)]
    kept(bot, call(*spans, left_out=40))
    trace = traces(bot.sources).trace
    assert trace
    assert len(trace.parts) == PARTS
    assert trace.left_out == 61 - PARTS + 40
    assert [part.ms for part in trace.parts[1:3]] == [32.0, 33.0]


async def test_no_more_calls_are_listed_than_a_menu_holds(bot: World) -> None:
    kept(bot, *(call(span("cache", 0.0, 5.0), id=number) for number in range(1, 60)))
    answer = traces(bot.sources)
    assert (len(answer.lines), answer.total) == (LISTED, 59)


async def test_nothing_recorded_is_an_answer_too(bot: World) -> None:
    answer = traces(bot.sources)
    assert (answer.lines, answer.trace, answer.is_gone) == ((), None, False)
