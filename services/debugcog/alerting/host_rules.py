"""Default rules and the host's own → rules to evaluate, and reasons for rejected ones.

Nothing that a host gives may keep the cog from loading: what is no rule is left out and told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from services.debugcog.alerting.rules import CRASH_LOOP, Level, Rule, check
from services.debugcog.exceptions import storable, text_in_time
from services.debugcog.guard import attempt, is_hosts

FIX = "make it with debugcog.rule()"
RULES_MAX = 1_000
SAMPLES = 3


def joined(
    defaults: Sequence[Rule],
    given: Any,
    *,
    scale: float = 1.0,
    interval: float = 60.0,
    redact: Callable[[str], str] = str,
) -> tuple[tuple[Rule, ...], tuple[str, ...]]:
    """Put a host's rules beside the default ones; one with the name of a default replaces it.

    Args:
        defaults: our own.
        given: ``bot.alert_rules``: a list of rules, or anything, as a host may err.
        scale: factor on every duration of the host's rules.
        interval: seconds between two samples of a gauge.
        redact: removes secrets from what a host's rule says of itself.

    Returns:
        The rules, and a sentence for each that was left out.
    """
    own: dict[str, Rule] = {}
    rejected: list[str] = []
    items = attempt(lambda: _listed(given), None)
    if items is None:
        return tuple(defaults), (f"bot.alert_rules is a {_kind(given)}: give a list of rules",)
    for one in items:
        try:
            rule = _without_secrets(_fitting(one, scale, interval), redact)
            if rule.name in own:
                raise ValueError(f"there are two rules named {rule.name}: the first one counts")
            own[rule.name] = rule
        except BaseException as error:
            if not is_hosts(error):
                raise
            rejected.append(redact(text_in_time(error)))
    kept = tuple(rule for rule in defaults if rule.name not in own)
    return (*kept, *own.values()), tuple(rejected)


def _listed(given: Any) -> tuple[object, ...] | None:
    """List what a host's object has; None where it is no collection."""
    if isinstance(given, Rule):
        return (given,)
    is_collection = isinstance(given, Iterable) and not isinstance(given, str | bytes)
    return tuple(islice(given, RULES_MAX)) if is_collection else None


def _fitting(rule: Any, scale: float, interval: float) -> Rule:
    if not isinstance(rule, Rule):
        raise TypeError(f"{_kind(rule)} in bot.alert_rules is no rule: {FIX}")
    check(rule)
    if rule.name == CRASH_LOOP:
        raise ValueError(f"rule {rule.name}: that name is taken, choose another")
    window = float(rule.window)  # a number of the host's may be of any type
    return replace(
        rule,
        name=storable(rule.name),
        window=max(window, SAMPLES * interval) if rule.sampled else scale * window,
        warning=_scaled(rule.warning, scale),
        critical=_scaled(rule.critical, scale),
        keep_firing_for=scale * float(rule.keep_firing_for),
    )


def _without_secrets(rule: Rule, redact: Callable[[str], str]) -> Rule:
    """Copy the rule with texts that can be stored and shown."""
    return replace(
        rule,
        title=redact(storable(str(rule.title))),
        unit=storable(str(rule.unit)),
        description=redact(storable(str(rule.description))),
    )


def _scaled(level: Level | None, scale: float) -> Level | None:
    if level is None:
        return None
    return Level(float(level.enter), float(level.clear), scale * float(level.for_seconds))


def _kind(value: object) -> str:
    return type(value).__name__
