"""New records of the log → the reply that is shown while they are followed."""

from __future__ import annotations

import time
from collections import deque

import discord

from cogs.debug.features.logs.actions import FollowLogs, ShowLogs
from cogs.debug.features.logs.lines_block import newest_fitting
from cogs.debug.features.logs.queries import LEVEL_NAMES, Queries
from cogs.debug.features.logs.reply import BLOCK_MAX, colour_of, filter_text, zone
from cogs.debug.ui.reply import Button, Reply
from services.debugcog.answers.log_readers import taken
from services.debugcog.logfile.filter import LogFilter
from services.debugcog.logfile.line import LogLine
from services.debugcog.logfile.lines import LogLines
from services.debugcog.wording import counted

KEPT = 100
"""Records of which the newest are shown."""
BITE = 200
REST_SECONDS = 0.0002
"""So many records are read at a time, about a millisecond of work, with a rest between."""


class Follow:
    """Shows the newest records that pass a filter; each look goes on where the last one ended.

    Args:
        lines: that are written.
        wanted: which of them are followed.
        queries: writes what is followed into controls.
    """

    def __init__(self, lines: LogLines, wanted: LogFilter, queries: Queries) -> None:
        self._lines = lines
        self._wanted = wanted
        self._queries = queries
        self._after = 0
        self._begun = lines.last
        self._shown = deque[LogLine](maxlen=KEPT)

    def reply(self) -> Reply:
        """Look for new records, and show the newest; it is not for the event loop."""
        fresh, missed = self._look()
        fitted = newest_fitting(tuple(self._shown), BLOCK_MAX)
        shown = tuple(self._shown)[fitted.first : fitted.end]
        unseen = missed + max(0, fresh - len(shown))
        parts = [filter_text(self._wanted)] if self._wanted != LogFilter() else []
        parts += [fitted.text] if shown else ["No line yet. New ones come here by themselves."]
        if unseen:
            parts.append(f"{counted(unseen, 'more line')} came meanwhile; these are the newest.")
        embed = discord.Embed(
            title="Log · following", description="\n".join(parts), colour=colour_of(shown).value
        )
        embed.set_footer(text=f"times in the block: {zone()}")
        what, level = self._queries.written(self._wanted), LEVEL_NAMES.index(self._wanted.level)
        again = Button("Follow", FollowLogs(what, level))
        return Reply(embeds=(embed,), controls=(Button("Show pages", ShowLogs(what, level)), again))

    def _look(self) -> tuple[int, int]:
        """Take in what was written since the last look.

        Returns:
            How many records pass the filter and are new since the stream began, and how many were
            gone before they could be read.
        """
        missed, found = 0, list[LogLine]()
        until = self._lines.last  # a storm may write as fast as is read here
        while self._after < until:
            bite = self._lines.after(self._after, BITE)
            if not bite:
                break
            if self._after >= self._begun:
                missed += bite[0].sequence - self._after - 1
            self._after = bite[-1].sequence
            found += [line for line in bite if self._wanted.takes(line)]
            time.sleep(REST_SECONDS)
        fresh = taken(self._wanted, found)
        self._shown.extend(fresh)
        return sum(line.sequence > self._begun for line in fresh), missed
