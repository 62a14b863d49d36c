"""Sources and what is published → the answer to a scrape of ``/metrics``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from services.debugcog.answers.published import Published
from services.debugcog.answers.sources import Sources
from services.debugcog.answers.traffic import HOUR
from services.debugcog.prometheus.exposition import MissingExtraError, exposition
from services.debugcog.prometheus.source import Notices, Source
from services.debugcog.web.questions import RefusedError

LABEL_SETS_MAX = 20_000
ONLY = "main"
"""Name of the process of a bot without shards."""
STARTING = "The bot is still starting: which shards it has is not known yet."


class Exposing:
    """Makes the answer to a scrape.

    Args:
        sources: where the numbers come from.
        latest: what the bot's thread published last.
        redact: hides secrets in labels; what it said of one is remembered.
        process: name of this process; empty names it by its shards.
    """

    def __init__(
        self,
        sources: Sources,
        latest: Callable[[], Published | None],
        redact: Callable[[str], str],
        process: str = "",
    ) -> None:
        self._redact = lru_cache(LABEL_SETS_MAX)(redact)
        self._sources = sources
        self._latest = latest
        self._process = process
        self._notices = Notices()

    def __call__(self, accept: str) -> tuple[bytes, str]:
        """Make the body and its content type for an Accept header; on a thread of the server's.

        Raises:
            RefusedError: the extra ``prometheus`` is not installed, or it is not known yet how the
                process is called: under another name, all counters would begin anew.
        """
        try:
            return exposition(self._source(), accept)
        except MissingExtraError as error:
            raise RefusedError(501, f"{error}, then restart the bot.") from error

    def _source(self) -> Source:
        published = self._latest()
        return Source(
            metrics=self._sources.metrics,
            process=self._process or _name(published),
            release=self._sources.release,
            rules=lambda: published.rules.values() if published else (),
            shards=lambda: published.shards if published else (),
            active_users=self._active_users,
            guilds=lambda: published.guilds if published else None,
            redact=self._redact,
            notices=self._notices,
        )

    def _active_users(self) -> int | None:
        activity, now = self._sources.activity, self._sources.clock()
        return activity.active_users(now - HOUR, now) if activity else None


def _name(published: Published | None) -> str:
    if published is None or published.shard_ids is None:
        raise RefusedError(503, STARTING)
    return process_name(published.shard_ids)


def process_name(shard_ids: Sequence[int]) -> str:
    """Name a process among several of one bot by its shards, which no other one has: ``0-3``."""
    ids = sorted(shard_ids)
    if not ids:
        return ONLY
    if ids == list(range(ids[0], ids[-1] + 1)) and len(ids) > 1:
        return f"{ids[0]}-{ids[-1]}"
    return ",".join(map(str, ids))
