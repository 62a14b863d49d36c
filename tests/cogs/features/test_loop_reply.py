"""Replies of /debug loop: who blocked it, or what it does; pages, a file, Discord's limits."""

from __future__ import annotations

import pytest

from cogs.debug.features.loop.actions import ShowCulprit, ShowLoop
from cogs.debug.features.loop.culprit import culprit_reply
from cogs.debug.features.loop.reply import loop_reply
from cogs.debug.ui.reply import (
    DESCRIPTION_MAX,
    EMBEDS_TOTAL_MAX,
    Button,
    Colour,
    Menu,
    Reply,
)
from services.debugcog.alerting.rules import Severity
from services.debugcog.answers.figure import Figure
from services.debugcog.answers.loop import LoopAnswer, culprits_of
from services.debugcog.answers.metric_figures import EventLoop
from services.debugcog.charting.chart_spec import ChartSpec
from services.debugcog.stalls.stall import Stall, StallSummary

NOW = 1_800_000_000.0
CHART = ChartSpec("Event loop lag", "ms", (), (), (), NOW - 3600, NOW)
SLEPT = Stall(NOW, 1.2, "Shop.close", "shop.py", 7, "`time.sleep`; await it", "shop.py:7 in close")


def answer(*stalls: Stall, **changes: object) -> LoopAnswer:
    values: dict[str, object] = {
        "window": "1h",
        "last": Figure(0.5, "ms"),
        "p50": Figure(0.4, "ms"),
        "p95": Figure(12.0, "ms"),
        "lag": EventLoop(
            Figure(40.0, "ms", Severity.OK), Figure(1200.0, "ms"), Figure(None), StallSummary()
        ),
        "warning": Figure(500.0, "ms"),
        "critical": Figure(3000.0, "ms"),
        "culprits": culprits_of(stalls),
        "blocked": Figure(sum(stall.seconds for stall in stalls), "s"),
        "going_on": None,
        "busy": Figure(3.2, "%"),
        "tasks": Figure(34),
        "sees_c_code": True,
        "enabled": True,
        "chart": CHART,
    }
    return LoopAnswer(**{**values, **changes})  # type: ignore[arg-type] # named by the tests


def text(reply: Reply) -> str:
    return reply.embeds[0].description or ""


def fields(reply: Reply) -> dict[str | None, str | None]:
    return {field.name: field.value for field in reply.embeds[0].fields}


def test_when_all_is_well_it_says_so_and_what_the_loop_does() -> None:
    reply = loop_reply(answer())
    assert reply.embeds[0].title == "Event loop · last 1 hour"
    assert text(reply) == "Nothing has blocked the loop for 0.25 s or longer."
    assert fields(reply) == {
        "Lag ✅": "p99 **40 ms**\nmax 1.2 s\np95 12 ms\np50 400 µs\nlatest 500 µs",
        "Thresholds": "warning 500 ms\ncritical 3 s",
        "Doing": "34 tasks\nbusy 3.2% of the last minute",
    }
    assert reply.embeds[0].colour is not None
    assert reply.embeds[0].colour.value == Colour.GOOD.value
    assert reply.chart == CHART


def test_who_blocked_it_is_named_with_what_helps() -> None:
    earlier = Stall(NOW - 60, 0.5, "Shop.close", "shop.py", 7)
    reply = loop_reply(answer(earlier, SLEPT, Stall(NOW - 9, 0.6)))
    assert text(reply) == (
        "**#1** `Shop.close` (shop.py:7)\n"
        "**1.7 s** in 2 stalls, longest 1.2 s · last <t:1800000000:R>, first <t:1799999940:R>\n"
        "→ `time.sleep`; await it\n"
        "**#2** Unknown: no code was seen in it\n"
        "**600 ms** in 1 stall · last <t:1799999991:R>"
    )
    (menu,) = [
        one for one in reply.controls if isinstance(one, Menu) and one.placeholder != "Window"
    ]
    assert [(option.label, option.description) for option in menu.options] == [
        ("#1 Shop.close", "shop.py:7"),
        ("#2 no code was seen in it", None),
    ]


def test_a_stall_that_goes_on_comes_first_in_red() -> None:
    reply = loop_reply(answer(going_on=SLEPT))
    assert text(reply) == (
        "🔴 **Blocked now.** Blocked by `Shop.close` (shop.py:7) for 1.2 s: `time.sleep`; await it"
    )
    assert reply.embeds[0].colour is not None
    assert reply.embeds[0].colour.value == Colour.CRITICAL.value
    unseen = loop_reply(answer(going_on=Stall(NOW, 2.0)))
    assert text(unseen) == "🔴 **Blocked now.** For 2 s; no code was seen in it"


def test_what_is_not_known_is_said() -> None:
    nothing = EventLoop(Figure(None), Figure(None), Figure(None), StallSummary())
    reply = loop_reply(
        answer(
            lag=nothing,
            enabled=False,
            sees_c_code=False,
            busy=Figure(None, "%"),
            trouble="Marks in charts are missing.",
            warning=Figure(None, "ms"),
            critical=Figure(None, "ms"),
        )
    )
    assert text(reply) == (
        "Metrics are off: `METRICS_ENABLED=false`. Stalls are seen all the same.\n"
        "⚠️ Marks in charts are missing.\n"
        "Nothing has blocked the loop for 0.25 s or longer.\n"
        "Code in C that holds the interpreter, such as a regular expression, is not named here: "
        "that takes Linux, and a bot that runs in the main thread."
    )
    assert fields(reply) == {"Lag": "nothing yet", "Thresholds": "none", "Doing": "34 tasks"}


def test_many_culprits_are_on_pages_the_worst_first() -> None:
    stalls = [Stall(NOW, 1.0 + number, f"f{number}", "shop.py", number) for number in range(60)]
    first = loop_reply(answer(*stalls))
    assert text(first).startswith("**#1** `f59` (shop.py:59)\n")
    assert first.embeds[0].footer.text == "Page 1 of 3, worst first"
    buttons = {one.label: one.action for one in first.controls if isinstance(one, Button)}
    assert buttons == {  # Discord takes no action twice in a message, of a dead button neither
        "Refresh": ShowLoop("1h"),
        "◀ Back": ShowLoop("1h", 4),
        "More ▶": ShowLoop("1h", 2),
    }
    second = loop_reply(answer(*stalls), 2)
    buttons = {one.label: one.action for one in second.controls if isinstance(one, Button)}
    assert buttons == {
        "Refresh": ShowLoop("1h"),
        "◀ Back": ShowLoop("1h", 1),
        "More ▶": ShowLoop("1h", 3),
    }
    (menu,) = [
        one for one in second.controls if isinstance(one, Menu) and one.placeholder != "Window"
    ]
    assert text(second).startswith(f"**{menu.options[0].label.split()[0]}** ")


def test_of_hundreds_the_worst_are_listed_and_the_others_counted() -> None:
    stalls = [Stall(NOW, 1.0 + number, f"f{number}", "shop.py", number) for number in range(300)]
    last = loop_reply(answer(*stalls), 99)
    assert text(last).endswith("\nand 200 more, each shorter in all")
    assert "**#100** " in text(last)


def test_the_details_have_stack_and_times_and_a_file_where_there_are_many() -> None:
    one = answer(SLEPT)
    reply = culprit_reply(one, one.culprits[0].key)
    assert text(reply) == (
        "`Shop.close` (shop.py:7)\n"
        "**1.2 s** in 1 stall · last <t:1800000000:R>\n"
        "→ `time.sleep`; await it\n"
        "```py\nshop.py:7 in close\n```\n"
        "<t:1800000000:f> · 1.2 s"
    )
    assert reply.files == ()
    many = answer(
        *(Stall(NOW + n, 0.5, "f", "shop.py", 1, "", "shop.py:1 in f") for n in range(20))
    )
    reply = culprit_reply(many, many.culprits[0].key)
    assert text(reply).endswith("· 500 ms\nand 8 more stalls, in the file")
    (file,) = reply.files
    assert file.content.decode().splitlines()[0] == "2027-01-15 08:00:19 UTC  500 ms"
    assert file.content.decode().endswith(
        "\n\nStack of the longest, innermost call first:\nshop.py:1 in f\n"
    )


@pytest.mark.parametrize("key", ["", "0badc0de"])
def test_one_that_is_no_longer_in_the_window_is_told(key: str) -> None:
    reply = culprit_reply(answer(SLEPT), key)
    assert text(reply) == "It has not blocked the loop in the last 1 hour."
    assert [one.action for one in reply.controls if isinstance(one, Button)] == [ShowLoop("1h")]


def test_no_reply_is_larger_than_discord_takes_and_hostile_names_are_harmless() -> None:
    stalls = [
        Stall(
            NOW,
            1.0 + number,
            f"{number}`@everyone`**_<@1>\u202e" * 20,
            "[x](https://x.invalid)" * 20,
            1,
            "h" * 400,
            "```\n@everyone\n" * 150,
            "t`@here`" * 30,
        )
        for number in range(300)
    ]
    hostile = answer(*stalls, going_on=stalls[0], trouble="t" * 500)
    for reply in (loop_reply(hostile), culprit_reply(hostile, hostile.culprits[0].key)):
        assert sum(len(embed) for embed in reply.embeds) <= EMBEDS_TOTAL_MAX
        assert len(text(reply)) <= DESCRIPTION_MAX
        assert "@everyone" not in text(reply)
        assert "\u202e" not in text(reply)
    assert ShowCulprit(hostile.culprits[0].key, "24h").argument
