"""What runs inside of a call belongs to it, whichever task or thread it runs in."""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

import pytest

from services.debugcog.calls.call import ServiceSum, Span
from services.debugcog.calls.running import ACTIVE, SERVICES_MAX, SPANS_MAX, Running
from services.debugcog.metrics import MetricsService
from services.debugcog.tracing import traced


@pytest.fixture
def metrics() -> Iterator[MetricsService]:
    service = MetricsService(fold_interval=None)
    yield service
    service.close()


@contextmanager
def running() -> Iterator[Running]:
    """Let a call run in this task."""
    call = Running(perf_counter())
    call.begin(perf_counter())
    token = ACTIVE.set(call)
    try:
        yield call
    finally:
        ACTIVE.reset(token)


def told(call: Running) -> list[tuple[str, str, bool, int]]:
    spans, _ = call.finish()
    return [(span.service, span.detail, span.failed, span.lane) for span in spans]


async def test_timers_belong_to_the_call_that_runs(metrics: MetricsService) -> None:
    with metrics.timer("before"):
        pass
    with running() as call:
        with metrics.timer("llm_generation", model="small"), metrics.timer("database_query"):
            pass
        with pytest.raises(KeyError), metrics.timer("cache"):
            raise KeyError
        with metrics.timer("command", command="ask"):
            pass
    assert told(call) == [
        ("database_query", "", False, 0),
        ("llm_generation", "model=small", False, 0),
        ("cache", "", True, 0),
    ]


async def test_a_span_has_its_start_and_its_length() -> None:
    call = Running(100.0)
    call.begin(100.0)
    call.span("llm", "x", 100.5, 102.0, True)
    call.span("llm", "", 102.0, 102.25, False)
    assert call.finish() == (
        (Span("llm", "x", 500.0, 1500.0, True, 0), Span("llm", "", 2000.0, 250.0, False, 0)),
        (ServiceSum("llm", 2, 1, 1750.0, 1500.0),),
    )


async def test_tasks_and_threads_of_a_call_have_lanes_of_their_own(metrics: MetricsService) -> None:
    both = asyncio.Barrier(2)

    async def part(name: str) -> None:
        with metrics.timer(name):
            await both.wait()

    def in_thread() -> None:
        with metrics.timer("render"):
            pass

    with running() as call:
        await asyncio.gather(part("llm"), part("tts"))
        await asyncio.to_thread(in_thread)
        bare = threading.Thread(target=in_thread)  # it has a context of its own
        bare.start()
        bare.join()
    lanes = {service: lane for service, _, _, lane in told(call)}
    assert sorted(lanes) == ["llm", "render", "tts"]
    assert sorted(lanes.values()) == [1, 2, 3]


async def test_what_goes_on_after_the_end_of_a_call_is_not_a_part_of_it(
    metrics: MetricsService,
) -> None:
    ended = asyncio.Event()

    async def background() -> None:
        with metrics.timer("later"):
            await ended.wait()

    with running() as call:
        task = asyncio.create_task(background())
        await asyncio.sleep(0)
        assert call.finish() == ((), ())
    ended.set()
    await task
    assert call.is_empty


class Service:
    @traced("user_profiles")
    async def get_profile(self, user_id: int) -> int:
        return user_id

    @traced("voice")
    def play(self) -> str:
        raise ValueError("silence")

    @traced("stream")
    async def parts(self) -> AsyncIterator[int]:
        yield 1


async def test_traced_services_are_parts_of_a_call_at_any_level() -> None:
    service = Service()
    with running() as call:
        assert await service.get_profile(123) == 123
        with pytest.raises(ValueError, match="silence"):
            service.play()
        assert [one async for one in service.parts()] == [1]
    assert told(call) == [
        ("user_profiles", "get_profile", False, 0),
        ("voice", "play", True, 0),
    ]


async def test_spans_and_services_are_bounded_and_all_are_added_up() -> None:
    call = Running(0.0)
    call.begin(0.0)
    for _ in range(SPANS_MAX + 40):
        call.span("database", "", 0.0, 0.001, False)
    for number in range(SERVICES_MAX + 5):
        call.span(f"s{number}", "", 0.0, 0.001, False)
    spans, sums = call.finish()
    assert (len(spans), call.left_out) == (SPANS_MAX, 40 + SERVICES_MAX + 5)
    found = {one.service: one.calls for one in sums}
    assert (found["database"], found["other"], len(found)) == (100, 6, SERVICES_MAX + 1)


async def test_tokens_are_counted_for_the_call_by_model(metrics: MetricsService) -> None:
    metrics.record("tokens_input", 7)
    with running() as call:
        metrics.record("tokens_input", 100, model="small", provider="ollama")
        metrics.record("tokens_input", 50, model="small", provider="ollama")
        metrics.record("tokens_output", 20)
        metrics.record("tokens_output", 5)
        metrics.record("memory_usage_mb", 512.0)
        hostile: list[Any] = [math.nan, math.inf, -3, 1e300, "many"]
        for value in hostile:
            metrics.record("tokens_cached", value)
            metrics.record("tokens_cached", value, model="small")
    metrics.record("tokens_output", 5)
    assert call.tokens == {("ollama/small", 0): 150, ("", 1): 25}
    assert metrics.summary("tokens_input").total == 157
    assert metrics.summary("tokens_output").total == 30
