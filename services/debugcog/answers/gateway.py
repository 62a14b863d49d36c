"""Connections, limits and answers of Discord, and latency over time → GatewayAnswer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from services.debugcog.alerting.chart_events import NO_EVENTS, events_since
from services.debugcog.alerting.rule_status import watching
from services.debugcog.answers.charts import line, restarts, span
from services.debugcog.answers.charts import starts as run_starts
from services.debugcog.answers.figure import Figure, severity_by_metric, severity_of
from services.debugcog.answers.gateway_verdict import Signs, Verdict, verdict
from services.debugcog.answers.markers import Timeline
from services.debugcog.answers.published import Published, Shard
from services.debugcog.answers.reads import read
from services.debugcog.answers.sources import Sources
from services.debugcog.charting.chart_spec import MAX_MARKS, ChartSpec, Mark
from services.debugcog.frozen import frozen
from services.debugcog.gateway.close_codes import meaning
from services.debugcog.gateway.connections import Cause, Disconnect
from services.debugcog.gateway.responses import Owner, RateLimit
from services.debugcog.gateway.sources import GatewaySources
from services.debugcog.gateway.vitals import severity_of_invalid, severity_of_starts
from services.debugcog.process.samplers import STARTED
from services.debugcog.windows import WINDOWS, Window

LATENCY, RULE = "gateway_latency_ms", "gateway"
VERDICT_SECONDS = 900.0
"""What the verdict looks at, whichever window is shown."""
CAUSES = {
    "reconnect": "Discord asked to reconnect, as it does now and then",
    "invalid": "Discord ended the session",
    "zombie": "Discord left a heartbeat unanswered",
    "silent": "nothing came from Discord for too long",
    "unreachable": "no connection could be made",
    "ours": "the bot closed the connection",
}
OWNERS: dict[Owner, str] = {
    "route": "the bot's limit of this route",
    "global": "the bot's limit of all routes",
    "shared": "shared by everybody there",
    "cloudflare": "Cloudflare's, of this IP address",
}
FIXES = {
    "zombie": "Look for stalls of the event loop in `/debug metrics`; else it is the network.",
    "silent": "Look at the network of this machine.",
    "unreachable": "Look at the network and the name servers of this machine.",
}


@frozen
class DisconnectRow:
    """Lost connections with one reason.

    Attributes:
        code: of the close; None where there was none.
        text: the reason, in plain English.
        fix: what to do; empty where nothing is to be done.
        fatal: Discord lets the bot not connect again as it is.
        count: in the window.
        last: unix seconds.
        shards: ids of some of the shards.
        detail: name of the last exception; empty without one.
    """

    code: int | None
    text: str
    fix: str
    fatal: bool
    count: int
    last: float
    shards: tuple[int, ...]
    detail: str


@frozen
class LimitRow:
    """429s of one owner and route; ``seconds`` is what Discord asked to wait, in all."""

    owner: Owner
    route: str
    count: int
    seconds: float
    last: float

    @property
    def text(self) -> str:
        """Say whose limit it is."""
        return OWNERS[self.owner]


@frozen
class EventRow:
    """Events of one type."""

    name: str
    count: int
    per_minute: float


@frozen
class GatewayAnswer:
    """What is known of the gateway and of Discord's limits.

    Attributes:
        window: of what is counted, and of the chart.
        since: when the cog began to watch, unix seconds.
        shards: as they are now.
        latency: of the slowest shard, marked by the worst rule that watches the gateway or it.
        resumes: that were sent in the window.
        identifies: that were sent in the window.
        disconnects: most frequent first, but fatal ones before all.
        starts: session starts that are left.
        starts_total: of so many a day.
        starts_reset: when the limit starts anew, unix seconds; None where it is not known.
        invalid: requests in the last 10 minutes; no value where HTTP answers are not seen.
        events: by type, most frequent first.
        events_seconds: that they are of.
        limits: most frequent first.
        failed: 5xx of the REST API in the last hour.
        answered: answers of it in the last hour.
        verdict: whether trouble looks like Discord's.
        chart: of the latency.
        trouble: says what is missing and why; None when all is well.
    """

    window: Window
    since: float
    shards: tuple[Shard, ...]
    latency: Figure
    resumes: int
    identifies: int
    disconnects: tuple[DisconnectRow, ...]
    starts: Figure
    starts_total: int
    starts_reset: float | None
    invalid: Figure
    events: tuple[EventRow, ...]
    events_seconds: float
    limits: tuple[LimitRow, ...]
    failed: Figure
    answered: Figure
    verdict: Verdict
    chart: ChartSpec
    trouble: str | None = None


async def gateway(
    sources: Sources, gateway_sources: GatewaySources, published: Published, window: Window
) -> GatewayAnswer:
    """Answer from what was seen, and from what is known of the session starts; any thread may."""
    seconds, now = WINDOWS[window][0], sources.clock()
    connections, responses = gateway_sources.connections, gateway_sources.responses
    since = now - seconds
    starts = gateway_sources.vitals.known_session_starts()
    invalid = gateway_sources.vitals.invalid_requests()
    lost = connections.disconnects(since)
    sent = connections.starts(since)
    counts, of = connections.events(seconds)
    families = responses.families(3600.0)
    work = partial(events_since, start=since)
    found = await read(sources.query, "Marks in charts", work)
    status = watching(published.rules, RULE)
    grades = (severity_of(status), severity_by_metric(published.rules, LATENCY))
    severity = max((one for one in grades if one is not None), default=None)
    known = [one.latency_ms for one in published.shards if one.latency_ms is not None]
    points = partial(sources.metrics.points, percentiles=False)
    latency = points(LATENCY, seconds)
    start, end = span(latency, since, now)
    breaks = restarts(latency, run_starts(points(STARTED, seconds), sources.process.started))
    shared = Timeline(start, end, breaks, found.value or NO_EVENTS)
    lines = [line("latency", latency, lambda point: point.mean, breaks)]
    return GatewayAnswer(
        window=window,
        since=connections.since,
        shards=published.shards,
        latency=Figure(max(known, default=None), "ms", severity),
        resumes=sum(one.kind == "resume" for one in sent),
        identifies=sum(one.kind == "identify" for one in sent),
        disconnects=disconnect_rows(lost),
        starts=Figure(starts.left if starts else None, "", severity_of_starts(starts)),
        starts_total=starts.total if starts else 0,
        starts_reset=starts.resets_at if starts else None,
        invalid=Figure(
            invalid.count if invalid.is_seen else None, "", severity_of_invalid(invalid)
        ),
        events=tuple(
            EventRow(name, count, 60 * count / of)
            for name, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
        ),
        events_seconds=of,
        limits=limit_rows(responses.limits(since)),
        failed=Figure(sum(one.failed for one in families.values())),
        answered=Figure(sum(one.total for one in families.values())),
        verdict=verdict_of(sources, gateway_sources, published.shards),
        chart=_marked(shared.chart("Gateway latency", "ms", lines, None), lost),
        trouble=found.trouble,
    )


def verdict_of(
    sources: Sources, gateway_sources: GatewaySources, shards: tuple[Shard, ...]
) -> Verdict:
    """Judge the last 15 minutes."""
    since = sources.clock() - VERDICT_SECONDS
    signs = Signs(
        shards=shards,
        lost=gateway_sources.connections.disconnects(since),
        limits=gateway_sources.responses.limits(since),
        families=gateway_sources.responses.families(VERDICT_SECONDS),
        invalid=gateway_sources.vitals.invalid_requests(),
        stalls=sources.stalls(VERDICT_SECONDS).count,
    )
    return verdict(signs)


def disconnect_rows(lost: Iterable[Disconnect]) -> tuple[DisconnectRow, ...]:
    """Count lost connections by reason.

    Args:
        lost: newest first.
    """
    groups: dict[tuple[Cause, int | None, bool], list[Disconnect]] = {}
    for one in lost:
        groups.setdefault((one.cause, one.code, one.resumes), []).append(one)
    rows = (_row(group) for group in groups.values())
    return tuple(sorted(rows, key=lambda row: (not row.fatal, -row.count, -row.last)))


def _row(group: Sequence[Disconnect]) -> DisconnectRow:
    one = group[0]
    shards = sorted({each.shard for each in group if each.shard is not None})
    if one.cause == "closed":
        found = meaning(one.code)
        text, fix, fatal = found.text, found.fix, found.fatal
    else:
        text, fix, fatal = CAUSES[one.cause], FIXES.get(one.cause, ""), False
        if one.cause == "invalid":
            text += "; it could be resumed" if one.resumes else "; the bot had to identify anew"
    return DisconnectRow(one.code, text, fix, fatal, len(group), one.at, tuple(shards), one.detail)


def limit_rows(limits: Iterable[RateLimit]) -> tuple[LimitRow, ...]:
    """Count 429s by owner and route.

    Args:
        limits: newest first.
    """
    groups: dict[tuple[Owner, str], list[RateLimit]] = {}
    for one in limits:
        groups.setdefault((one.owner, one.route), []).append(one)
    rows = (
        LimitRow(owner, route, len(of), sum(one.seconds or 0.0 for one in of), of[0].at)
        for (owner, route), of in groups.items()
    )
    return tuple(sorted(rows, key=lambda row: (-row.count, row.route)))


def _marked(chart: ChartSpec, lost: Iterable[Disconnect]) -> ChartSpec:
    """Mark the lost connections, among what else happened; of many marks, the last ones."""
    marks = [Mark(one.at, "reconnect") for one in lost if chart.start <= one.at <= chart.end]
    both = sorted((*chart.marks, *marks), key=lambda mark: mark.time)
    return replace(chart, marks=tuple(both[-MAX_MARKS:]))
