"""Which rule a figure is marked by, where several read it or one took another's place."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from services.debugcog.alerting.default_rules import default_rules
from services.debugcog.alerting.reads import SeriesStatistic, Signal
from services.debugcog.alerting.rule_status import RuleStatus, watching
from services.debugcog.alerting.rules import Rule, rule
from services.debugcog.alerting.states import SeverityState
from services.debugcog.answers.metric_parts import by_statistic
from services.debugcog.settings import Settings


def status(watched: Rule, value: float) -> RuleStatus:
    return RuleStatus(watched, watched, Signal(value), SeverityState())


def test_each_default_rule_watches_what_its_name_says() -> None:
    for one in default_rules(Settings()):
        known = status(one, 1.0)
        assert watching({one.name: known}, one.name) is known
    assert watching({}, "memory") is None


def test_a_hosts_function_in_the_place_of_a_default_rule_counts_only_in_the_same_unit() -> None:
    percent = rule("memory", lambda _: 60.0, warning=50, unit="%")
    megabytes = replace(percent, unit="MB")
    assert watching({"memory": status(percent, 60.0)}, "memory") is None
    assert watching({"memory": status(megabytes, 60.0)}, "memory") is not None


def test_a_hosts_rule_in_the_place_of_a_default_one_counts_only_if_it_reads_the_same() -> None:
    graphics = rule("memory", gauge="gpu_memory_mb", warning=50, unit="MB")
    process = rule("memory", gauge="memory_usage_mb", warning=50, unit="MB")
    assert watching({"memory": status(graphics, 60.0)}, "memory") is None
    assert watching({"memory": status(process, 60.0)}, "memory") is not None


def test_the_worst_rule_that_reads_the_same_metric_marks_what_a_default_one_watches() -> None:
    usual = next(one for one in default_rules(Settings()) if one.name == "memory")
    quota = rule("quota", gauge="memory_usage_mb", warning=50, critical=60, unit="MB")
    for quota_value, expected in ((70.0, "quota"), (40.0, "memory")):
        rules = {"memory": status(usual, 70.0), "quota": status(quota, quota_value)}
        found = watching(rules, "memory")
        assert found is not None
        assert found.rule.name == expected
    found = watching({"quota": status(quota, 70.0)}, "memory")
    assert found is not None
    assert found.rule is quota


def test_a_figure_is_marked_by_the_worst_of_the_rules_that_read_it() -> None:
    soon = rule("soon", gauge="queue", warning=5, critical=20)
    late = rule("late", gauge="queue", warning=1000)
    for rules in ((soon, late), (late, soon)):
        statuses = {one.name: status(one, 50.0) for one in rules}
        assert isinstance(soon.reads, SeriesStatistic)
        assert by_statistic("queue", statuses)[soon.reads.statistic].rule is soon


def test_a_threshold_that_no_value_reaches_is_refused() -> None:
    with pytest.raises(ValueError, match=r"queue takes no critical threshold of 1\.79769e\+308"):
        rule("queue", gauge="queue", warning=5, critical=sys.float_info.max)
