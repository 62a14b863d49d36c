"""Board (incidents, rules, silences, delivery) → the reply of /debug alerts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import discord

from cogs.debug.features.alerts.actions import ListAlerts, OpenIncident, OpenRule, SendTestAlert
from cogs.debug.features.alerts.crash_list import crash_lines, crash_menu
from cogs.debug.features.alerts.incident_card import VALUE_MAX, acknowledged_level
from cogs.debug.features.alerts.rule_labels import value_now
from cogs.debug.ui.escaping import escaped, inline, short
from cogs.debug.ui.people import person
from cogs.debug.ui.reply import (
    DESCRIPTION_MAX,
    FIELD_VALUE_MAX,
    OPTION_TEXT_MAX,
    OPTIONS_MAX,
    Button,
    Colour,
    Menu,
    Option,
    Reply,
)
from cogs.debug.ui.severity_labels import COLOURS, MARKS, silenced_levels
from cogs.debug.ui.times import ago, at
from services.debugcog.alerting.crash import Crash
from services.debugcog.alerting.incidents import Incident, Silence
from services.debugcog.alerting.rule_status import RuleStatus, worst_first
from services.debugcog.alerting.rules import Severity
from services.debugcog.alerting.sentences import lasted, separator, value_text
from services.debugcog.frozen import frozen
from services.debugcog.units import threshold
from services.debugcog.wording import counted

ENDED_SHOWN = 5
MORE = 30
"""Characters kept for the line that says how many are not shown."""


@frozen
class Board:
    """What the list shows.

    Attributes:
        incidents: the open ones first, then the newest.
        rule_statuses: of every rule.
        silences: those in force.
        delivery: where alerts go, and what keeps them from it, a line each.
        trouble: whether some of those lines are bad news.
        undelivered: in a few words, that something cannot go out.
        crashes: of the last days, the latest first.
    """

    incidents: Sequence[Incident]
    rule_statuses: Sequence[RuleStatus]
    silences: Sequence[Silence]
    delivery: Sequence[str]
    trouble: bool = False
    undelivered: str = ""
    crashes: Sequence[Crash] = ()


def listing(board: Board) -> Reply:
    """Render the list, with menus to open an incident or a rule."""
    firing = sorted(
        (one for one in board.incidents if one.open), key=lambda one: (-one.severity, one.since)
    )
    ended = [one for one in board.incidents if not one.open]
    pending = [one for one in worst_first(board.rule_statuses) if one.about_to_fire]
    worst = _worst(firing, pending, board)
    embed = discord.Embed(
        title=f"{MARKS[worst]} Alerts · {_state(len(firing), len(pending), board)}",
        description=_within(_firing_lines(firing, board.rule_statuses), DESCRIPTION_MAX)
        or _rules(board.rule_statuses),
        colour=COLOURS[worst].value,
    )
    for name, lines in (
        ("About to fire", [_pending(one) for one in pending]),
        ("Resolved", [_ended(one) for one in ended[:ENDED_SHOWN]]),
        ("Crashes", crash_lines(board.crashes)),
        ("Silenced", [_silenced(one, board) for one in board.silences]),
        ("Delivery", board.delivery),
    ):
        if lines:
            embed.add_field(name=name, value=_within(lines, FIELD_VALUE_MAX), inline=False)
    return Reply(embeds=(embed,), controls=_controls((*firing, *ended), board))


def matches(find: str, incidents: Sequence[Incident], rules: Sequence[RuleStatus]) -> Reply:
    """Render the incidents or rules that fit what was asked for, with a menu to open one.

    Args:
        find: what was asked for.
        incidents: that fit.
        rules: that fit.
    """
    lines = chain((_line(one) for one in incidents), map(_rule, worst_first(rules)))
    embed = discord.Embed(
        title=f"{counted(len(incidents) + len(rules), 'match', 'matches')} for {inline(find, 60)}",
        description=_within(lines, DESCRIPTION_MAX),
        colour=Colour.NEUTRAL.value,
    )
    menus = tuple(menu for menu in _menus(incidents, rules) if menu.options)
    return Reply(embeds=(embed,), controls=(*menus, Button("All alerts", ListAlerts())))


def _line(incident: Incident) -> str:
    return _firing(incident, None) if incident.open else _ended(incident)


def _state(firing: int, pending: int, board: Board) -> str:
    """Count what fires and what is about to; quiet is only what could be told if it were not."""
    parts = (
        f"{firing} open" if firing else "",
        f"{pending} about to fire" if pending else "",
        board.undelivered,
    )
    quiet = "0 open · see Delivery" if board.trouble else "all quiet"
    return " · ".join(filter(None, parts)) or quiet


def _worst(firing: Sequence[Incident], pending: Sequence[RuleStatus], board: Board) -> Severity:
    """Grade the whole as the overview does: what is about to fire, and trouble, need a look."""
    calm = not (pending or board.undelivered or board.trouble)
    least = Severity.OK if calm else Severity.WARNING
    return max((least, *(one.severity for one in firing)))


def _controls(incidents: Sequence[Incident], board: Board) -> tuple[Button | Menu, ...]:
    menus = (*_menus(incidents, board.rule_statuses), crash_menu(board.crashes))
    return (
        *(menu for menu in menus if menu.options),
        Button("Send a test alert", SendTestAlert(), style=discord.ButtonStyle.primary),
        Button("Refresh", ListAlerts()),
    )


def _menus(incidents: Sequence[Incident], rules: Sequence[RuleStatus]) -> tuple[Menu, Menu]:
    shown = worst_first(rules)[:OPTIONS_MAX]
    return (
        Menu("Open an incident", tuple(map(_incident_option, incidents[:OPTIONS_MAX]))),
        Menu("Open a rule: value, thresholds, silences", tuple(map(_rule_option, shown))),
    )


def _firing_lines(firing: Iterable[Incident], rule_statuses: Sequence[RuleStatus]) -> Iterator[str]:
    soon = {one.incident.id: one.pending for one in rule_statuses if one.incident and one.pending}
    return (_firing(one, soon.get(one.id)) for one in firing)


def _firing(incident: Incident, soon: Severity | None) -> str:
    flags = (
        f"{soon.word} soon" if soon else "",
        "recovering" if incident.state == "recovering" else "",
        f"acknowledged {acknowledged_level(incident)}by {person(incident.acked_by)}"
        if incident.acked
        else "",
        f"silenced until {at(incident.silenced_until)}" if incident.silenced_until else "",
        f"flapping, {counted(incident.flaps, 'cycle')}" if incident.flaps else "",
    )
    head = f"{MARKS[incident.severity]} **#{incident.id} {escaped(incident.title)}**"
    value = escaped(text, VALUE_MAX) if (text := value_text(incident)) else ""
    lines = (
        f"{head}{separator(incident)}{value} · started {ago(incident.since)}",
        " · ".join(filter(None, flags)),
    )
    return "\n".join(filter(None, lines))


def _ended(incident: Incident) -> str:
    end = incident.opened if incident.ended is None else incident.ended
    name = f"#{incident.id} {escaped(incident.title)}"
    why = "" if incident.reason in ("", "recovered") else f" ({escaped(incident.reason)})"
    return f"{MARKS[incident.peak]} {name}{why} {ago(end)}; lasted {lasted(incident)}"


def _pending(rule_status: RuleStatus) -> str:
    level = rule_status.pending.word if rule_status.pending else ""
    return f"{escaped(rule_status.rule.title)}: {escaped(value_now(rule_status))}, {level} soon"


def _silenced(silence: Silence, board: Board) -> str:
    titles = {one.rule.name: one.rule.title for one in board.rule_statuses}
    title = escaped(titles.get(silence.rule, silence.rule))
    levels = silenced_levels(silence.severity)
    return f"{title}: {levels} until {at(silence.shown_until)}, by {person(silence.by)}"


def _rules(rule_statuses: Sequence[RuleStatus]) -> str:
    """Say in lines what each rule reads, while nothing fires; the worst first."""
    return _within(map(_rule, worst_first(rule_statuses)), DESCRIPTION_MAX)


def _rule(rule_status: RuleStatus) -> str:
    value = escaped(value_now(rule_status))
    return f"{rule_status.mark} {escaped(rule_status.rule.title)}: {value}"


def _incident_option(incident: Incident) -> Option:
    peak = f"resolved, peak {incident.peak.word}"
    state = incident.severity.word if incident.open else peak
    return Option(f"#{incident.id} {short(incident.title)}", OpenIncident(incident.id), state)


def _rule_option(rule_status: RuleStatus) -> Option:
    rule = rule_status.rule
    limits = (
        f"{severity.word} {threshold(value, rule.unit)}"
        for severity in (Severity.WARNING, Severity.CRITICAL)
        if (value := rule.threshold(severity)) is not None
    )
    text = f"{value_now(rule_status)} · {', '.join(limits)}"
    return Option(short(rule.title), OpenRule(rule.name), short(text, OPTION_TEXT_MAX))


def _within(lines: Iterable[str], limit: int) -> str:
    """Join the first lines that fit, and say how many do not."""
    every = list(lines)
    shown: list[str] = []
    left = limit - MORE
    for line in every:
        left -= len(line) + 1
        if left < 0:
            return "\n".join([*shown, f"… and {len(every) - len(shown)} more"])
        shown.append(line)
    return "\n".join(shown)
