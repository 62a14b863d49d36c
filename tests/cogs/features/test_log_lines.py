"""Lines of the log in a block of code: short enough for a phone, and hostile text is harmless."""

from __future__ import annotations

import time

import pytest

from cogs.debug.features.logs.lines_block import fitting_around, newest_fitting, oldest_fitting
from services.debugcog.invisible import CONTROLS
from services.debugcog.logfile.line import LogLine

HOSTILE = (
    "```\n@everyone **bold**",
    "\x1b[31mred\x1b[0m \x00 \x9b31m",
    "\u202eright to left\u202c \u2066isolated\u2069 \u200e",
    "<@1> <@&2> <#3> ` `` ```py",
    "two\nlines\r\nand \u2028 more",
    "\ud800 lone surrogate",
    "\t" * 200,
)
NOON = time.mktime(time.strptime("2026-11-23 12:00:00", "%Y-%m-%d %H:%M:%S"))


def line(
    number: int, message: str = "", level: str = "INFO", below: tuple[str, ...] = ()
) -> LogLine:
    return LogLine(NOON + number, level, "demo.chat", message or f"number {number}", below)


def test_the_newest_stand_last_with_time_level_and_logger() -> None:
    fitted = newest_fitting([line(1), line(2, "slow", "WARNING")], 1000)
    assert fitted.text == (
        "```\n12:00:01 INFO demo.chat: number 1\n12:00:02 WARNING demo.chat: slow\n```"
    )
    assert (fitted.first, fitted.end) == (0, 2)


def test_as_many_as_fit_are_shown_from_the_end_that_is_asked_for() -> None:
    lines = [line(number) for number in range(50)]
    newest, oldest = newest_fitting(lines, 300), oldest_fitting(lines, 300)
    assert (newest.first, newest.end) == (45, 50)
    assert (oldest.first, oldest.end) == (0, 5)
    assert len(newest.text) <= 300
    around = fitting_around(lines, 20, 300)
    assert (around.first, around.end) == (18, 23)
    assert "\n▶ 12:00:20 INFO demo.chat: number 20\n" in around.text


@pytest.mark.parametrize("hit", [0, 1])
def test_a_record_at_the_end_is_surrounded_by_what_there_is(hit: int) -> None:
    fitted = fitting_around([line(0), line(1)], hit, 1000)
    assert (fitted.first, fitted.end) == (0, 2)


def test_a_day_is_named_where_it_begins() -> None:
    fitted = newest_fitting([line(0), line(86_400)], 1000)
    assert fitted.text.splitlines()[1:-1] == [
        "12:00:00 INFO demo.chat: number 0",
        "— 24 Nov 2026 —",
        "12:00:00 INFO demo.chat: number 86400",
    ]


def test_a_traceback_stays_with_its_record_and_loses_its_middle() -> None:
    below = tuple(f"frame {number}" for number in range(30))
    fitted = newest_fitting([line(0, "failed", "ERROR", below)], 2000)
    assert fitted.text.splitlines()[1:-1] == [
        "12:00:00 ERROR demo.chat: failed",
        "  frame 0",
        "  frame 1",
        "  … 20 lines …",
        *(f"  frame {number}" for number in range(22, 30)),
    ]


def test_of_a_traceback_the_hosts_own_frames_and_what_they_raised_stay() -> None:
    library = ('  File "/v/site-packages/discord/commands.py", line 9, in call', "    await self")
    below = (
        "Traceback (most recent call last):",
        *library * 4,
        '  File "/bot/boom.py", line 32, in boom',
        '    {}["nope"]',
        "KeyError: 'nope'",
        "The above exception was the direct cause of the following exception:",
        "Traceback (most recent call last):",
        *library * 3,
        "CommandInvokeError: 'boom' failed: KeyError: 'nope'",
    )
    fitted = newest_fitting([line(0, "failed", "ERROR", below)], 2000)
    assert fitted.text.splitlines()[2:-1] == [
        "  … 9 lines …",
        '    File "/bot/boom.py", line 32, in boom',
        '      {}["nope"]',
        "  KeyError: 'nope'",
        "  … 2 lines …",
        *(f"  {one}" for one in library * 3),
        "  CommandInvokeError: 'boom' failed: KeyError: 'nope'",
    ]


def test_a_very_long_line_is_clipped_and_one_that_fills_a_page_is_still_shown() -> None:
    fitted = newest_fitting([line(0, "x" * 10_000)], 1000)
    assert fitted.text == f"```\n12:00:00 INFO demo.chat: {'x' * 274}…\n```"
    huge = line(0, "y" * 8000, "ERROR", tuple("z" * 200 for _ in range(10)))
    fitted = newest_fitting([line(0), huge], 400)
    assert (fitted.first, fitted.end, len(fitted.text)) == (1, 2, 400)


def test_a_line_of_another_form_is_shown_as_it_is() -> None:
    foreign = LogLine(None, "", "", "host: own line")
    assert newest_fitting([foreign], 100).text == "```\nhost: own line\n```"


def test_without_lines_there_is_no_block() -> None:
    assert newest_fitting([], 1000).text == ""


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_neither_ends_the_block_nor_steers_it(text: str) -> None:
    shown = newest_fitting([line(0, text, "ERROR", (text,)), line(1)], 3_600).text
    assert shown.startswith("```\n")
    assert shown.endswith("\n12:00:01 INFO demo.chat: number 1\n```")
    assert "`" not in shown[4:-4]
    assert not CONTROLS.search(shown)
    assert len(shown.splitlines()) == 5
