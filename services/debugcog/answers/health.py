"""Incidents, connections, crashes and troubles → Health: how the bot is, in one sentence."""

from __future__ import annotations

from collections.abc import Iterator

from services.debugcog.alerting.rule_status import worst_first
from services.debugcog.alerting.rules import Severity
from services.debugcog.alerting.sentences import separator, value_text
from services.debugcog.answers.operations import Operations
from services.debugcog.answers.published import Published
from services.debugcog.answers.sources import Sources
from services.debugcog.frozen import frozen
from services.debugcog.units import human
from services.debugcog.wording import counted

QUIET = "All is well: nothing is out of bounds."
OFF = "Nothing is watched: metrics are off."
LEADS = {Severity.WARNING: "Needs a look", Severity.CRITICAL: "In trouble"}
GATEWAY_RULE = "gateway"


@frozen
class Reason:
    """Something that is not well.

    Attributes:
        severity: how bad it is.
        text: what it is; names of the host's are in it.
        since: unix seconds; None where that is not known.
        has_code: whether it has `code` in it, and all else in it is escaped for Discord.
    """

    severity: Severity
    text: str
    since: float | None = None
    has_code: bool = False


@frozen
class Health:
    """How the bot is.

    Attributes:
        severity: the worst of the reasons; None where nothing is watched.
        sentence: says it, with the worst reason, in plain text.
        reasons: all, the worst first, and of those the oldest.
    """

    severity: Severity | None
    sentence: str
    reasons: tuple[Reason, ...]


def health(sources: Sources, published: Published, behind: Operations) -> Health:
    """Judge by the rules in force; what no rule watches is judged here alone."""
    found = [
        *_incidents(published),
        *_connections(published, sources.clock()),
        *_limits(behind),
        *_pending(published),
        *_past(behind),
        *(Reason(Severity.WARNING, text, has_code=True) for text in published.troubles),
    ]
    reasons = tuple(sorted(found, key=lambda one: -one.severity))
    if reasons:
        worst = reasons[0]
        more = f", and {len(reasons) - 1} more" if len(reasons) > 1 else ""
        text = worst.text.replace("`", "").rstrip(".")
        return Health(worst.severity, f"{LEADS[worst.severity]}: {text}{more}.", reasons)
    if not sources.enabled:
        return Health(None, OFF, ())
    return Health(Severity.OK, QUIET, ())


def _incidents(published: Published) -> Iterator[Reason]:
    for one in sorted(published.incidents, key=lambda one: one.since):
        value = f"{separator(one)}{value_text(one)}"
        recovering = ", recovering" if one.state == "recovering" else ""
        yield Reason(one.severity, f"{one.title}{value}{recovering}", one.since)


def _connections(published: Published, now: float) -> Iterator[Reason]:
    """Tell of shards that are away, unless an incident does."""
    away = [one.down_seconds for one in published.shards if one.down_seconds is not None]
    if not away or any(one.rule == GATEWAY_RULE for one in published.incidents):
        return
    all_away = len(away) == len(published.shards)
    text = "no connection to Discord"
    if not all_away:
        text = f"{len(away)} of {counted(len(published.shards), 'shard')} not connected"
    yield Reason(Severity.CRITICAL if all_away else Severity.WARNING, text, now - max(away))


def _limits(behind: Operations) -> Iterator[Reason]:
    limits = behind.limits
    if limits.identifies.severity:
        yield Reason(limits.identifies.severity, f"{limits.identifies.text} session starts left")
    if limits.invalid.severity:
        of = f"{limits.invalid.text} of {limits.invalid_of.text} invalid requests"
        yield Reason(limits.invalid.severity, of)


def _pending(published: Published) -> Iterator[Reason]:
    """Tell what is out of bounds, though not for long enough to be an incident."""
    for status in worst_first(published.rules.values()):
        if status.about_to_fire:
            value = human(status.signal.value, status.rule.unit)
            yield Reason(Severity.WARNING, f"{status.rule.title} {value}, about to fire")


def _past(behind: Operations) -> Iterator[Reason]:
    crashes = behind.crashes
    if crashes.count.value:
        times = counted(round(crashes.count.value), "crash", "crashes")
        yield Reason(Severity.WARNING, f"{times} since yesterday", crashes.last)
    if behind.delivery.trouble:
        yield Reason(Severity.WARNING, behind.delivery.trouble)
