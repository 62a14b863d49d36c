from __future__ import annotations

from services.debugcog.answers.figure import Figure
from services.debugcog.answers.traffic import (
    ActiveUsers,
    Messages,
    active_users,
    amount_between,
    message_points,
    messages,
)
from services.debugcog.timeseries.snapshot import Point
from tests.services.answers.world import START, World

HOUR, DAY = 3600.0, 86_400.0


class People:
    """Ten users and a hundred messages per hour, one less the day before."""

    def active_users(self, start: float, end: float) -> int:
        return 10 + round((end - START) / DAY)

    def messages(self, start: float, end: float) -> int:
        return 100 + round((end - START) / DAY)


def test_users_and_messages_are_those_of_the_hour_and_of_the_same_hour_yesterday(
    bot: World,
) -> None:
    bot.run(DAY + HOUR, step=600)
    now = bot.clock.now
    assert active_users(People(), bot.metrics, now) == ActiveUsers(Figure(11), Figure(10))
    assert messages(People(), bot.metrics, now) == Messages(Figure(101), Figure(100))


def test_without_a_source_nobody_knows_the_users(bot: World) -> None:
    assert active_users(None, bot.metrics, START) == ActiveUsers(Figure(None), Figure(None))
    assert messages(None, bot.metrics, START) == Messages(Figure(None), Figure(None))


def test_messages_come_from_the_hosts_counter_where_it_counts_them(bot: World) -> None:
    bot.run(HOUR, step=60, messages_processed=1)
    bot.run(23 * HOUR, step=600)
    bot.run(HOUR, step=60, messages_processed=2)
    found = messages(People(), bot.metrics, bot.clock.now)
    assert found == Messages(Figure(120), Figure(59)), "the 60th came at the full hour, in the next"
    assert message_points(People(), bot.metrics, (), HOUR) == bot.metrics.points(
        "messages_processed", HOUR
    )


def test_the_chart_of_messages_has_those_of_the_tile(bot: World) -> None:
    bot.run(180)
    alive = bot.metrics.points("event_loop_lag_ms", HOUR)
    found = message_points(People(), bot.metrics, alive, HOUR)
    assert [(point.time - START, point.count, point.width) for point in found] == [
        (0, 100, 60),
        (60, 100, 60),
        (120, 100, 60),
        (180, 100, 60),
    ]
    assert message_points(None, bot.metrics, alive, HOUR) == ()


def test_a_day_that_the_bot_has_not_seen_is_not_known(bot: World) -> None:
    bot.run(2 * HOUR, step=60, messages_processed=1)
    assert messages(None, bot.metrics, bot.clock.now).yesterday == Figure(None)


def test_nor_are_the_users_of_a_day_on_which_the_bot_did_not_run(bot: World) -> None:
    bot.run(2 * HOUR, step=60)
    now = bot.clock.now
    assert active_users(People(), bot.metrics, now) == ActiveUsers(Figure(10), Figure(None))
    assert messages(People(), bot.metrics, now) == Messages(Figure(100), Figure(None))


def test_of_a_bucket_at_the_edge_the_part_within_counts() -> None:
    points = [Point(START + HOUR * n, 60, 0.0, 0.0, 0.0, 0.0, HOUR) for n in range(3)]
    assert amount_between(points, START + HOUR / 2, START + 1.5 * HOUR) == 60
    assert amount_between(points, START + HOUR, START + 1.25 * HOUR) == 15
    assert amount_between(points, START - 1, START + HOUR) is None
    assert amount_between((), START, START + HOUR) is None
