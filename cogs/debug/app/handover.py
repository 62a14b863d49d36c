"""Metrics service, alert rules and gauges that the host provides, stored on its bot object.

Nothing here needs a common name on the bot: a bot's ``metrics`` may well be its own. Where it is a
``MetricsService`` of ours, and ``alert_rules`` has rules of ours, they are used all the same.
"""

from __future__ import annotations

import dataclasses
import inspect
import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any

import discord

from services.debugcog.alerting import rules as alert_rules
from services.debugcog.frozen import frozen
from services.debugcog.guard import attempt, own_logger
from services.debugcog.metrics import MetricsService
from services.debugcog.timeseries.metric_names import canonical
from services.debugcog.timeseries.totals import MetricTotals
from services.debugcog.users import provider as users_provider

if TYPE_CHECKING:
    from services.debugcog.alerting.rules import Rule
    from services.debugcog.users.provider import UserProvider

log = own_logger("debugcog.handover")

ATTRIBUTE = "_debugcog_handover"
"""Name on the bot under which its ``Handover`` is kept."""

ITEMS_MAX = 1_000

Read = Callable[[], float]


@frozen(kw_only=True)
class Handover:
    """What a host has handed over, and what is in use.

    Attributes:
        metrics: the host's own service; None where the cog is to make one.
        rules: besides the default ones.
        gauges: name of a metric → function that reads it.
        users: tells of the bot's users; None where the cog shows what it sees itself.
        in_use: the service of the cog that is loaded; None while none is.
        idle: what ignores every value, for who asks for the service when there is none.
        totals: since the process started, of the cog's own service when it was last unloaded.
        refused: values that it had refused by then.
    """

    metrics: MetricsService | None = None
    rules: tuple[Rule, ...] = ()
    gauges: Mapping[str, Read] = field(default_factory=dict)
    users: UserProvider | None = None
    in_use: MetricsService | None = None
    idle: MetricsService | None = None
    totals: tuple[MetricTotals, ...] = ()
    refused: int = 0


def configure(
    bot: discord.Client,
    *,
    metrics: MetricsService | None = None,
    rules: Iterable[Rule] = (),
    gauges: Mapping[str, Read] | None = None,
    users: UserProvider | None = None,
) -> None:
    """Hand over what the next load of DebugCog is to use; each call replaces the last one.

    Args:
        bot: the host.
        metrics: a service of the host's own, which stays open when the cog is unloaded.
        rules: alert rules besides the default ones, made by ``rule()``.
        gauges: name of a metric → plain function that returns its value now; read at each
            ``METRICS_COLLECTION_INTERVAL`` by a thread while the cog is loaded.
        users: tells of the bot's users, for the dashboard; it is awaited on the bot's loop.

    Raises:
        TypeError: something is not of the type that is asked for.
        ValueError: the name of a gauge is no name of a metric.
    """
    handover = Handover(
        metrics=_service(metrics),
        rules=_rules(rules),
        gauges=_gauges(gauges or {}),
        users=_users(users),
    )
    kept = _kept(bot)
    _keep(
        bot,
        dataclasses.replace(
            handover,
            in_use=kept.in_use,
            idle=kept.idle,
            totals=kept.totals,
            refused=kept.refused,
        ),
    )


def metrics_of(bot: discord.Client) -> MetricsService:
    """Return the service in use: what was handed over, or the loaded cog's own.

    Before the load, without one handed over, and after an unload it is one that ignores every
    value, so that no call of the host's fails; so ask again each time instead of keeping it.
    """
    kept = _kept(bot)
    found = kept.in_use or kept.metrics or _shared(bot) or kept.idle
    if found is None:
        log.warning("Values are ignored: metrics_of() was called while DebugCog is not loaded")
        found = MetricsService(enabled=False)
        _keep(bot, dataclasses.replace(kept, idle=found))
    return found


def handed_over(bot: discord.Client) -> Handover:
    """Return what the host has handed over, by ``configure`` or by attributes of its bot."""
    kept = _kept(bot)
    return dataclasses.replace(
        kept,
        metrics=kept.metrics or _shared(bot),
        rules=kept.rules or _alert_rules(bot) or (),
    )


def put_to_use(bot: discord.Client, metrics: MetricsService) -> Callable[[], None]:
    """Let ``metrics_of`` find a service, read the gauges into it, and tell what is not used.

    Returns:
        A function that ends both.
    """
    kept = _kept(bot)
    _tell_unused(bot, kept)
    removals = []
    for name, read in kept.gauges.items():
        try:
            removals.append(metrics.gauge(name, read))
        except ValueError as error:  # of a strict service
            log.warning("Gauge left out: %s", error)
    _keep(bot, dataclasses.replace(kept, in_use=metrics))

    def undo() -> None:
        _keep(bot, dataclasses.replace(_kept(bot), in_use=None))
        for remove in removals:
            remove()

    return undo


def own_service(bot: discord.Client, *, enabled: bool) -> MetricsService:
    """Make the service of a cog that is given none; its totals go on where the last one's ended.

    Prometheus takes a counter that falls for a restart of the process, which a reload is not.
    """
    service = MetricsService(enabled=enabled)
    kept = _kept(bot)
    service.carry(kept.totals, kept.refused)
    return service


def close_own(bot: discord.Client, service: MetricsService) -> None:
    """Close the cog's own service, and keep its totals for the next load."""
    service.close()
    totals, refused = service.totals(), service.refused
    _keep(bot, dataclasses.replace(_kept(bot), totals=totals, refused=refused))


def _service(given: Any) -> MetricsService | None:
    if given is None or isinstance(given, MetricsService):
        return given
    raise TypeError(f"metrics is of type {_type(given)}, not a debugcog.MetricsService")


def _users(given: Any) -> UserProvider | None:
    if given is None:
        return None
    lacking = [name for name in users_provider.METHODS if not callable(getattr(given, name, None))]
    if isinstance(given, type) or lacking:
        what = "the class itself" if isinstance(given, type) else f"without {', '.join(lacking)}()"
        raise TypeError(f"users is {what}, of type {_type(given)}: give a debugcog.UserProvider")
    provider: UserProvider = given
    return provider


def _gauges(given: Mapping[str, Any]) -> dict[str, Read]:
    for name, read in given.items():
        if not callable(read) or inspect.iscoroutinefunction(read):
            raise TypeError(f"gauge {name} is no plain function: give one that returns a number")
    return {canonical(name): read for name, read in given.items()}


def _rules(given: Any) -> tuple[Rule, ...]:
    if isinstance(given, tuple) and not given:
        return given
    if _is_rule(given) or not isinstance(given, Iterable):
        raise TypeError(f"rules is of type {_type(given)}: give a list of debugcog.rule(...)")
    rules = tuple(given)
    for one in rules:
        if not _is_rule(one):
            raise TypeError(f"{one!r:.80} in rules is no rule: make it with debugcog.rule(...)")
    return rules


def _tell_unused(bot: discord.Client, kept: Handover) -> None:
    """Name, once a load, what has a name of ours on the bot and is the host's own."""
    metrics, rules = (_attribute(bot, name) for name in ("metrics", "alert_rules"))
    if metrics is not None and kept.metrics is None and _shared(bot) is None:
        log.warning(
            "bot.metrics is not used, it is of type %s: to share a service of DebugCog, call "
            "debugcog.configure(bot, metrics=debugcog.MetricsService())",
            _type(metrics),
        )
    if rules is not None and not kept.rules and _alert_rules(bot) is None:
        log.warning(
            "bot.alert_rules is not used, it is of type %s and has no rule of DebugCog: to add "
            "rules, call debugcog.configure(bot, rules=[debugcog.rule(...)])",
            _type(rules),
        )


def _shared(bot: discord.Client) -> MetricsService | None:
    theirs = _attribute(bot, "metrics")
    return theirs if isinstance(theirs, MetricsService) else None


def _alert_rules(bot: discord.Client) -> Any:
    """Return ``bot.alert_rules`` where one of them is ours; the load tells which are none."""
    theirs: Any = _attribute(bot, "alert_rules")
    if theirs is None:
        return ()
    items = (theirs,) if _is_rule(theirs) else _items(theirs)
    return items if items == () or any(map(_is_rule, items or ())) else None


def _is_rule(one: object) -> bool:
    """Tell whether it is a rule; a bot that hands over nothing runs no code for it."""
    return isinstance(one, alert_rules.Rule)


def _items(theirs: Any) -> tuple[object, ...] | None:
    """List what a host's object has, a thousand at most; None where it is no collection."""
    return attempt(lambda: tuple(itertools.islice(theirs, ITEMS_MAX)), None)


def _attribute(bot: discord.Client, name: str) -> object:
    return attempt(lambda: getattr(bot, name, None), None)


def _kept(bot: discord.Client) -> Handover:
    kept = getattr(bot, ATTRIBUTE, None)
    return kept if isinstance(kept, Handover) else Handover()


def _keep(bot: discord.Client, handover: Handover) -> None:
    setattr(bot, ATTRIBUTE, handover)


def _type(value: object) -> str:
    kind = type(value)
    return f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
