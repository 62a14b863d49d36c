from __future__ import annotations

from services.debugcog.answers.overview import overview
from services.debugcog.answers.overview_picture import overview_picture
from services.debugcog.charting.picture_spec import alt_text
from services.debugcog.charting.sparklines import SparklinesSpec
from tests.services.answers.world import RULES, START, World, published, reading


async def draw(bot: World, **changes: object) -> SparklinesSpec:
    told = published(**changes)
    return overview_picture(bot.sources, await overview(bot.sources, told, "1h"), told.name)


async def test_a_new_bot_has_tiles_without_lines(bot: World) -> None:
    picture = await draw(bot)

    assert [(tile.label, tile.value_text) for tile in picture.tiles] == [
        ("Command time", "–"),  # noqa: RUF001 - the dash
        ("Errors", "0"),
        ("Messages per hour", "–"),  # noqa: RUF001 - the dash
        ("Memory", "–"),  # noqa: RUF001 - the dash
        ("CPU", "–"),  # noqa: RUF001 - the dash
        ("Loop lag, p99", "–"),  # noqa: RUF001 - the dash
        ("Gateway", "–"),  # noqa: RUF001 - the dash
    ]
    assert {tile.points for tile in picture.tiles} == {()}


async def test_the_tiles_have_the_figures_of_the_answer_and_60_points_at_most(bot: World) -> None:
    bot.run(3600, step=10, messages_processed=2, total_response_time=4000.0, llm_generation=900.0)
    rules = {**RULES, "response_time": reading("response_time", 4000.0)}

    picture = await draw(bot, rules=rules)

    tiles = {tile.label: tile for tile in picture.tiles}
    assert picture.title == "Testbot · last 1 hour"
    assert (tiles["Response time"].value_text, tiles["Response time"].severity) == (
        "4 s",
        "warning",
    )
    assert (tiles["Messages per hour"].value_text, tiles["LLM"].value_text) == ("720", "900 ms")
    assert all(len(tile.points) <= 60 for tile in picture.tiles)
    assert {value for _, value in tiles["Response time"].points} == {4000.0}
    assert {value for _, value in tiles["Messages per hour"].points[1:-1]} == {12.0}
    assert alt_text(picture).startswith(
        "Testbot · last 1 hour: 8 figures. To look at: Response time (warning). "
    )


async def test_a_pause_of_the_bot_is_a_gap(bot: World) -> None:
    bot.run(900, step=10, memory_usage_mb=100.0)
    bot.clock.turn(1200)
    bot.run(900, step=10, memory_usage_mb=100.0)

    (memory,) = (tile for tile in (await draw(bot)).tiles if tile.label == "Memory")

    values = [value for _, value in memory.points]
    assert None in values
    assert set(values) == {100.0, None}
    assert memory.points[0][0] >= START
