"""A rule whose series a bot never records reads another one, and says so."""

from __future__ import annotations

import pytest

from services.debugcog.alerting.alert_service import AlertService
from services.debugcog.alerting.default_rules import default_rules
from services.debugcog.alerting.evaluator import Evaluator
from services.debugcog.alerting.readings import read, rule_faults
from services.debugcog.alerting.reads import FEW, SeriesStatistic, Signal
from services.debugcog.alerting.rules import Severity
from services.debugcog.alerting.states import Timing
from services.debugcog.metrics import MetricsService
from services.debugcog.settings import Settings
from tests.alert_world import Disk
from tests.clock import Clock

RULES = default_rules(Settings())
RESPONSE = RULES[0]
COMMANDS = "Response time of commands"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def metrics(clock: Clock) -> MetricsService:
    return MetricsService(clock=clock, fold_interval=None)


def record(metrics: MetricsService, name: str, value: float = 6000.0) -> None:
    for _ in range(10):
        metrics.record(name, value)


def title(metrics: MetricsService) -> str:
    return RESPONSE.as_recorded(metrics.recorded).title


def signal(metrics: MetricsService) -> Signal:
    return read(metrics, [RESPONSE], rule_faults())["response_time"]


def test_commands_are_watched_where_no_response_time_was_ever_recorded(
    metrics: MetricsService, clock: Clock
) -> None:
    assert (title(metrics), signal(metrics)) == ("Response time", FEW)
    record(metrics, "command")
    assert (title(metrics), signal(metrics)) == (COMMANDS, Signal(6000.0))
    record(metrics, "total_response_time", 2000.0)
    assert (title(metrics), signal(metrics)) == ("Response time", Signal(2000.0))
    clock.turn(3600)
    record(metrics, "command")
    assert (title(metrics), signal(metrics)) == ("Response time", FEW), "it is quiet, not absent"


def test_the_rule_in_use_says_what_it_watches_and_keeps_its_thresholds(
    metrics: MetricsService,
) -> None:
    record(metrics, "command")
    lowered = RESPONSE.with_thresholds({Severity.WARNING: 10.0})
    in_use = lowered.as_recorded(metrics.recorded)
    assert in_use.description == (
        "Average time of commands over 5 min (needs 10 samples), "
        "as this bot records no total_response_time"
    )
    assert in_use.charted == SeriesStatistic("command", "mean", 10)
    assert in_use.threshold(Severity.WARNING) == 10.0


async def test_an_incident_of_slow_commands_is_named_so_and_so_is_the_rules_status(
    metrics: MetricsService, clock: Clock
) -> None:
    evaluator = Evaluator(
        Disk(), metrics, (RESPONSE,), interval=30.0, timing=Timing(), unix=clock, monotonic=clock
    )
    service = AlertService(evaluator)
    evaluator.load()
    for _ in range(6):
        record(metrics, "command")
        clock.turn(30)
        await evaluator.tick()
    (incident,) = service.open
    assert (incident.rule, incident.title, incident.value) == ("response_time", COMMANDS, 6000.0)
    status = service.rule_status("response_time")
    assert status
    assert (status.rule.title, status.configured.title) == (COMMANDS, "Response time")
    assert service.charted("response_time") == SeriesStatistic("command", "mean", 10)
    record(metrics, "total_response_time", 10.0)
    status = service.rule_status("response_time")
    assert status
    assert status.rule.title == "Response time"


async def test_a_rule_of_what_a_bot_never_records_is_told_apart_from_a_quiet_one(
    metrics: MetricsService, clock: Clock
) -> None:
    evaluator = Evaluator(
        Disk(), metrics, RULES, interval=30.0, timing=Timing(), unix=clock, monotonic=clock
    )
    evaluator.load()
    service = AlertService(evaluator)

    def recorded() -> set[str]:
        return {one.rule.name for one in service.rule_statuses() if one.recorded}

    gauges = {"memory", "event_loop", "gateway"}
    assert recorded() == gauges, "a gauge without a value is missing, not absent"
    record(metrics, "command")
    metrics.increment("messages_processed")
    assert recorded() == gauges | {"response_time", "error_rate"}
    clock.turn(7200)
    assert recorded() == gauges | {"response_time", "error_rate"}
