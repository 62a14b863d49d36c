"""A host's own rules: whatever it gives, the desk loads, and says what it left out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services.debugcog.alerting.default_rules import default_rules
from services.debugcog.alerting.host_rules import joined
from services.debugcog.alerting.readings import measure, rule_faults
from services.debugcog.alerting.reads import MISSING, SeriesStatistic
from services.debugcog.alerting.rules import Level, Rule, rule
from services.debugcog.settings import Settings
from services.debugcog.timeseries.snapshot import Snapshot, Summary

DEFAULTS = default_rules(Settings())
QUEUE = rule("queue", lambda _: 7.0, warning=100, critical=500)


def names(rules: tuple[Rule, ...]) -> list[str]:
    return [one.name for one in rules]


def test_rules_of_the_host_come_after_the_default_ones() -> None:
    rules, rejected = joined(DEFAULTS, [QUEUE])
    assert (names(rules), rejected) == ([*names(DEFAULTS), "queue"], ())


def test_a_rule_with_the_name_of_a_default_one_replaces_it() -> None:
    own = rule("memory", lambda _: 1.0, warning=5)
    rules, rejected = joined(DEFAULTS, [own])
    assert rejected == ()
    assert [one for one in rules if one.name == "memory"] == [own]
    assert len(rules) == len(DEFAULTS)


@pytest.mark.parametrize(
    ("given", "rejection"),
    [
        (None, "bot.alert_rules is a NoneType: give a list of rules"),
        ("queue", "bot.alert_rules is a str: give a list of rules"),
        (
            [lambda: 1],
            ("function in bot.alert_rules is no rule: make it with debugcog.rule()"),
        ),
        ([QUEUE, QUEUE], "there are two rules named queue: the first one counts"),
        (
            [replace(QUEUE, name="crash_loop")],
            "rule crash_loop: that name is taken, choose another",
        ),
        (
            [replace(QUEUE, name="Bad Name")],
            (
                "rule 'Bad Name': a name starts with a lower-case letter and goes on with "
                "lower-case letters, digits and underscores, 40 at most"
            ),
        ),
        (
            [replace(QUEUE, critical=Level(50, 45, 60))],
            "queue: critical must not be below warning",
        ),
        ([replace(QUEUE, unit="x" * 17)], "rule queue: a unit has 16 characters at most"),
        (
            [replace(QUEUE, warning=None, critical=None)],
            "rule queue: give a warning or a critical threshold",
        ),
    ],
)
def test_what_cannot_be_watched_is_left_out_and_told(given: Any, rejection: str) -> None:
    rules, rejected = joined(DEFAULTS, given)
    assert rejected == (rejection,)
    assert names(rules)[: len(DEFAULTS)] == names(DEFAULTS)


def test_what_a_hosts_rule_says_is_redacted_before_it_is_kept() -> None:
    told = replace(QUEUE, title="Queue of hunter2", description="Length of hunter2")

    def redact(text: str) -> str:
        return text.replace("hunter2", "[redacted]")

    rules, rejected = joined((), [told, replace(told, name="Hunter2hunter2")], redact=redact)

    assert [(rule.title, rule.description) for rule in rules] == [
        ("Queue of [redacted]", "Length of [redacted]")
    ]
    assert "hunter2" not in rejected[0]


def test_a_name_that_is_refused_is_told_without_its_secret() -> None:
    with pytest.raises(ValueError, match=r"rule 'password=\[redacted\]': a name starts"):
        rule("password=q8Zk3wTr5y", gauge="queue_length", warning=5)


def test_a_single_rule_passes_for_a_list() -> None:
    rules, rejected = joined((), QUEUE)
    assert (names(rules), rejected) == (["queue"], ())


def test_durations_are_scaled_but_a_gauge_keeps_three_samples() -> None:
    depth = rule("depth", gauge="queue_length", warning=5)
    (queue, gauge), _ = joined((), [QUEUE, depth], scale=0.1, interval=200.0)
    assert (queue.window, queue.keep_firing_for, queue.warning) == (30.0, 30.0, Level(100, 90, 6.0))
    assert gauge.window == 600.0


def test_a_rule_of_a_gauge_evaluates_its_newest_value() -> None:
    depth = rule("depth", gauge="queue_length", warning=5)
    series = {"queue_length": Summary(count=2, total=9.0, last=6.0)}

    def snapshot() -> Snapshot:
        raise AssertionError("nothing asks for one")

    assert measure(depth, series, snapshot, rule_faults()).value == 6.0
    assert measure(depth, {}, snapshot, rule_faults()) == MISSING
    assert (depth.reads, depth.description) == (
        SeriesStatistic("queue_length", "last"),
        "Newest value of queue_length",
    )


def test_a_description_is_taken_by_its_older_name_too() -> None:
    older = rule("depth", gauge="queue_length", warning=5, words="Jobs that wait")
    assert older == rule("depth", gauge="queue_length", warning=5, description="Jobs that wait")


@pytest.mark.parametrize(
    "arguments",
    [
        {"name": "queue", "warning": 1},
        {"name": "queue", "read": lambda _: 1.0, "gauge": "x", "warning": 1},
        {"name": "queue", "read": lambda _: 1.0, "warning": float("nan")},
        {"name": "queue", "read": lambda _: 1.0, "warning": 5, "critical": 4},
        {"name": "", "read": lambda _: 1.0, "warning": 5},
        {"name": "queue", "read": lambda _: 1.0, "warning": 5, "window": 0},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_where_it_is_written(arguments: Any) -> None:
    with pytest.raises(ValueError, match=r"queue|name"):
        rule(**arguments)
