"""Numbers in the documents' sentences are those of the code."""

from __future__ import annotations

import inspect
import re

import pytest

from cogs.debug.app.runtime import HOOKS_INTERVAL
from cogs.debug.delivery.transport import DEADLINE, RECENT
from cogs.debug.features.loglevel.handlers import DEBUG_MINUTES
from cogs.debug.features.metrics.reply import OWN_MAX
from cogs.debug.ui.actions import CUSTOM_ID_MAX
from cogs.debug.ui.chart_attachment import DRAW_SECONDS
from services.debugcog import log_exception
from services.debugcog.alerting import incident_store, runs
from services.debugcog.alerting.default_rules import MIN_ERRORS, MIN_MESSAGES, MIN_SAMPLES
from services.debugcog.alerting.incident_actions import SILENCE_MAX
from services.debugcog.alerting.rules import rule
from services.debugcog.alerting.states import CYCLES, MISSING_TICKS, Timing
from services.debugcog.errors import breadcrumbs, error_buffer, groups, rate_limit, tables
from services.debugcog.logfile import file, queue, text
from services.debugcog.logfile.root_handler import NOISY
from services.debugcog.outbox import completion, order, outcomes
from services.debugcog.performance import QUIET_SECONDS
from services.debugcog.redaction.known_values import SHORTEST_VALUE
from services.debugcog.settings import Settings
from services.debugcog.timeseries.registry import MAX_METRICS
from services.debugcog.units import duration
from tests.docs.documents import text_of

TIMING = Timing()
FOR_SECONDS = inspect.signature(rule).parameters["for_seconds"].default
MINUTES = TIMING.editable / 60
NOISES = [f"`{name}`" for name in NOISY]

SENTENCES = {
    "README.md": (f"ends after {DEBUG_MINUTES} minutes by default",),
    "docs/metrics.md": (
        f"lists the first {OWN_MAX} of those that have values",
        f"A service takes up to {MAX_METRICS} names",
    ),
    "docs/logs.md": (
        f"A message is cut off after {text.MESSAGE_MAX:,} characters",
        f"Tracebacks show up to {sum(log_exception.LIMITS[1:])} frames of an exception",
        f"tried again every {file.RETRY_SECONDS:.0f} seconds",
        f"With {queue.CAPACITY_BELOW_WARNING:,} records in the queue, DEBUG and INFO are dropped",
        (
            f"with {queue.CAPACITY_FOR_WARNING:,}, WARNING too; "
            f"with {queue.CAPACITY_FOR_ERROR:,}, everything"
        ),
        f"at most once in {QUIET_SECONDS:.0f} seconds for each kind",
        f"DEBUG ends after {DEBUG_MINUTES} minutes unless you choose another time",
        f"{SHORTEST_VALUE} characters or more",
        f"It is back within {HOOKS_INTERVAL:.0f} seconds",
        f"{', '.join(NOISES[:-1])} and {NOISES[-1]} are logged from WARNING on",
    ),
    "docs/alerts.md": (
        f"the channel's last {RECENT} messages could not be read",
        f"needs {MIN_SAMPLES} samples",
        f"needs {MIN_MESSAGES} messages and {MIN_ERRORS} errors",
        f"no value for {MISSING_TICKS} evaluations",
        f"critical after {runs.LOOP} crashes within {duration(TIMING.reopen)}",
        f"evaluated from {TIMING.grace:.0f} s on",
        f"a gauge is sampled every {Settings().metrics_collection_interval:.0f} s",
        f"rules are evaluated every {Settings().alert_interval_seconds:.0f} s",
        f"has to stay for {FOR_SECONDS:.0f} s",
        f"because rules are evaluated from {TIMING.grace:.0f} s on",
        f"until the message is {MINUTES:.0f} minutes old",
        f"in the {TIMING.recent / 60:.0f} minutes before",
        f"had too few for {duration(TIMING.idle)}",
        f"within {duration(TIMING.reopen)} of the end reopens the same incident",
        f"at most one in {duration(TIMING.reopen)}",
        f"{('', 'One', 'Two', 'Three')[CYCLES]} rises and falls within an hour",
        f"It ends after {duration(TIMING.quiet)} without a breach",
        (
            f"after {duration(TIMING.repeat_critical)} (critical) or "
            f"{TIMING.repeat_warning / 3600:.0f} h (warning)"
        ),
        f"for {SILENCE_MAX / 86_400:.0f} days at most",
        (
            f"more than {groups.ESCALATING_FLOOR} errors in an hour, and more than "
            f"{groups.ESCALATING_FACTOR} times its hourly average"
        ),
        f"from {groups.FRESH / 60:.0f} minutes after the card was posted on",
        (
            f"for {error_buffer.CAPTURES_A_GROUP} errors of a group and "
            f"{error_buffer.CAPTURES_IN_ALL} in all per minute"
        ),
        f"the last {breadcrumbs.LINES_MAX} log lines",
        (
            f"{tables.GROUPS_KEPT:,} groups, {tables.EVENTS_KEPT:,} error ids, and "
            f"{tables.EVENTS_A_GROUP} errors of each group"
        ),
        f"may post {rate_limit.BURST} messages at once, then one a minute",
        (
            f"edited every {duration(rate_limit.EDIT_INTERVAL)}; after "
            f"{duration(rate_limit.DIGEST_SECONDS)} a new digest begins"
        ),
        (
            f"At most {order.PLAIN_CAP} messages in any {duration(order.CAP_WINDOW)}, and "
            f"{order.CAP - order.PLAIN_CAP} more"
        ),
        f"three or more messages that have waited for {duration(order.DIGEST_AGE)}",
        f"A request may take {DEADLINE:.0f} s",
        f"tried again after 1 to {outcomes.BACKOFF_MAX:.0f} s",
        f"may have accepted more than {duration(order.RECONCILE_AGE)} ago",
        f"all requests wait {duration(outcomes.CIRCUIT_SECONDS)}",
        (
            f"after {duration(outcomes.PROBE_FIRST)}, then at longer intervals up to "
            f"{duration(outcomes.PROBE_MAX)}"
        ),
        f"waited for {order.GIVE_UP_AGE / 3600:.0f} h goes into a digest",
        f"more than {DRAW_SECONDS:.0f} s to draw",
    ),
    "docs/architecture.md": (
        (
            f"{tables.GROUPS_KEPT:,} error groups, {tables.EVENTS_KEPT:,} error ids, "
            f"{incident_store.INCIDENTS_KEPT:,} incidents that have ended, "
            f"{incident_store.CHANGES_KEPT} changes, {runs.RUNS_KEPT} runs, "
            f"{completion.ROW_RETENTION / 86_400:.0f} days of sent posts"
        ),
        f"Discord's {CUSTOM_ID_MAX} characters",
    ),
    "SECURITY.md": (f"shorter than {SHORTEST_VALUE} characters",),
}


@pytest.mark.parametrize(
    ("document", "sentence"),
    [(document, sentence) for document, found in SENTENCES.items() for sentence in found],
)
def test_a_number_is_the_codes(document: str, sentence: str) -> None:
    text = re.sub(r"\s+", " ", text_of(document))
    assert sentence in text
