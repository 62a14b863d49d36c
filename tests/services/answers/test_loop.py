"""The event loop's lag is that of /debug metrics, and each stall is laid to its culprit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from services.debugcog.alerting.rules import Severity
from services.debugcog.answers.figure import Figure
from services.debugcog.answers.loop import culprits_of, loop
from services.debugcog.answers.metrics import metrics
from services.debugcog.charting.chart_spec import Mark
from services.debugcog.frozen import frozen
from services.debugcog.stalls.stall import Stall
from tests.services.answers.world import START, published, reading, world


@frozen
class Watch:
    """What a watch knows of the loop."""

    found: tuple[Stall, ...] = ()
    sees_c_code: bool = True
    busy: float | None = 12.5

    def stalls(self, window: float) -> tuple[Stall, ...]:
        return self.found


def slept(began: float, seconds: float) -> Stall:
    return Stall(
        START + began, seconds, "Bot.wait", "bot.py", 7, "`time.sleep`", "bot.py:7 in wait"
    )


def computed(began: float, seconds: float) -> Stall:
    return Stall(START + began, seconds, "count", "bot.py", 90)


async def test_the_figures_are_those_of_the_metrics_in_the_same_moment(tmp_path: Path) -> None:
    async with world(tmp_path) as bot:
        bot.run(300)
        bot.metrics.record("event_loop_lag_ms", 700.0)
        stands = published(rules={"event_loop": reading("event_loop", 700.0)})
        one = await loop(bot.sources, stands, "1h")
        other = await metrics(bot.sources, stands, "1h")
    assert one.lag == other.event_loop
    assert one.lag.p99.severity is Severity.WARNING
    assert one.last == Figure(700.0, "ms")
    assert (one.warning, one.critical) == (Figure(500.0, "ms"), Figure(3000.0, "ms"))
    assert (one.culprits, one.blocked, one.going_on) == ((), Figure(None, "s"), None)
    assert one.tasks == Figure(12)


async def test_before_anything_was_measured_there_are_no_figures(tmp_path: Path) -> None:
    async with world(tmp_path) as bot:
        answer = await loop(bot.sources, published(rules={}), "5m")
    assert [answer.last.text, answer.p50.text, answer.lag.p99.text] == ["–", "–", "–"]  # noqa: RUF001 - a dash
    assert (answer.busy, answer.warning) == (Figure(None, "%"), Figure(None, "ms"))
    assert answer.sees_c_code


async def test_who_blocked_longest_in_all_comes_first_and_is_marked_in_the_chart(
    tmp_path: Path,
) -> None:
    found = (slept(10, 0.5), computed(20, 0.9), slept(30, 0.6), Stall(START + 40, 0.7))
    going_on = Stall(START + 299, 1.0, "now", "bot.py", 1)
    async with world(tmp_path) as bot:
        bot.run(300)
        sources = replace(bot.sources, loop=Watch(found, False), stalled=lambda: going_on)
        answer = await loop(sources, published(), "5m")
    assert [(one.worst.function, one.count, one.seconds) for one in answer.culprits] == [
        ("Bot.wait", 2, 1.1),
        ("count", 1, 0.9),
        ("", 1, 0.7),
    ]
    first = answer.culprits[0]
    assert (first.first, first.last) == (START + 10, START + 30)
    assert first.worst == slept(30, 0.6)
    assert first.stalls == (slept(30, 0.6), slept(10, 0.5))
    assert answer.chart.marks == (
        Mark(START + 10, "#1"),
        Mark(START + 20, "#2"),
        Mark(START + 30, "#1"),
        Mark(START + 40, "#3"),
    )
    assert answer.blocked == Figure(2.7, "s")
    assert answer.going_on == going_on
    assert not answer.sees_c_code


def test_one_function_in_two_threads_is_two_culprits_and_a_key_is_the_same_again() -> None:
    here, there = slept(1, 1.0), replace(slept(2, 1.0), thread="worker")
    one, other = culprits_of((here, there))
    assert (one.worst, other.worst) == (there, here)
    assert one.key != other.key
    assert [again.key for again in culprits_of((here,))] == [other.key]


async def test_hundreds_of_stalls_leave_a_chart_that_can_be_drawn(tmp_path: Path) -> None:
    found = tuple(
        Stall(START + number / 2, 0.3, f"f{number}", "bot.py", number) for number in range(300)
    )
    async with world(tmp_path) as bot:
        bot.run(300)
        answer = await loop(replace(bot.sources, loop=Watch(found)), published(), "5m")
    assert len(answer.culprits) == 300
    assert len(answer.chart.marks) == 8
