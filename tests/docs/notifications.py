"""What a phone shows of each kind of post, as rows of a table; run it to write them anew.

Each post is queued by the code that queues it in a bot, taken from the outbox and made a message by
the real builder. ``python -m tests.docs.notifications`` writes the table into docs/alerts.md.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import dropwhile

from cogs.debug.app.features import renderers
from cogs.debug.app.state_tables import SCHEMAS
from cogs.debug.delivery.hidden_nonce import ONE, ZERO
from cogs.debug.delivery.message_builder import MessageBuilder
from cogs.debug.features.alerts.breach_chart import ChartSource
from cogs.debug.ui.chart_attachment import ChartAttachments
from services.debugcog.alerting import runs
from services.debugcog.alerting.death import Evidence
from services.debugcog.alerting.incidents import Incident, Notice
from services.debugcog.alerting.notices import post_notice
from services.debugcog.alerting.rules import Severity
from services.debugcog.alerting.sentences import TEST
from services.debugcog.alerting.suspensions import note_suspension
from services.debugcog.charting.picture_spec import Picture
from services.debugcog.errors import posts as error_posts
from services.debugcog.errors import tables
from services.debugcog.errors.records import Context, ErrorEvent, ErrorGroup
from services.debugcog.outbox.dispatch import Claim, claim
from services.debugcog.outbox.places import Open
from services.debugcog.outbox.posts import Post, enqueue
from services.debugcog.outbox.records import Streak
from services.debugcog.process.vitals import Vitals
from services.debugcog.steady_clock import Timestamp
from tests.docs.documents import ROOT

SINCE = 1_799_982_720.0  # 2027-01-15 03:12 UTC
ROLE = 77
NOW = SINCE + 340.0
DOCUMENT = "docs/alerts.md"
HEAD = "| message | notification |\n|---|---|\n"
SLOW = Incident(
    rule="response_time",
    title="Response time",
    unit="ms",
    severity=Severity.CRITICAL,
    peak=Severity.CRITICAL,
    value=5400.0,
    worst=6100.0,
    warning=3000.0,
    critical=5000.0,
    since=SINCE,
    opened=SINCE + 60,
    id=12,
)
WARNING = replace(SLOW, severity=Severity.WARNING, peak=Severity.WARNING, value=3600.0)
LONG = SINCE - 86_400.0
EASING = replace(SLOW, value=4700.0, ends_below=4500.0, ends_after=300.0)
ENDED = replace(SLOW, state="ended", ended=NOW, reason="recovered")
EVENT = ErrorEvent(
    id="E-7K3Q9D",
    at=NOW,
    type="demo.chat.LlmError",
    message="503 from provider",
    traceback="LlmError: 503 from provider",
    where="demo/chat.py:63 in generate",
    fingerprint="1a2b3c4d" + "0" * 56,
    context=Context("command", "ask"),
    release="",
    breadcrumbs=(),
)
GROUP = ErrorGroup(EVENT.fingerprint, EVENT.type, EVENT.where, SINCE, NOW, count=36, event=EVENT)
TRACE = """Fatal Python error: Segmentation fault

Current thread 0x00007f0000000002 (most recent call first):
  File "/srv/bot/labbot.py", line 12 in crash
"""
UNREACHED = Streak(NOW - 60, "Cannot connect to host discord.com")
Queue = Callable[[sqlite3.Connection], None]


def incident(told: Incident, event: str, kind: str = "reply") -> Queue:
    """Queue what is told of an incident, as the evaluator does."""
    return lambda connection: post_notice(connection, told, Notice(kind, event), NOW)


def group(told: ErrorGroup, news: str, kind: str = "reply") -> Queue:
    """Queue what is told of an error group, as the store does."""
    return lambda connection: enqueue(connection, error_posts.group_post(told, kind, news), NOW)


def crash(connection: sqlite3.Connection) -> None:
    """Begin a run after one that did not end."""
    run, _ = runs.begin(connection, Timestamp(0.0, SINCE), 600.0)
    runs.beat(connection, run, Timestamp(0.0, SINCE), 1800.0, Vitals())
    runs.begin(connection, Timestamp(120.0, SINCE + 120), 600.0, Evidence(TRACE))


def out_of_memory(connection: sqlite3.Connection) -> None:
    """Begin a run after one that the kernel has killed."""
    before, after = (Vitals(group="bot", group_kills=kills, limit_mb=800.0) for kills in (0, 1))
    run, _ = runs.begin(connection, Timestamp(0.0, SINCE), 600.0)
    runs.beat(connection, run, Timestamp(0.0, SINCE), 787.0, before)
    runs.begin(connection, Timestamp(40.0, SINCE + 40), 600.0, Evidence(vitals=after))


def suspension(connection: sqlite3.Connection) -> None:
    """Note that the process stood still."""
    note_suspension(connection, Timestamp(0.0, NOW), seconds=120.0, ended=NOW, scale=1.0)


def one_more(connection: sqlite3.Connection) -> None:
    """Queue a digest of one error group, which came when five had just been posted."""
    tables.add_event(connection, EVENT)
    tables.save_group(connection, GROUP)
    tables.put_in_digest(connection, GROUP.fingerprint, 3)
    enqueue(connection, error_posts.digest_post(connection, 3, "open", (1, 36)), NOW)


def storm(connection: sqlite3.Connection) -> None:
    """Queue a digest of error groups."""
    tables.add_event(connection, EVENT)
    tables.save_group(connection, GROUP)
    tables.put_in_digest(connection, GROUP.fingerprint, 3)
    enqueue(connection, error_posts.digest_post(connection, 3, "open", (1_200, 20_000)), NOW)


def outage(connection: sqlite3.Connection) -> None:
    """Queue three posts, and let them wait until they become a digest."""
    for number in (12, 13, 14):
        told = replace(SLOW, id=number)
        post_notice(connection, told, Notice("open", "opened"), NOW - 3600)


def trial(connection: sqlite3.Connection) -> None:
    """Queue a test alert."""
    body = json.dumps({"by": "<@22>"})
    enqueue(connection, Post("test:1", "open", urgent=False, title=TEST, body=body), NOW)


IDLE = replace(WARNING, stale=True, idle=True)
MISSING = replace(
    WARNING, rule="data_missing.memory", title="No data for memory", unit="", value=3, critical=None
)
LOOP = replace(
    SLOW,
    rule="crash_loop",
    title="Crash loop",
    unit="",
    value=3,
    warning=None,
    died_of=("Segmentation fault in crash (labbot.py:12)",) * 3,
)
KINDS: dict[str, tuple[Queue, int]] = {
    "warning": (incident(WARNING, "opened", "open"), 0),
    "critical": (incident(SLOW, "opened", "open"), 0),
    "value missing while it fires": (incident(replace(WARNING, stale=True), "opened", "open"), 0),
    "no traffic while it fires": (incident(IDLE, "opened", "open"), 0),
    "no data for a rule": (incident(MISSING, "opened", "open"), 0),
    "crash loop": (incident(LOOP, "opened", "open"), 0),
    "escalation": (incident(SLOW, "escalated"), 0),
    "critical again soon after its end": (incident(replace(SLOW, reopened=1), "reopened"), 0),
    "repeat": (incident(replace(SLOW, since=LONG), "reminder"), 0),
    "still critical below its limit": (incident(EASING, "reminder"), 0),
    "repeat of a warning": (incident(replace(WARNING, since=LONG), "reminder"), 0),
    "end": (incident(ENDED, "ended"), 0),
    "end without traffic": (incident(replace(ENDED, reason="no traffic"), "ended"), 0),
    "crash": (crash, 0),
    "crash, out of memory": (out_of_memory, 0),
    "suspended process": (suspension, 0),
    "new error": (group(GROUP, "new", "open"), 0),
    "error seen once": (group(replace(GROUP, count=1), "new", "open"), 0),
    "error after it was resolved": (group(replace(GROUP, state="regressed"), "regressed"), 0),
    "error after it was muted": (group(replace(GROUP, state="ongoing"), "unmuted"), 0),
    "many more errors than before": (group(replace(GROUP, count=600), "escalating"), 0),
    "new error, right after five others": (one_more, 0),
    "storm of errors": (storm, 0),
    "after an outage of Discord": (outage, 0),
    "test alert": (trial, 0),
    "critical, without embeds": (incident(SLOW, "opened", "open"), 2),
    "critical, shortest form": (incident(SLOW, "opened", "open"), 3),
    "end, shortest form": (incident(ENDED, "ended"), 3),
    "new error, shortest form": (group(GROUP, "new", "open"), 3),
}
"""Each kind of post: what queues it, and the fallback level at which it is made a message."""


def rows() -> Iterator[tuple[str, str]]:
    """Make a message of each kind of post."""
    source = ChartSource(lambda *_: (), lambda _: None)
    charts = ChartAttachments(_no_chart)
    builder = MessageBuilder(renderers(source, lambda: NOW), charts, str, ROLE)
    for kind, (queue, level) in KINDS.items():
        post = replace(_claimed(queue), fallback_level=level)
        yield kind, _shown(asyncio.run(builder.build(post)).content)


def written(found: Iterator[tuple[str, str]]) -> str:
    """Write rows as the lines of the table."""
    return "".join(f"| {kind} | {text} |\n" for kind, text in found)


def _claimed(queue: Queue) -> Claim:
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    for schema in SCHEMAS:
        connection.executescript(schema)
    queue(connection)
    found = claim(connection, NOW, Open(5), held_by=UNREACHED)
    connection.close()
    assert isinstance(found, Claim)
    return found


def _shown(content: str) -> str:
    """Show a content as a phone does, in one cell: as it is typed, the role by its name."""
    lines = content.replace(ZERO, "").replace(ONE, "").splitlines()
    text = " ⏎ ".join(lines).replace(f"<@&{ROLE}>", "@On call")
    return text.replace("|", "\\|")


async def _no_chart(spec: Picture) -> bytes:
    raise NotImplementedError


def main() -> None:
    """Write the table into the document."""
    path = ROOT / DOCUMENT
    before, _, rest = path.read_text(encoding="utf-8").partition(HEAD)
    after = dropwhile(lambda line: line.startswith("|"), rest.splitlines(keepends=True))
    path.write_text(before + HEAD + written(rows()) + "".join(after), encoding="utf-8")


if __name__ == "__main__":
    main()
