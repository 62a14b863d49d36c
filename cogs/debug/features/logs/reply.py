"""LogPage → the reply of /debug logs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import discord

from cogs.debug.features.logs.actions import DownloadLogs, FollowLogs, ShowLogs
from cogs.debug.features.logs.lines_block import (
    Fitted,
    fitting_around,
    newest_fitting,
    oldest_fitting,
)
from cogs.debug.features.logs.queries import LEVEL_NAMES, ErrorAt, Queries, where_of
from cogs.debug.ui.escaping import inline, plain
from cogs.debug.ui.reply import Attachment, Button, Colour, Reply, problem
from cogs.debug.ui.times import at, clock
from services.debugcog.answers.log_extract import SIZE_MAX, LogExtract
from services.debugcog.answers.log_page import LATEST, LIMIT, LogPage, Position
from services.debugcog.logfile.filter import LogFilter
from services.debugcog.logfile.line import LEVELS, LogLine, number_of
from services.debugcog.units import human
from services.debugcog.wording import counted

BLOCK_MAX = 3_000
"""Characters of the block: some three screens of a phone."""
SHOWN_MAX = 80
Asked = tuple[LogFilter, Position | ErrorAt]


def log_reply(page: LogPage, asked: Asked, queries: Queries, level_now: str = "") -> Reply:
    """Render the records.

    Args:
        page: that was found.
        asked: what for, and where.
        queries: writes what is asked for.
        level_now: level in force of the logger, or of all; for when nothing was found.
    """
    wanted, _ = asked
    fitted = _fitted(page)
    shown = page.lines[fitted.first : fitted.end]
    parts = [f"⚠️ {plain(page.trouble)}"] if page.trouble else []
    parts += [filter_text(wanted)] if wanted != LogFilter() else []
    parts += [fitted.text, _span(shown)] if shown else [nothing(page, wanted, level_now)]
    if shown and _is_cut(page, fitted):
        parts.append(_stopped(page))
    embed = discord.Embed(title="Log", description="\n".join(parts), colour=colour_of(shown).value)
    embed.set_footer(text=_footer(page))
    return Reply(embeds=(embed,), controls=_controls(page, fitted, asked, queries))


def filter_text(wanted: LogFilter) -> str:
    """Say what is asked for."""
    level = f"**{wanted.level}**{'' if wanted.level == 'CRITICAL' else ' and above'}"
    parts = [level] if wanted.level else []
    parts += [f"logger {inline(wanted.logger, SHOWN_MAX)}"] if wanted.logger else []
    text = wanted.pattern or wanted.text
    parts += [f"with {inline(text, SHOWN_MAX)}"] if text else []
    return " · ".join(parts)


def colour_of(lines: Sequence[LogLine]) -> Colour:
    """Colour a reply by the worst level in it."""
    worst = max((number_of(line.level) for line in lines), default=0)
    if worst >= LEVELS["ERROR"]:
        return Colour.CRITICAL
    return Colour.WARNING if worst >= LEVELS["WARNING"] else Colour.NEUTRAL


def zone() -> str:
    """Name the time zone of the times in a block."""
    offset = time.strftime("%z")
    return "UTC" if offset in ("+0000", "-0000", "") else f"UTC{offset[:3]}:{offset[3:]}"


def nothing(page: LogPage, wanted: LogFilter, level_now: str) -> str:
    """Say what was searched, and what would show more."""
    if page.trouble and not page.until:
        return "Nothing to show."
    lines = [f"Nothing found in {_searched(page)}."]
    if page.cursor:
        lines.append("**◀ Older** searches on." if page.position.kind != "after" else "")
    hints = []
    if wanted.level:
        hints.append("**All levels**")
    if wanted.text or wanted.pattern or wanted.logger:
        hints.append("fewer options: `search` looks in message, logger and traceback")
    below = level_now and wanted.level and LEVELS[wanted.level] < number_of(level_now)
    if below or (level_now and not wanted.level and level_now != "DEBUG"):
        what = f" logger:{wanted.logger}" if wanted.logger else ""
        hints.append(
            f"a lower level: below {level_now} nothing is written now "
            f"({inline(f'/debug loglevel level:DEBUG{what}', SHOWN_MAX)})"
        )
    if hints:
        lines.append(f"More may show with {', or '.join(hints)}.")
    return "\n".join(filter(None, lines))


def with_file(reply: Reply, extract: LogExtract) -> Reply:
    """Attach the records as a file to the page that they belong to."""
    if not extract.count:
        return replace(reply, content="There is no record to download.")
    cut = f" That is all that fits into {human(SIZE_MAX / 2**20, 'MB')} and a few seconds."
    whole = "" if extract.is_whole else cut
    when = time.strftime("%Y%m%d-%H%M%S", time.localtime(extract.last or time.time()))
    span = ""
    if extract.first is not None and extract.last is not None:
        span = f", {at(extract.first)} to {at(extract.last)}"
    content = f"{counted(extract.count, 'record')}{span}.{whole}"
    name = f"log-{when}.txt"
    file = Attachment(name, extract.text.encode(errors="replace"), "Records of the log, redacted")
    return replace(reply, content=content, files=(file,))


def _fitted(page: LogPage) -> Fitted:
    if page.hit is not None:
        return fitting_around(page.lines, page.hit, BLOCK_MAX)
    if page.position.kind == "after":
        return oldest_fitting(page.lines, BLOCK_MAX)
    return newest_fitting(page.lines, BLOCK_MAX)


def _is_cut(page: LogPage, fitted: Fitted) -> bool:
    """Tell whether the search stopped, for its time, before it had found a page."""
    if not page.cursor or len(page.lines) >= LIMIT or page.position.kind == "around":
        return False
    return fitted.end == len(page.lines) if page.position.kind == "after" else fitted.first == 0


def _span(shown: Sequence[LogLine]) -> str:
    times = [line.time for line in shown if line.time is not None]
    if not times:
        return counted(len(shown), "record")
    end = clock(times[-1]) if times[-1] - times[0] < 43_200 else at(times[-1])
    return f"{counted(len(shown), 'record')} · {at(times[0])} to {end}"


def _stopped(page: LogPage) -> str:
    far = f" to {at(page.until)}" if page.until else ""
    if page.position.kind == "after":
        return f"Searched on{far} for now; **Newer ▶** goes on."
    return f"Searched back{far} for now; **◀ Older** goes on."


def _searched(page: LogPage) -> str:
    """Name what was searched: files or memory, and how far."""
    if not page.files:
        setting, _, what = page.no_file.partition(" ")
        place = f"the {counted(page.kept, 'record')} in memory (`{setting}` {what})"
    elif len(page.files) == 1:
        place = f"{inline(page.files[0], SHOWN_MAX)} ({human(page.size / 2**20, 'MB')})"
    else:
        first, last = page.files[0], page.files[-1]
        place = (
            f"{len(page.files)} files, {inline(first, SHOWN_MAX)} to {inline(last, SHOWN_MAX)} "
            f"({human(page.size / 2**20, 'MB')})"
        )
    if not page.until:
        return place
    way = "on" if page.position.kind == "after" else "back"
    return f"{place}, {way} to {at(page.until)}"


def _footer(page: LogPage) -> str:
    place = page.files[0] if page.files else "memory"
    more = f" and {counted(len(page.files) - 1, 'older file')}" if len(page.files) > 1 else ""
    return f"{place}{more} · times in the block: {zone()}"


def _controls(page: LogPage, fitted: Fitted, asked: Asked, queries: Queries) -> tuple[Button, ...]:
    wanted, position = asked
    what, level = queries.written(wanted), LEVEL_NAMES.index(wanted.level)
    where, older, newer = where_of(position), _older(page, fitted), _newer(page, fitted)
    buttons = (
        older and Button("◀ Older", ShowLogs(what, level, f"b{older}")),
        newer and Button("Newer ▶", ShowLogs(what, level, f"a{newer}")),
        Button("Newest" if where else "Refresh", ShowLogs(what, level)),
        wanted.level and Button("All levels", ShowLogs(what, 0, where)),
        Button("Download", DownloadLogs(what, level, _downloaded(page, fitted, where))),
        Button("Follow", FollowLogs(what, level)),
    )
    return tuple(button for button in buttons if isinstance(button, Button))


def _older(page: LogPage, fitted: Fitted) -> str:
    """Return the cursor at which the page before ends; empty where there is none."""
    after = page.position.kind == "after"
    if not page.lines:
        return page.position.cursor if after else page.cursor
    return page.places[fitted.first] if fitted.first or page.cursor or after else ""


def _newer(page: LogPage, fitted: Fitted) -> str:
    """Return the cursor after which the next page begins; empty where there is none."""
    kind = page.position.kind
    if not page.lines:
        return page.cursor if kind == "after" else page.position.cursor
    is_last = fitted.end == len(page.lines) and not page.cursor
    if kind == "latest" or (kind == "after" and is_last):
        return ""
    return page.places[fitted.end - 1]


def _downloaded(page: LogPage, fitted: Fitted, where: str) -> str:
    """Return from where a download goes: back from the end of a page further on, as of others."""
    if page.position.kind != "after" or not page.lines:
        return where
    is_last = fitted.end == len(page.lines)
    end = page.cursor if is_last else page.places[fitted.end]
    return where_of(Position(kind="before", cursor=end) if end else LATEST)


def refused(error: Exception) -> Reply:
    """Say why nothing can be shown."""
    return problem(plain(str(error)))
