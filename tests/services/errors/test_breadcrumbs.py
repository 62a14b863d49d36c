"""The last log lines of a task or thread, formatted only when an error wants them."""

from __future__ import annotations

import asyncio
import gc
import logging
import math
import re
import threading
import weakref
from typing import Any

import pytest

from services.debugcog.errors.breadcrumbs import (
    LINE_MAX,
    LINES_MAX,
    TRAIL_MAX,
    Breadcrumbs,
    current_key,
)
from services.debugcog.redaction.redactor import redact


def record(
    text: object, *arguments: object, level: int = logging.INFO, logger: str = "host"
) -> logging.LogRecord:
    return logging.LogRecord(logger, level, "x.py", 1, text, arguments, None)


def lines(trail: Breadcrumbs) -> list[str]:
    return [crumb.text(redact)[9:] for crumb in trail.of(current_key())]


def test_a_line_has_time_level_logger_and_message_without_secrets() -> None:
    trail = Breadcrumbs()
    trail.add(record("login of %s with password=%s", "mia", "hunter2x"))

    (crumb,) = trail.of(current_key())
    assert re.fullmatch(
        r"\d\d:\d\d:\d\d \[INFO\] host: login of mia with password=\[redacted\]",
        crumb.text(redact),
    )


def test_a_coloured_level_is_shown_by_its_plain_name() -> None:
    made, trail = record("late"), Breadcrumbs()
    made.levelname = "\x1b[32mINFO\x1b[0m"
    trail.add(made)

    assert [crumb.level for crumb in trail.of(threading.get_ident())] == ["INFO"]


async def test_each_task_and_each_thread_has_its_own() -> None:
    trail = Breadcrumbs()
    found: dict[str, list[str]] = {}

    async def work(name: str) -> None:
        trail.add(record("begin %s", name))
        await asyncio.sleep(0)
        trail.add(record("end %s", name))
        found[name] = lines(trail)

    def elsewhere() -> None:
        trail.add(record("thread"))
        found["thread"] = lines(trail)

    await asyncio.gather(work("a"), work("b"))
    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()

    assert found == {
        "a": ["[INFO] host: begin a", "[INFO] host: end a"],
        "b": ["[INFO] host: begin b", "[INFO] host: end b"],
        "thread": ["[INFO] host: thread"],
    }


def test_debug_lines_and_those_of_discord_below_warning_stay_out() -> None:
    trail = Breadcrumbs()
    trail.add(record("content", level=logging.DEBUG))
    trail.add(record("content", logger="discord.gateway"))
    trail.add(record("reconnect", level=logging.WARNING, logger="discord.gateway"))
    trail.add(record("a host's own", logger="discord_bot"))

    assert lines(trail) == [
        "[WARNING] discord.gateway: reconnect",
        "[INFO] discord_bot: a host's own",
    ]


def test_only_the_last_lines_are_given_and_only_so_many_are_held() -> None:
    trail = Breadcrumbs()
    for number in range(TRAIL_MAX + 50):
        trail.add(record("%d", number))

    assert lines(trail) == [
        f"[INFO] host: {number}" for number in range(TRAIL_MAX + 50 - LINES_MAX, TRAIL_MAX + 50)
    ]
    assert len(trail._trail) == TRAIL_MAX


def test_a_long_line_is_cut_and_line_breaks_are_taken_out() -> None:
    trail = Breadcrumbs()
    trail.add(record("one\ntwo"))
    trail.add(record("x" * 1_000))

    first, second = lines(trail)
    assert first == "[INFO] host: one two"
    assert second == "[INFO] host: " + "x" * (LINE_MAX - 1) + "…"


@pytest.mark.parametrize("created", ["now", math.nan, 1e30], ids=repr)
def test_a_line_without_a_time_is_shown_all_the_same(created: Any) -> None:
    trail, made = Breadcrumbs(), record("late")
    made.created = created
    trail.add(made)
    (crumb,) = trail.of(current_key())
    assert crumb.text(redact) == "--:--:-- [INFO] host: late"


def test_a_line_that_cannot_be_formatted_says_so() -> None:
    trail = Breadcrumbs()
    trail.add(record("%d", "no number"))

    assert lines(trail) == ["[INFO] host: %d (arguments do not fit: 'no number')"]


def test_what_users_wrote_is_taken_out_also_where_a_line_cuts_it_off() -> None:
    trail = Breadcrumbs()
    story = "my dog is called Bello and he bites the postman every day"
    for text in ("", "short", story, " another secret wish "):
        trail.texts.add(text)

    assert trail.without_texts(f"asked: {story}!") == "asked: [user's text]!"
    assert trail.without_texts(f"asked: {story[:40]}...") == "asked: [user's text]..."
    assert trail.without_texts("a short line") == "a [user's text] line"
    assert trail.without_texts("'another secret wish'") == "'[user's text]'"
    assert trail.without_texts("ANOTHER SECRET WISH") == "[user's text]"


def test_a_short_text_of_a_user_is_taken_out_as_a_word_and_a_very_short_one_stays() -> None:
    trail = Breadcrumbs()
    for text in ("hunter2", "hey", "a"):
        trail.texts.add(text)
    assert trail.without_texts("asked: Hunter2, hey") == "asked: [user's text], hey"
    assert trail.without_texts("hunter20 asks") == "hunter20 asks"


def test_a_line_tells_what_its_arguments_were() -> None:
    trail = Breadcrumbs()
    state = {"queue": [1, 2]}
    trail.add(record("state %s of %d", state, 5))
    state["queue"].clear()

    assert lines(trail) == ["[INFO] host: state {'queue': [1, 2]} of 5"]


def test_no_argument_and_no_long_text_is_kept_alive() -> None:
    trail = Breadcrumbs()

    class Picture:
        def __str__(self) -> str:
            return "picture"

    watched = []
    for _ in range(20):
        picture = Picture()
        watched.append(weakref.ref(picture))
        trail.add(record("decoded %s", picture))
        trail.add(record("%s", "x" * 5_000_000))
    del picture
    gc.collect()

    assert [one() for one in watched] == [None] * 20
    assert sum(len(str(crumb.message)) for crumb in trail._trail) < 20 * 10_000


def test_a_secret_on_the_border_of_what_is_kept_is_not_shown_in_half() -> None:
    trail = Breadcrumbs()
    secret = "s" * 5_000
    trail.add(record(f"<{secret}>" * 100))

    (crumb,) = trail.of(current_key())
    assert crumb.text(lambda text: text.replace(f"<{secret}>", ""))[9:] == "[INFO] host: …"


async def test_neither_an_exception_nor_a_task_is_kept_alive() -> None:
    trail = Breadcrumbs()

    class Heavy(Exception):  # noqa: N818 - a name
        pass

    async def work() -> weakref.ref[Heavy]:
        error = Heavy()
        line = record("x")
        line.exc_info = (Heavy, error, None)
        trail.add(line)
        return weakref.ref(error)

    async def in_a_task() -> tuple[weakref.ref[Heavy], weakref.ref[asyncio.Task[object]]]:
        task: asyncio.Task[object] = asyncio.create_task(work())
        await asyncio.wait({task})
        error = task.result()
        assert isinstance(error, weakref.ref)
        return error, weakref.ref(task)

    error, watched = await in_a_task()
    await asyncio.sleep(0)
    gc.collect()

    assert error() is None
    assert watched() is None
