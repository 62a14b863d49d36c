"""Alert rules → the rule file of Prometheus: a recording rule and an alert for each level."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from services.debugcog.alerting.rules import Level, Rule, Severity
from services.debugcog.prometheus.names import PREFIX
from services.debugcog.prometheus.promql import Expressions, expressions, seconds
from services.debugcog.prometheus.yaml_text import Value, yaml

JOB = "discord-bot"
"""Name of the scrape job in ``deploy/prometheus.yml``."""

FORMATS = {
    "ms": "{{ $value | humanizeDuration }}",
    "s": "{{ $value | humanizeDuration }}",
    "MB": "{{ $value | humanize1024 }}B",
    "%": "{{ $value | humanizePercentage }}",
}
"""Unit of a rule → how a message shows its value."""

HEAD = """\
# Recording and alerting rules for Prometheus, written by python -m services.debugcog.prometheus.
# They are the rules of DebugCog itself; docs/monitoring.md tells what is different.
"""


def rule_file(rules: Iterable[Rule], *, scale: float = 1.0) -> str:
    """Write the rule file.

    Args:
        rules: the default ones; one that Prometheus cannot read raises ``NotExpressibleError``.
        scale: factor on the durations of what is not one of them.
    """
    given = tuple(rules)
    found = [(rule, expressions(rule)) for rule in given]
    recorded: list[Value] = [
        {"record": name, "expr": value}
        for _, expression in found
        for name, value in expression.records
    ]
    alerts: list[Value] = [
        alert for rule, expression in found for alert in _alerts(rule, expression)
    ]
    others: list[Value] = [_dead(scale), *_host_rules(given)]
    interval = seconds(15.0 * min(1.0, scale) // 1 or 1.0)
    return HEAD + yaml(
        {
            "groups": [
                {"name": "debugcog", "interval": interval, "rules": recorded + alerts},
                {"name": "debugcog-process", "interval": interval, "rules": others},
            ]
        }
    )


def alert_name(rule: str) -> str:
    """Name the alert of a rule: ``DiscordBotResponseTime``."""
    return "DiscordBot" + "".join(word.capitalize() for word in rule.split("_"))


def _alerts(rule: Rule, expression: Expressions) -> Iterator[Mapping[str, Value]]:
    for severity, level in ((Severity.WARNING, rule.warning), (Severity.CRITICAL, rule.critical)):
        if level is not None:
            yield _alert(rule, expression, severity, level)


def _alert(
    rule: Rule, expression: Expressions, severity: Severity, level: Level
) -> Mapping[str, Value]:
    name = alert_name(rule.name)
    value = FORMATS.get(rule.unit, "{{ $value | humanize }}")
    return {
        "alert": name,
        "expr": expression.breach(level, rule.unit, name, severity),
        "for": seconds(level.for_seconds),
        "keep_firing_for": seconds(rule.keep_firing_for),
        "labels": {"severity": severity.word, "rule": rule.name},
        "annotations": {
            "summary": f"{rule.title} of {{{{ $labels.process }}}}: {value}",
            "description": rule.description,
        },
    }


def _dead(scale: float) -> Mapping[str, Value]:
    """Fire when a process does not answer: the one thing that it cannot tell itself."""
    return {
        "alert": "DiscordBotDown",
        "expr": f'up{{job="{JOB}"}} == 0',
        "for": seconds(60.0 * scale),
        "labels": {"severity": "critical", "rule": "down"},
        "annotations": {
            "summary": "{{ $labels.instance }} does not answer",
            "description": "Its metrics could not be read for a minute: the process is gone, or "
            "stands still",
        },
    }


def _host_rules(rules: Iterable[Rule]) -> Iterator[Mapping[str, Value]]:
    """Pass on what DebugCog itself evaluates: a host's rules may call its functions."""
    names = "|".join(sorted(rule.name for rule in rules))
    for severity in (Severity.WARNING, Severity.CRITICAL):
        yield {
            "alert": "DiscordBotOwnRule",
            "expr": f'{PREFIX}rule_severity{{rule!~"{names}"}} == {severity.value}',
            "labels": {"severity": severity.word},
            "annotations": {
                "summary": "Rule {{ $labels.rule }} of {{ $labels.process }} fires",
                "description": "A rule that the bot has added; /debug alerts shows its value",
            },
        }
