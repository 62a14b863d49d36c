"""An incident of the event loop carries the stall that is behind it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from cogs.debug.app.state_tables import SCHEMAS
from services.debugcog.alerting.default_rules import default_rules
from services.debugcog.alerting.evaluation import Evaluation, RuleState
from services.debugcog.alerting.evaluator import Evaluator
from services.debugcog.alerting.incident_store import incidents
from services.debugcog.alerting.incidents import Incident, blame, decode, encode, opened
from services.debugcog.alerting.noted_causes import with_cause
from services.debugcog.alerting.rules import LAG, Severity
from services.debugcog.alerting.states import SeverityState, Timing
from services.debugcog.metrics import MetricsService
from services.debugcog.settings import Settings
from services.debugcog.stalls.stall import Stall, StallSummary
from services.debugcog.state.database import Database
from services.debugcog.steady_clock import Timestamp

RULES = {rule.name: rule for rule in default_rules(Settings())}
FETCH = Stall(1_800_000_000.0, 4.8, "fetch", "cogs/chat.py", 63, "regular expression; simplify it")


@pytest.fixture
def incident() -> Incident:
    state = SeverityState(severity=Severity.CRITICAL)
    return opened(RULES["event_loop"], state, 4800.0, Timestamp(1.0, 1.0))


async def test_the_first_post_about_a_stall_names_who_blocked(tmp_path: Path) -> None:
    metrics = MetricsService(fold_interval=None)
    database = Database(tmp_path / "state.db", SCHEMAS)
    database.open()
    windows = []

    def stalls(window: float) -> StallSummary:
        windows.append(window)
        return StallSummary(1, False, FETCH)

    evaluator = Evaluator(
        database,
        metrics,
        (RULES["event_loop"], RULES["memory"]),
        interval=15.0,
        timing=replace(Timing(), grace=0.0),
        stalls=stalls,
    )
    evaluator.load()
    metrics.record("memory_usage_mb", 9_999)
    await evaluator.tick()
    assert windows == []
    metrics.record(LAG, 4_800)
    await evaluator.tick()
    (stored,) = await evaluator.query(lambda connection: incidents(connection, 5))
    (post,) = await database.query(
        lambda connection: connection.execute("SELECT body FROM outbox").fetchall()
    )
    await evaluator.close()
    database.close()
    assert (stored.rule, stored.blocked_by) == ("event_loop", FETCH)
    assert decode(json.loads(post["body"])["incident"]).blocked_by == FETCH
    assert windows == [70.0]


def test_only_a_stall_since_the_last_end_is_behind_an_incident_that_came_back(
    incident: Incident,
) -> None:
    back = replace(incident, back_after=980.0)
    rule_state = RuleState(RULES["event_loop"], SeverityState(), back)
    windows: list[float] = []

    def stalls(window: float) -> StallSummary:
        windows.append(window)
        return StallSummary(1, False, FETCH)

    metrics = MetricsService(fold_interval=None)
    found = with_cause(Evaluation(rule_state), None, metrics, stalls, Timestamp(1.0, 1_000.0))
    assert windows == [20.0]
    assert found.rule_state.incident
    assert found.rule_state.incident.blocked_by == FETCH


def test_the_longest_stall_stays_and_one_that_names_nobody_is_none(incident: Incident) -> None:
    longer, shorter = replace(FETCH, seconds=9.0), replace(FETCH, seconds=1.0)
    assert blame(incident, None) == incident
    assert blame(incident, Stall(1.0, 9.0)) == incident
    blamed = blame(incident, FETCH)
    assert blame(blamed, shorter) == blamed
    assert blame(blamed, longer).blocked_by == longer


def test_a_stored_incident_of_an_earlier_version_has_no_stall(incident: Incident) -> None:
    stored = json.loads(json.dumps(encode(incident)))
    del stored["blocked_by"]
    assert decode(stored) == incident
    blamed = blame(incident, FETCH)
    assert decode(json.loads(json.dumps(encode(blamed)))) == blamed
