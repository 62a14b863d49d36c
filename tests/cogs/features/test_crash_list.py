"""Crashes in /debug alerts and in their notices: what of, when, for how long, with which memory."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

from cogs.debug.features.alerts.actions import ListAlerts, OpenCrash
from cogs.debug.features.alerts.crash_card import crash_details, crash_notice
from cogs.debug.features.alerts.crash_list import crash_lines, crash_menu
from cogs.debug.features.alerts.reply import Board, listing
from cogs.debug.ui.reply import FIELD_VALUE_MAX, Attachment, Button, Option
from services.debugcog.alerting.crash import Crash, Hang

NOW = 1_800_000_000.0
TRACE = """Fatal Python error: Segmentation fault

Current thread 0x00007f0000000002 (most recent call first):
  File "/srv/bot/labbot.py", line 12 in crash
"""
CRASH = Crash(
    started=NOW - 4000,
    last_beat=NOW - 400,
    down=120.0,
    memory_mb=787.0,
    trace="",
    log=("one", "two"),
    number=7,
    cause="out of memory at 787 MB (limit 800 MB)",
    limit_mb=800.0,
    trend="+4.9 GB/h over its last 7 min",
)
BARE = Crash(NOW - 9000, NOW - 8000, 5.0, 300.0, "", number=3)


def test_each_has_its_line_that_begins_with_what_it_died_of() -> None:
    assert crash_lines([CRASH, BARE]) == [
        (
            "💥 out of memory at 787 MB (limit 800 MB) · <t:1799999600:t>, <t:1799999600:R> · "
            "down for 2 min · it ran for 1 h"
        ),
        (
            "💥 cause not known · <t:1799992000:t>, <t:1799992000:R> · down for 5 s · "
            "it ran for 16 min 40 s · last memory 300 MB"
        ),
    ]
    assert crash_lines([]) == []


def test_each_can_be_opened() -> None:
    assert crash_menu([CRASH, BARE]).options == (
        Option(
            "15 Jan 07:53 UTC, down 2 min", OpenCrash(7), "out of memory at 787 MB (limit 800 MB)"
        ),
        Option("15 Jan 05:46 UTC, down 5 s", OpenCrash(3), "cause not known"),
    )


def test_the_notice_says_what_of_how_long_and_since_when_it_is_back() -> None:
    reply = crash_notice("open", json.dumps(asdict(CRASH)), NOW)
    assert reply.content == (
        "🔴 Crashed: out of memory at 787 MB (limit 800 MB), was down 2 min, back since 07:55 UTC"
    )
    (embed,) = reply.embeds
    assert embed.title == "💥 The bot crashed and is back"
    assert embed.description == (
        "**Out of memory at 787 MB (limit 800 MB)**\n"
        "Last sign of life <t:1799999600:f>; down for **2 min**.\n"
        "It had run for 1 h.\n"
        "Last memory: 787 MB of 800 MB; +4.9 GB/h over its last 7 min."
    )
    assert [one.action for one in reply.controls if isinstance(one, Button)] == [
        OpenCrash(7),
        ListAlerts(),
    ]
    assert reply.files == ()


def test_the_notice_of_an_earlier_version_is_rendered_with_its_trace() -> None:
    body = {"started": NOW - 3600, "last_beat": NOW - 120, "down": 120.0, "memory_mb": 1800.0}
    reply = crash_notice("open", json.dumps({**body, "trace": TRACE}), NOW)
    assert reply.content == "🔴 Crashed, was down 2 min, back since 08:00 UTC · last memory 1.76 GB"
    assert reply.files == (Attachment("crash.txt", TRACE.encode(), "stacks at its end"),)


def test_the_details_have_the_last_lines_and_the_stack_it_hung_in() -> None:
    stack = "bot.py:12 in crunch\nbot.py:20 in on_message"
    hung = replace(CRASH, hang=Hang(NOW - 400, 42.0, "crunch (bot.py:12)", stack))
    reply = crash_details(hung)
    (embed,) = reply.embeds
    assert [(field.name, field.value) for field in embed.fields] == [
        ("Last log lines", "```py\none\ntwo\n```")
    ]
    assert reply.files == (
        Attachment("crash.txt", stack.encode(), "stacks at its end"),
        Attachment("last-log.txt", b"one\ntwo\n", "its last lines"),
    )


def test_hostile_and_endless_texts_stay_where_they_belong() -> None:
    hostile = replace(CRASH, cause="`**@everyone** " * 99, log=("a",) * 50 + ("```@here" * 99,) * 9)
    (embed,) = listing(Board((), (), (), (), crashes=[hostile] * 25)).embeds
    (field,) = embed.fields
    assert field.name == "Crashes"
    assert len(field.value or "") <= FIELD_VALUE_MAX
    assert (field.value or "").endswith("more")
    (details,) = crash_details(hostile).embeds
    shown = f"{field.value}{details.description}{details.fields[0].value}"
    assert shown.count("```") == 2
    assert "@everyone" not in shown
    assert "@here" not in shown
    assert len(details.fields[0].value or "") <= FIELD_VALUE_MAX
    assert len(str(crash_notice("open", json.dumps(asdict(hostile)), NOW).content)) <= 400
