"""Censuses, tracing and profiles as an admin reads them, with names that try to mark them up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cogs.debug.features.memory.actions import CensusLater, ShowMemory, TakeCensus, Trace
from cogs.debug.features.memory.census_reply import census_reply
from cogs.debug.features.memory.tracing_reply import asking, held
from cogs.debug.features.profile.actions import EndProfile, ShowProfile, StartProfile
from cogs.debug.features.profile.reply import profile_reply, progress_reply
from cogs.debug.ui.reply import DESCRIPTION_MAX, EMBEDS_TOTAL_MAX, Attachment, Button, Menu, Reply
from services.debugcog.answers.allocations import AllocationsAnswer, LineRow
from services.debugcog.answers.census import CensusAnswer, TypeRow
from services.debugcog.answers.figure import Figure
from services.debugcog.answers.profile import FunctionTime, ProfileAnswer
from services.debugcog.charting.flame import FlameSpec, Frame

NOW = 1_800_000_000.0
HOSTILE = "`**@everyone** <@1> \N{RIGHT-TO-LEFT OVERRIDE}```" * 200
PAIR = CensusAnswer(
    objects=Figure(1_416_483),
    rows=(
        TypeRow("bot.chat.Session", True, Figure(1_210), Figure(1_200), Figure(7_200)),
        TypeRow("dict", False, Figure(600), Figure(100), Figure(600)),
    ),
    window="6h",
    older=0,
    between=Figure(600, "s"),
    at=NOW,
    paused=Figure(6.7, "ms"),
    took=Figure(1.1, "s"),
)
HELD = AllocationsAnswer(
    seconds=Figure(600, "s"),
    size=Figure(45.8, "MB"),
    host=Figure(40.0, "MB"),
    rows=(
        LineRow(
            "cogs/chat.py:12",
            "self.seen.append(message)",
            Figure(40.0, "MB"),
            Figure(240.0, "MB"),
            Figure(9_000),
        ),
    ),
    cost=Figure(68.6, "MB"),
    paused=Figure(6.7, "ms"),
)
PROFILE = ProfileAnswer(
    at=NOW,
    seconds=Figure(10.0, "s"),
    busy=Figure(4.0, "s"),
    idle=Figure(60.0, "%"),
    looks=Figure(2_000),
    functions=(
        FunctionTime("Bot.crunch", "cogs/chat.py:12", Figure(50.0, "%"), Figure(50.0, "%")),
        FunctionTime("on_message", "main.py:40", Figure(25.0, "%"), Figure(75.0, "%")),
    ),
    host=Figure(50.0, "%"),
    called=Figure(25.0, "%"),
    other=Figure(25.0, "%"),
    flame=FlameSpec("Time", 4000.0, (Frame("Bot.crunch", 0.0, 1.0, 0, own=True),)),
    speedscope=b"{}",
)


def text(reply: Reply) -> str:
    (embed,) = reply.embeds
    return str(embed.description)


def chosen(reply: Reply) -> tuple[str, object]:
    """Return the name of the first menu, and what stands in it."""
    menu = next(one for one in reply.controls if isinstance(one, Menu))
    return menu.placeholder, next(one.action for one in menu.options if one.chosen)


def actions(reply: Reply) -> list[object]:
    return [one.action for one in reply.controls if isinstance(one, Button)]


def test_two_censuses_name_the_class_of_the_hosts_that_grows_most() -> None:
    reply = census_reply(PAIR, None)
    assert reply.embeds[0].title == "Objects · what grew in 10 min"
    assert text(reply) == (
        "Of your classes, `bot.chat.Session` grows most: **+7,200 per hour**.\n"
        "Counted <t:1800000000:R>. ◆ is a class of yours.\n\n"
        "◆ `bot.chat.Session` **+7,200/h** · +1,200, now 1,210\n"
        "`dict` **+600/h** · +100, now 600"
    )
    assert reply.embeds[0].footer.text == (
        "1,416,483 objects, without texts and numbers · the bot was paused for 6.7 ms; "
        "the count took 1.1 s in a process of its own"
    )
    assert actions(reply) == [TakeCensus("6h"), CensusLater(10, "6h"), ShowMemory("6h")]
    assert chosen(reply) == ("Window", TakeCensus("6h"))


def test_a_single_census_says_how_to_learn_what_grows_and_when_the_next_one_comes() -> None:
    one = replace(PAIR, between=Figure(None, "s"))
    assert text(census_reply(one, None)).splitlines() == [
        (
            "What grows is not known yet: press **Refresh** <t:1800000060:R> or later, "
            "for a second count."
        ),
        "Counted <t:1800000000:R>. ◆ is a class of yours.",
        "",
        "◆ `bot.chat.Session` **1,210**",
        "`dict` **600**",
    ]
    assert text(census_reply(one, NOW + 600)).startswith(
        "The next count comes by itself <t:1800000600:R>: press Refresh then.\n"
    )


def test_a_window_that_is_too_short_for_a_second_count_says_so() -> None:
    one = replace(PAIR, between=Figure(None, "s"), window="5m", older=2)
    assert text(census_reply(one, None)).splitlines()[1] == (
        "A window longer than 5 minutes compares it with 2 earlier counts."
    )


def test_tracing_says_what_it_costs_before_it_begins() -> None:
    assert "11 to 37 times slower" in text(asking("6h"))
    assert [one.label for one in asking("6h").controls if isinstance(one, Button)] == [
        *("Start for 5 min", "Start for 15 min", "Start for 60 min", "Memory")
    ]


def test_the_lines_that_hold_memory_are_told_with_their_source() -> None:
    reply = held(HELD, 290.0, "6h")
    assert text(reply) == (
        "**45.8 MB** in all, 40 MB of it allocated by your lines.\n"
        "**40 MB** `cogs/chat.py:12` · 9,000 blocks · +240 MB/h\n"
        "-# `self.seen.append(message)`"
    )
    assert actions(reply) == [Trace("show", "6h"), Trace("stop", "6h"), ShowMemory("6h")]
    assert reply.embeds[0].footer.text == (
        "stops by itself in 4 min 50 s · tracing takes 68.6 MB · this paused the bot for 6.7 ms"
    )


def test_a_profile_names_the_functions_of_the_host_with_their_share() -> None:
    reply = profile_reply(PROFILE, 10)
    assert text(reply) == (
        "Busy for **4 s**; it waited for 60% of the time, which is left out below.\n"
        "**50%** in your code · 25% in libraries it called · 25% in libraries on their own\n\n"
        "**Your functions**, with the libraries they call:\n"
        "**50%** `Bot.crunch` `cogs/chat.py:12`\n"
        "**25%** `on_message` `main.py:40` (75% with all it calls)\n\n"
        "`profile.speedscope.json` opens on speedscope.app, or with a copy of it on your own "
        "machine."
    )
    assert reply.files == (
        Attachment("profile.speedscope.json", b"{}", "Stacks, for speedscope.app"),
    )
    assert actions(reply) == [StartProfile(10)]
    assert chosen(reply) == ("Length", StartProfile(10))
    assert not reply.progress


def test_an_idle_loop_is_told_as_that() -> None:
    idle = replace(PROFILE, flame=None, speedscope=b"", functions=())
    assert text(profile_reply(idle, 10)) == "The loop had nothing to do for all of the 10 s."
    assert profile_reply(idle, 10).files == ()


def test_progress_is_a_bar_with_a_way_to_stop() -> None:
    reply = progress_reply(10.0, 2.6, 500)
    assert reply.embeds[0].title == "Profile of the event loop · 3 of 10 s"
    assert text(reply) == f"{'▰' * 5}{'▱' * 15}\n500 samples so far; the bot runs as usual."
    assert actions(reply) == [EndProfile(), ShowProfile()]
    assert reply.progress


@pytest.mark.parametrize("kind", ["census", "lines", "profile"])
def test_hostile_names_are_shown_as_they_are_and_fit(kind: str) -> None:
    row = replace(PAIR.rows[0], name=HOSTILE)
    line = replace(HELD.rows[0], place=HOSTILE, source=HOSTILE)
    function = replace(PROFILE.functions[1], name=HOSTILE, place=HOSTILE)
    reply = {
        "census": census_reply(replace(PAIR, rows=(row,) * 15), NOW),
        "lines": held(replace(HELD, rows=(line,) * 10), 290.0, "1h"),
        "profile": profile_reply(replace(PROFILE, functions=(function,) * 10), 10),
    }[kind]
    assert len(text(reply)) <= DESCRIPTION_MAX
    assert len(reply.embeds[0]) <= EMBEDS_TOTAL_MAX
    for bad in ("@everyone", "<@1>", "\N{RIGHT-TO-LEFT OVERRIDE}", "``"):
        assert bad not in text(reply)
