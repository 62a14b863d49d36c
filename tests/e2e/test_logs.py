"""The admin reads the log in Discord: pages, around a time or an error, a file, a stream."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from discord.ext import commands

from cogs.debug.features.logs.reply import zone
from discord_sandbox.people.runs import Run
from services.debugcog.errors.records import ErrorGroup
from services.debugcog.logs import Logging, setup_logging
from services.debugcog.settings import load
from tests.discord_bot import running
from tests.e2e.conftest import Home, Host, registered

LOGGER = "shop.tts"
OLD = time.mktime(time.strptime("2026-11-23 03:12:00", "%Y-%m-%d %H:%M:%S"))


def old(number: int) -> str:
    """Write a record of an earlier day, one for each second."""
    stamp = time.strftime("%Y-%m-%d %H:%M:%S,000", time.localtime(OLD + number))
    if number == 90:
        below = "  Traceback (most recent call last):\n  TimeoutError: no answer\n"
        return f"{stamp} [ERROR] shop.tts: Failed to speak\n{below}"
    return f"{stamp} [INFO] shop.chat: order {number}\n"


@pytest.fixture
def logs(environment: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Logging]:
    """Three files: two of an earlier day, and the one that is written now."""
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "bot.log.2").write_text("".join(map(old, range(60))))
    (folder / "bot.log.1").write_text("".join(map(old, range(60, 120))))
    handle = setup_logging(load())
    yield handle
    handle.close()


async def ask(home: Home, **options: object) -> Run:
    run = await home.sandbox.run_command(home.owner, home.channel, "debug logs", options)
    return await run.wait(lambda run: run.message and run.message.embeds)


async def press(home: Home, run: Run, label: str, until: str) -> Run:
    pressed = await home.sandbox.click(home.owner, run.message, label)
    return await pressed.wait(lambda run: until in text_of(run))


def text_of(run: Run) -> str:
    """Return what is shown, its times of day replaced."""
    assert run.message
    text = re.sub(r"^(▶ )?\d\d:\d\d:\d\d", r"\1TIME", run.message.text, flags=re.MULTILINE)
    return re.sub(r"<t:\d+:(\w)>", r"<\1>", text)


def buttons(run: Run) -> list[str]:
    assert run.message
    found = (one for row in run.message.components for one in row["components"])
    return [one["label"] for one in found]


async def test_the_lines_of_a_logger_are_shown_newest_last_with_their_traceback(
    home: Home, logs: Logging, host: Host
) -> None:
    logger = logging.getLogger(LOGGER)
    logger.info("Said %d words", 12)
    try:
        raise TimeoutError("no `voice`")
    except TimeoutError:
        logger.exception("Failed to speak")
    assert logs.flush()
    day = time.strftime("%d %b %Y")
    run = await ask(home, logger=LOGGER, search="speak")
    shown = re.sub(r'    File "[^\n]+\n', "    File …\n", text_of(run))
    assert shown == (
        "Log\n"
        "logger `shop.tts` · with `speak`\n"
        "```\n"
        "TIME ERROR shop.tts: Failed to speak\n"
        "  Traceback (most recent call last):\n"
        "  TimeoutError: no answer\n"
        f"— {day} —\n"
        "TIME ERROR shop.tts: Failed to speak\n"
        "  Traceback (most recent call last):\n"
        "    File …\n"
        '      raise TimeoutError("no \u02cbvoice\u02cb")\n'
        "  TimeoutError: no \u02cbvoice\u02cb\n"
        "```\n"
        "2 records · <f> to <f>\n"
        f"bot.log and 2 older files · times in the block: {zone()}"
    )


async def test_pages_go_back_over_the_rotated_files_and_on_again(
    home: Home, logs: Logging, host: Host
) -> None:
    run = await ask(home, logger="shop.chat")
    assert "order 119" in text_of(run)
    older = await press(home, run, "◀ Older", "order 0\n")
    assert buttons(older) == ["Newer ▶", "Newest", "Download", "Follow"]
    assert "order 119" not in text_of(older)
    newer = await press(home, older, "Newer ▶", "order 119\n")
    back = await home.sandbox.click(home.owner, newer.message, "Newest")
    await back.wait(lambda run: buttons(run) == ["◀ Older", "Refresh", "Download", "Follow"])


async def test_lines_around_a_time_are_shown_with_the_first_one_from_then_on_marked(
    home: Home, logs: Logging, host: Host
) -> None:
    run = await ask(home, around="2026-11-23 03:13:10", level="INFO")
    assert "\nTIME INFO shop.chat: order 69\n▶ TIME INFO shop.chat: order 70\n" in text_of(run)
    same = await ask(home, around=f"<t:{OLD + 70:.0f}:R>")
    assert "▶ TIME INFO shop.chat: order 70\n" in text_of(same)
    errors = await ask(home, around="2026-11-23 03:13:10", level="ERROR")
    assert "▶ TIME ERROR shop.tts: Failed to speak\n" in text_of(errors)
    wider = await press(home, errors, "All levels", "order 69\n")
    assert "▶ TIME INFO shop.chat: order 70\n" in text_of(wider)


async def only_group(host: Host) -> ErrorGroup:
    store = host.cog.runtime.errors.store
    while True:
        for group in await store.groups():
            return group
        await asyncio.sleep(0.01)


async def test_around_an_error_its_line_is_marked_and_errors_are_offered(
    home: Home, logs: Logging, host: Host
) -> None:
    @host.command()
    async def speak(_: commands.Context[Host]) -> None:
        raise TimeoutError("no answer from the voice")

    logging.getLogger(LOGGER).info("just before")
    await home.sandbox.say(home.owner, home.channel, "!speak")
    group = await only_group(host)
    assert group.event
    assert logs.flush()
    for name in (group.id, group.event.id, group.event.id.lower()):
        run = await ask(home, around=name)
        found = re.search(r"^▶ .*\n(?:  .*\n)*", text_of(run), re.MULTILINE)
        assert found, text_of(run)
        assert "TimeoutError: no answer from the voice\n" in found[0]
        assert "shop.tts: just before\n" in text_of(run)
    again = await press(home, run, "Download", "records, ")
    assert "▶ " in text_of(again)
    offered = await home.sandbox.autocomplete(
        home.owner, home.channel, "debug logs", option="around", value=""
    )
    assert [one["value"] for one in offered] == [group.id]
    assert "ago · TimeoutError: no answer from the voice · " in offered[0]["name"]


async def test_the_download_has_every_record_that_is_asked_for_and_no_secret(
    home: Home, logs: Logging, host: Host, tmp_path: Path
) -> None:
    with (tmp_path / "logs" / "bot.log.2").open("a") as file:
        file.write(f"{old(59)[:24]}[INFO] shop.chat: token {home.sandbox.token}\n")
    run = await ask(home, logger="shop.chat")
    again = await press(home, run, "Download", "records, ")
    assert again.message
    (file_sent,) = again.message.attachments
    expected = [old(number) for number in range(120) if number != 90]
    expected.insert(60, f"{old(59)[:24]}[INFO] shop.chat: token [redacted]\n")
    assert file_sent.data.decode() == "".join(expected)
    assert again.message.content == f"120 records, <t:{OLD:.0f}:f> to <t:{OLD + 119:.0f}:f>."
    assert "order 119" in text_of(again)


async def test_what_is_no_time_no_error_and_no_expression_is_refused_with_what_is_accepted(
    home: Home, logs: Logging, host: Host
) -> None:
    assert text_of(await ask(home, around="banana")) == (
        "That is no time. Accepted are 03:12 or 2026-11-27 03:12 (by the clock of the bot's "
        "machine, or with UTC behind it), 2 hours ago, a timestamp of Discord, or the id of an "
        "error such as E-7K3Q9D."
    )
    assert text_of(await ask(home, around="E-AAAAAA")) == (
        "No error is known as E-AAAAAA. It may have been deleted by now; /debug errors lists what "
        "is kept."
    )
    assert text_of(await ask(home, search="/[/")) == (
        "The regular expression cannot be used: unterminated character set at position 0."
    )


async def test_an_expression_searches_all_files(home: Home, logs: Logging, host: Host) -> None:
    run = await ask(home, search="/ORDER (5|115)$/i")
    assert [line for line in text_of(run).splitlines() if line.startswith("TIME")] == [
        "TIME INFO shop.chat: order 5",
        "TIME INFO shop.chat: order 115",
    ]


async def test_nothing_found_says_what_was_searched(
    home: Home, logs: Logging, host: Host, tmp_path: Path
) -> None:
    assert logs.flush()  # the first lines make the file
    run = await ask(home, search="no such thing", level="CRITICAL")
    assert re.sub(r"\([\d.]+ KB\)", "(SIZE)", text_of(run)).startswith(
        "Log\n"
        "**CRITICAL** · with `no such thing`\n"
        "Nothing found in 3 files, `bot.log` to `bot.log.2` (SIZE), back to <f>.\n"
        "More may show with **All levels**, or fewer options: `search` looks in message, logger "
        "and traceback."
    )
    await home.sandbox.click(home.owner, run.message, "Refresh")
    assert logs.flush()
    again = await ask(home, search="no such thing")
    assert "Nothing found in 3 files" in text_of(again)
    expression = await ask(home, search="/no SUCH thing/i")
    assert "Nothing found in 3 files" in text_of(expression)


async def test_a_stream_shows_lines_as_they_are_written_until_it_is_stopped(
    home: Home, logs: Logging, host: Host
) -> None:
    run = await ask(home, follow=True, logger=LOGGER)
    assert "No line yet." in text_of(run)
    logging.getLogger(LOGGER).warning("first `new` one")
    logging.getLogger("shop.chat").warning("of another logger")
    await run.wait(lambda run: "TIME WARNING shop.tts: first \u02cbnew\u02cb one\n" in text_of(run))
    assert "another" not in text_of(run)
    assert "live until " in text_of(run)
    stopped = await press(home, run, "Stop", "Live ended at ")
    assert buttons(stopped) == ["Show pages", "Follow"]
    again = await press(home, stopped, "Follow", "live until ")
    logging.getLogger(LOGGER).warning("second")
    await again.wait(lambda run: "shop.tts: second\n" in text_of(run))
    pages = await press(home, again, "Show pages", "bot.log and 2 older files")
    assert "live until " not in text_of(pages)


async def test_a_control_works_after_a_restart(
    home: Home, logs: Logging, environment: pytest.MonkeyPatch
) -> None:
    async with running(Host(), home.sandbox):
        await registered()
        run = await ask(home, logger="shop.chat", search="order 1")
    async with running(Host(), home.sandbox):
        await registered()
        await press(home, run, "Refresh", "order 119\n")


async def test_names_of_loggers_are_offered_with_their_levels(
    home: Home, logs: Logging, host: Host
) -> None:
    logging.getLogger(LOGGER)
    offered = await home.sandbox.autocomplete(
        home.owner, home.channel, "debug logs", option="logger", value="shop.t"
    )
    assert [(one["name"], one["value"]) for one in offered] == [("shop.tts · INFO", "shop.tts")]


@pytest.fixture
async def without_file(home: Home, environment: pytest.MonkeyPatch) -> AsyncIterator[Host]:
    environment.setenv("LOG_TO_FILE", "false")
    handle = setup_logging(load())
    async with running(Host(), home.sandbox) as bot:
        await registered()
        yield bot
    handle.close()


async def test_without_a_file_the_lines_in_memory_are_there_from_the_first_look_on(
    home: Home, without_file: Host, tmp_path: Path
) -> None:
    logging.getLogger(LOGGER).warning("before anybody looked")
    without_file.cog.runtime.log_reading.logs.flush()
    run = await ask(home, logger=LOGGER)
    assert "TIME WARNING shop.tts: before anybody looked\n" in text_of(run)
    assert text_of(run).endswith(f"memory · times in the block: {zone()}")
    nothing = await ask(home, search="no such thing")
    assert re.search(
        r"Nothing found in the \d+ records in memory \(`LOG_TO_FILE` is false\), back to <f>\.",
        text_of(nothing),
    )
    assert not (tmp_path / "logs" / "bot.log").exists()
