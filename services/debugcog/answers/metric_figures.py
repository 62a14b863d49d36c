"""Frozen parts of MetricsAnswer: the figures of response times, tokens, errors and the like."""

from __future__ import annotations

from services.debugcog.alerting.rule_status import RuleStatus
from services.debugcog.answers.figure import Figure, severity_of
from services.debugcog.frozen import frozen
from services.debugcog.stalls.stall import StallSummary
from services.debugcog.timeseries.snapshot import Snapshot

NOT_COUNTED = Figure(None)


@frozen
class Timing:
    """How long something takes, in ms.

    Attributes:
        title: what it is.
        average: with the mark of the rule, if one watches it.
        p95: 95th percentile.
        maximum: longest.
        calls: how many.
        failed: calls that raised.
        now: what the rule reads, where that warns.
        recorded: whether it has ever had a value.
    """

    title: str
    average: Figure
    p95: Figure
    maximum: Figure
    calls: Figure
    failed: Figure
    now: Figure
    recorded: bool


@frozen
class Tokens:
    """Tokens of models; those used in all, where the bot does not tell in and out apart.

    Attributes:
        per_request: on average, with the rule's mark.
        sent: to models.
        received: from models.
        used: in all.
        now: what the rule reads, where that warns.
    """

    per_request: Figure
    sent: Figure
    received: Figure
    used: Figure
    now: Figure


@frozen
class Errors:
    """Errors of the bot.

    Attributes:
        rate: percent of messages, with the rule's mark; no value without messages.
        count: errors.
        messages: processed.
        now: what the rule reads, where that warns.
    """

    rate: Figure
    count: Figure
    messages: Figure
    now: Figure


@frozen
class Calls:
    """Calls of APIs, and the percentage of lookups that a cache answered."""

    calls: Figure
    hit_rate: Figure


@frozen
class Memory:
    """Memory of the process, in MB.

    Attributes:
        resident: now, with the rule's mark.
        peak: of this run.
        files: temporary ones.
    """

    resident: Figure
    peak: Figure
    files: Figure


@frozen
class EventLoop:
    """How late the event loop is, in ms.

    Attributes:
        p99: 99th percentile, with the rule's mark.
        maximum: longest.
        now: what the rule reads, where that warns.
        stalls: who blocked it.
    """

    p99: Figure
    maximum: Figure
    now: Figure
    stalls: StallSummary


@frozen
class Gateway:
    """Latency of the gateway, in ms: the last one, and the 95th percentile."""

    latency: Figure
    p95: Figure


@frozen
class OwnMetric:
    """A metric of the host's own: a value, or what was counted."""

    name: str
    last: Figure
    average: Figure
    p95: Figure
    maximum: Figure
    count: Figure = NOT_COUNTED


def error_rate(snapshot: Snapshot, status: RuleStatus | None) -> Figure:
    """Return errors in percent of messages, with the rule's mark; no value without messages."""
    if not snapshot.counters["messages_processed"]:
        return Figure(None, "%")
    return Figure(snapshot.error_rate, "%", severity_of(status))
