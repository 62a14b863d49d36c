"""Replies of /debug logs: what they say, where their controls lead, and Discord's limits."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from cogs.debug.features.logs.actions import DownloadLogs, FollowLogs, ShowLogs
from cogs.debug.features.logs.follow import Follow
from cogs.debug.features.logs.queries import (
    ErrorAt,
    ForgottenError,
    Queries,
    filter_of,
    position_of,
    where_of,
)
from cogs.debug.features.logs.reply import BLOCK_MAX, log_reply, with_file
from cogs.debug.ui.actions import CUSTOM_ID_MAX, Action, custom_id
from cogs.debug.ui.reply import CONTENT_MAX, DESCRIPTION_MAX, Button, Reply
from services.debugcog.answers.log_extract import LogExtract
from services.debugcog.answers.log_page import LATEST, LogPage, Position
from services.debugcog.logfile.filter import LogFilter
from services.debugcog.logfile.line import LogLine
from services.debugcog.logfile.lines import LogLines

NOON = 1_800_000_000.0
LONG = "9" * 20 + "-" + "9" * 15
"""The longest cursor."""


def page(count: int, **changes: object) -> LogPage:
    lines = tuple(
        LogLine(NOON + number, "INFO", "demo.chat", f"number {number} {'x' * 60}")
        for number in range(count)
    )
    places = tuple(f"7-{100 * number}" for number in range(count))
    values: dict[str, object] = {"lines": lines, "places": places, "files": ("bot.log",), "size": 1}
    return LogPage(**{**values, **changes})  # type: ignore[arg-type] # named by the tests


def shown(page: LogPage, wanted: LogFilter = LogFilter(), level_now: str = "DEBUG") -> Reply:  # noqa: B008 - frozen
    return log_reply(page, (wanted, page.position), Queries(), level_now)


def text(reply: Reply) -> str:
    return reply.embeds[0].description or ""


def actions(reply: Reply) -> dict[str, Action]:
    return {one.label: one.action for one in reply.controls if isinstance(one, Button)}


def test_the_latest_page_leads_back_and_nowhere_else() -> None:
    reply = shown(page(3, cursor="7-0"), LogFilter("WARNING", "demo", "boom"))
    assert text(reply).startswith("**WARNING** and above · logger `demo` · with `boom`\n```\n")
    assert actions(reply) == {
        "◀ Older": ShowLogs("demo|boom", 3, "b7-0"),
        "Refresh": ShowLogs("demo|boom", 3),
        "All levels": ShowLogs("demo|boom", 0),
        "Download": DownloadLogs("demo|boom", 3),
        "Follow": FollowLogs("demo|boom", 3),
    }


def test_what_does_not_fit_is_on_the_page_before() -> None:
    reply = shown(page(100))
    assert len(text(reply)) <= DESCRIPTION_MAX
    older = actions(reply)["◀ Older"]
    assert isinstance(older, ShowLogs)
    first = int(older.where.removeprefix("b7-")) // 100
    assert f"number {first} x" in text(reply)
    assert f"number {first - 1} x" not in text(reply)


def test_a_page_further_on_begins_where_the_one_before_ended() -> None:
    reply = shown(page(100, position=Position(kind="after", cursor="7-5")))
    newer = actions(reply)["Newer ▶"]
    assert isinstance(newer, ShowLogs)
    last = int(newer.where.removeprefix("a7-")) // 100
    assert f"number {last} x" in text(reply)
    assert f"number {last + 1} x" not in text(reply)
    assert actions(reply)["◀ Older"] == ShowLogs("", 0, "b7-0")
    assert "Newer ▶" not in actions(shown(page(2, position=Position(kind="after", cursor="7-5"))))


def test_a_download_goes_back_from_the_end_of_a_page_further_on() -> None:
    def downloaded(count: int, cursor: str = "") -> Action:
        position = Position(kind="after", cursor="7-5")
        return actions(shown(page(count, position=position, cursor=cursor)))["Download"]

    assert downloaded(2) == DownloadLogs()
    assert downloaded(2, cursor="7-200") == DownloadLogs("", 0, "b7-200")
    newer = actions(shown(page(100, position=Position(kind="after", cursor="7-5"))))["Newer ▶"]
    assert isinstance(newer, ShowLogs)
    last = int(newer.where.removeprefix("a7-"))
    assert downloaded(100) == DownloadLogs("", 0, f"b7-{last + 100}")


def test_around_a_time_both_ways_lead_on_and_the_download_takes_both() -> None:
    position = Position(kind="around", at=NOON + 50)
    reply = shown(page(100, position=position, hit=50))
    assert "▶ " in text(reply)
    assert actions(reply)["Download"] == DownloadLogs("", 0, f"t{NOON * 1000 + 50_000:.0f}")
    assert {"◀ Older", "Newer ▶", "Newest"} <= set(actions(reply))


def test_a_search_that_stopped_says_how_far_it_went() -> None:
    reply = shown(page(1, cursor="7-0", until=NOON))
    assert text(reply).endswith("Searched back to <t:1800000000:f> for now; **◀ Older** goes on.")


def test_nothing_found_says_what_was_searched_and_what_would_show_more() -> None:
    files = ("bot.log", "bot.log.1", "bot.log.2")
    nothing = page(0, files=files, size=30 * 2**20, until=NOON)
    reply = shown(nothing, LogFilter("DEBUG", "demo", "boom"), "INFO")
    assert text(reply) == (
        "**DEBUG** and above · logger `demo` · with `boom`\n"
        "Nothing found in 3 files, `bot.log` to `bot.log.2` (30 MB), back to <t:1800000000:f>.\n"
        "More may show with **All levels**, or fewer options: `search` looks in message, logger "
        "and traceback, or a lower level: below INFO nothing is written now "
        "(`/debug loglevel level:DEBUG logger:demo`)."
    )
    assert text(shown(page(0, files=(), kept=12))) == (
        "Nothing found in the 12 records in memory (`LOG_TO_FILE` is false)."
    )
    assert text(shown(page(0, files=(), kept=12, no_file="LOG_FILE_PATH is no file"))) == (
        "Nothing found in the 12 records in memory (`LOG_FILE_PATH` is no file)."
    )
    going_on = page(0, cursor="7-5", until=NOON)
    assert "**◀ Older** searches on." in text(shown(going_on))
    assert actions(shown(going_on))["◀ Older"] == ShowLogs("", 0, "b7-5")


def test_trouble_is_told_above_all_else() -> None:
    reply = shown(page(0, trouble="The log cannot be read: no."))
    assert text(reply) == "⚠️ The log cannot be read: no.\nNothing to show."


@pytest.mark.parametrize(
    "wanted",
    [
        LogFilter(),
        LogFilter("CRITICAL", "services.llm.providers", "timed out"),
        LogFilter("", "", pattern="/time|d out/i"),
        LogFilter("INFO", "l" * 200, "t" * 200),
        LogFilter("INFO", "odd|name", "#text"),
        LogFilter("INFO", "", "\N{SNOWMAN}" * 44),
        LogFilter("ERROR", "#odd", ""),
    ],
)
def test_what_is_asked_for_comes_back_out_of_every_control(wanted: LogFilter) -> None:
    queries = Queries()
    position = Position(kind="before", cursor=LONG)
    reply = log_reply(page(3, position=position, cursor=LONG), (wanted, position), queries, "DEBUG")
    for action in actions(reply).values():
        assert len(custom_id(action)) <= CUSTOM_ID_MAX
    refresh = ShowLogs.decode(actions(reply)["Newest"].argument)
    assert queries.read(refresh.what, refresh.level) == wanted
    older = ShowLogs.decode(actions(reply)["◀ Older"].argument)
    assert position_of(older.where).kind == "before"  # type: ignore[union-attr] # no error


def test_what_was_too_long_for_a_control_is_forgotten_with_the_run_and_says_so() -> None:
    what = Queries().written(LogFilter(text="x" * 200))
    with pytest.raises(ForgottenError, match="Run /debug logs again"):
        Queries().read(what, 0)


def test_of_long_searches_the_newest_are_kept() -> None:
    queries = Queries()
    keys = [queries.written(LogFilter(text=f"{number} " * 50)) for number in range(300)]
    assert queries.read(keys[-1], 0) == LogFilter(text="299 " * 50)
    with pytest.raises(ForgottenError):
        queries.read(keys[0], 0)


@pytest.mark.parametrize(
    "position",
    [
        LATEST,
        Position(kind="before", cursor="1-2"),
        Position(kind="after", cursor=LONG),
        Position(kind="around", at=NOON + 0.25),
        ErrorAt("E-7K3Q9D"),
        ErrorAt("1a2b3c4d"),
    ],
)
def test_where_to_look_comes_back_out_of_a_control(position: Position | ErrorAt) -> None:
    assert position_of(where_of(position)) == position


@pytest.mark.parametrize("where", ["", "x", "tnone", "t", "\N{SUPERSCRIPT TWO}"])
def test_a_place_that_is_none_leads_somewhere(where: str) -> None:
    assert isinstance(position_of(where), Position)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("/a.c/i", LogFilter(pattern="/a.c/i")),
        ("/var/log/bot", LogFilter(text="/var/log/bot")),
        ("//", LogFilter(text="//")),
        ("a/b", LogFilter(text="a/b")),
    ],
)
def test_a_text_between_slashes_is_an_expression(typed: str, expected: LogFilter) -> None:
    assert filter_of("", "", typed) == expected


def test_a_file_says_how_much_it_has_and_that_it_is_not_all() -> None:
    extract = LogExtract(text="a\nb\n", count=2, first=NOON, last=NOON + 5, is_whole=False)
    reply = with_file(shown(page(1)), extract)
    assert reply.content == (
        "2 records, <t:1800000000:f> to <t:1800000005:f>. "
        "That is all that fits into 2 MB and a few seconds."
    )
    (file,) = reply.files
    assert (file.content, file.name[:4], file.name[-4:]) == (b"a\nb\n", "log-", ".txt")
    empty = LogExtract(text="", count=0, first=None, last=None, is_whole=True)
    assert with_file(shown(page(0)), empty).files == ()


def written(lines: LogLines, messages: Sequence[str]) -> None:
    for message in messages:
        lines.append(f"2026-11-23 16:00:00,000 [INFO] demo.chat: {message}\n")


def test_a_stream_shows_the_newest_and_counts_what_it_cannot_show() -> None:
    lines = LogLines()
    written(lines, ["before"])
    follow = Follow(lines, LogFilter(logger="demo"), Queries())
    assert "demo.chat: before\n```" in text(follow.reply())
    written(lines, ["one", "two"])
    assert text(follow.reply()).endswith("demo.chat: one\n16:00:00 INFO demo.chat: two\n```")
    assert follow.reply() is not None
    written(lines, [f"storm {number} {'x' * 100}" for number in range(1000)])
    stormy = follow.reply()
    fit = text(stormy).count("storm")
    assert text(stormy).endswith(
        f"storm 999 {'x' * 100}\n```\n{1000 - fit} more lines came meanwhile; these are the newest."
    )
    assert len(text(stormy)) <= BLOCK_MAX + 200
    assert "more line" not in text(follow.reply())


def test_a_stream_says_what_was_gone_before_it_could_be_read() -> None:
    lines = LogLines(most=10)
    follow = Follow(lines, LogFilter(), Queries())
    assert text(follow.reply()) == "No line yet. New ones come here by themselves."
    written(lines, [str(number) for number in range(25)])
    assert text(follow.reply()).endswith("15 more lines came meanwhile; these are the newest.")


def test_a_stream_takes_an_expression() -> None:
    lines = LogLines()
    written(lines, ["yes", "no"])
    reply = Follow(lines, LogFilter(pattern="/yes$/"), Queries()).reply()
    assert "demo.chat: yes\n```" in text(reply)
    assert "no" not in text(reply)
    assert actions(reply) == {
        "Show pages": ShowLogs("|/yes$/", 0),
        "Follow": FollowLogs("|/yes$/", 0),
    }


def test_no_reply_is_larger_than_discord_takes() -> None:
    lines = tuple(
        LogLine(NOON + n, "ERROR", "l" * 300, "`@everyone`" * 800, ("<@1>" * 400,) * 70)
        for n in range(100)
    )
    full = page(100, lines=lines, trouble="t" * 300, files=("f" * 100,) * 6, cursor=LONG)
    wanted = LogFilter("INFO", "l" * 200, "`" * 200)
    extract = LogExtract(text="x", count=10**9, first=NOON, last=NOON, is_whole=False)
    reply = with_file(shown(full, wanted), extract)
    assert len(text(reply)) <= DESCRIPTION_MAX
    assert len(reply.content) <= CONTENT_MAX
    assert len(text(shown(page(0, files=("f" * 200,) * 6), wanted, "INFO"))) <= DESCRIPTION_MAX
