"""Source: what an exposition is made of, all of it to be read from any thread."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterable
from dataclasses import field
from typing import Protocol

from services.debugcog.alerting.rule_status import RuleStatus
from services.debugcog.frozen import frozen
from services.debugcog.guard import own_logger
from services.debugcog.metrics import MetricsService

log = own_logger("debugcog.prometheus")


class Shard(Protocol):
    """One connection to Discord's gateway."""

    @property
    def id(self) -> int | None:
        """Return its number; None of a bot without shards."""

    @property
    def latency_ms(self) -> float | None:
        """Return the latency of its last heartbeat; None before the first one."""

    @property
    def down_seconds(self) -> float | None:
        """Return since when it is not connected; None while it is."""


class Notices:
    """Warnings of the log, each told once for as long as the object lives."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def tell(self, text: str) -> None:
        """Warn, unless that was told before."""
        if text not in self._told:
            self._told.add(text)
            log.warning("%s", text)


def _nothing() -> tuple[()]:
    return ()


def _unknown() -> None:
    return None


@frozen(kw_only=True)
class Source:
    """Where the figures of one process come from.

    Attributes:
        metrics: the numbers.
        process: name of this process among several of one bot: the label ``process``.
        release: version of the bot; empty when it is not told.
        python: version of Python.
        rules: lists how the alert rules stand.
        shards: lists the connections to the gateway.
        active_users: counts users who did something lately; None where that is not known.
        guilds: counts the bot's servers; None where that is not known.
        clock: unix time in seconds, the one of ``metrics``.
        redact: hides secrets in label sets.
        notices: what was told in the log; keep it for as long as the process is scraped.
    """

    metrics: MetricsService
    process: str
    release: str = ""
    python: str = field(default_factory=platform.python_version)
    rules: Callable[[], Iterable[RuleStatus]] = _nothing
    shards: Callable[[], Iterable[Shard]] = _nothing
    active_users: Callable[[], int | None] = _unknown
    guilds: Callable[[], int | None] = _unknown
    clock: Callable[[], float] = time.time
    redact: Callable[[str], str] = str
    notices: Notices = field(default_factory=Notices)
