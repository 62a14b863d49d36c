"""What /debug metrics says of one metric, and what its controls keep."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cogs.debug.features.metrics.actions import Compare, ShowMetric
from cogs.debug.features.metrics.handlers import MetricsHandlers
from cogs.debug.ui import names
from cogs.debug.ui.actions import custom_id
from cogs.debug.ui.reply import DESCRIPTION_MAX, EMBEDS_TOTAL_MAX, Button, Colour, Menu, Reply
from services.debugcog.answers.published import Published, Publisher
from tests.services.answers.world import World, published, reading, world

HOUR = 3600.0
HOSTILE = (
    "@everyone ",
    "```\n# big",
    "\u202egnp.exe",
    "<@1> ||x|| **b**",
    "漢字" * 30,
    "a" * 64,
    "~#",
)


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as made:
        yield made


def handlers(bot: World) -> MetricsHandlers:
    rules = {**published().rules, "response_time": reading("response_time", 3200.0)}

    def take(_: Published | None) -> Published:
        return published(rules=rules)

    return MetricsHandlers(sources=bot.sources, publisher=Publisher(take))


async def shown(bot: World, name: str, by: str = "", compare: Compare = "none") -> Reply:
    return await handlers(bot).find(name, by, "1h", compare)


def text(reply: Reply) -> str:
    (embed,) = reply.embeds
    fields = (f"\n{field.name}\n{field.value}" for field in embed.fields)
    return f"{embed.title}\n{embed.description}{''.join(fields)}"


async def test_a_timer_is_told_with_its_rule_and_the_window_before(bot: World) -> None:
    bot.run(HOUR, step=10.0, total_response_time=1000.0)
    bot.run(HOUR, step=10.0, total_response_time=3000.0)
    reply = await shown(bot, "total_response_time")
    assert (
        text(reply)
        == """\
total_response_time · last 1 hour
**361** calls · 6.02 per minute
average **2.99 s** ⚠️ · p50 **3 s** · p95 **3 s** · p99 **3 s** · max **3 s** · last **3 s**
Alert rules that read it
⚠️ Response time reads **3.2 s** · warning from 3 s, critical from 5 s
Compared with the window before
per minute **6.02**, was 5.98: about the same
average **2.99 s**, was 1 s: 199 % more (+1.99 s)
p95 **3 s**, was 1 s: 200 % more (+2 s)
-# <t:1800000000:t> to <t:1800003600:t>
Compared with yesterday
No data yesterday."""
    )
    assert reply.embeds[0].colour is not None
    assert reply.embeds[0].colour.value == Colour.WARNING.value


async def test_a_metric_by_label_is_a_table_that_a_phone_does_not_wrap(bot: World) -> None:
    for model, value in (("claude-sonnet-4-5-20250929", 4210.0), ("gpt-4o-mini", 812.0)):
        bot.metrics.record("llm_generation", value, model=model)
    bot.run(60.0)
    reply = await shown(bot, "llm_generation", "model")
    assert (
        "```" + text(reply).split("```")[1]
        == """\
```
calls bad    p50    p95    max
claude-sonnet-4-5-20250929
    1   0 4.21 s 4.21 s 4.21 s
gpt-4o-mini
    1   0 812 ms 812 ms 812 ms
"""
    )


async def test_a_bot_that_has_recorded_nothing_is_told_so(bot: World) -> None:
    assert "Nothing has been recorded yet." in text(await shown(bot, "llm_generation"))
    bot.run(HOUR, api_calls=1)
    bot.run(2 * HOUR)
    assert "Nothing was recorded in this window." in text(await shown(bot, "api_calls"))


async def test_what_is_not_there_is_named_with_what_is(bot: World) -> None:
    bot.metrics.record("llm_generation", 1.0, model="m")
    bot.metrics.fold()
    unknown = await shown(bot, "llm_tokens")
    assert "No metric is called `llm_tokens`. Perhaps `llm_generation`?" in text(unknown)
    label = await shown(bot, "llm_generation", "@everyone")
    assert "It has no label `@\u200beveryone`: its labels are `model`." in text(label)


@pytest.mark.parametrize("evil", HOSTILE)
async def test_names_and_values_of_strangers_neither_mark_up_nor_mention(
    bot: World, evil: str
) -> None:
    for number in range(150):
        bot.metrics.record("llm_generation", 1e90, model=f"{evil}{number}"[-64:])
    bot.run(60.0)
    for reply in (await shown(bot, "llm_generation", "model"), await shown(bot, evil, evil)):
        (embed,) = reply.embeds
        assert len(embed) <= EMBEDS_TOTAL_MAX
        assert len(embed.description or "") <= DESCRIPTION_MAX
        assert "@everyone" not in text(reply)
        assert text(reply).count("```") in (0, 2)


async def test_controls_keep_the_longest_names(bot: World) -> None:
    name, label = "m" * 64, "b" * 64
    bot.metrics.record(name, 1.0, **{label: "x"})
    bot.run(60.0)
    reply = await shown(bot, name, label, "yesterday")
    refresh = next(
        one for one in reply.controls if isinstance(one, Button) and one.label == "Refresh"
    )
    assert isinstance(refresh.action, ShowMetric)
    assert len(custom_id(refresh.action)) <= 100
    again = await handlers(bot).show(refresh.action)
    assert text(again) == text(reply)
    assert names.written("short") == "short"


async def test_the_labels_are_offered_in_a_menu_and_in_the_option(bot: World) -> None:
    bot.metrics.record("llm_generation", 1.0, model="m", provider="p")
    bot.metrics.fold()
    reply = await shown(bot, "llm_generation", "model")
    menus = [one for one in reply.controls if isinstance(one, Menu)]
    assert [(one.label, one.chosen) for one in menus[1].options] == [
        ("All together", False),
        ("By model", True),
        ("By provider", False),
    ]
    assert await handlers(bot).labels("llm_generation", "PRO") == [("provider", "provider")]
    assert await handlers(bot).names("llm") == [
        ("llm_generation · average 1 ms in 5 minutes", "llm_generation")
    ]
