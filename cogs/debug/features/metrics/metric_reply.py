"""MetricAnswer → the reply of /debug metrics about one metric."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import discord

from cogs.debug.features.metrics.actions import Compare, ShowMetric, ShowMetricBy, ShowMetrics
from cogs.debug.ui.escaping import inline, prose, short
from cogs.debug.ui.grades import grade_of, worst
from cogs.debug.ui.names import written
from cogs.debug.ui.reply import (
    DESCRIPTION_MAX,
    FIELD_VALUE_MAX,
    OPTIONS_MAX,
    Button,
    Menu,
    Option,
    Reply,
    problem,
)
from cogs.debug.ui.tables import named_table, short_count
from cogs.debug.ui.times import clock
from cogs.debug.ui.windows import window_menu
from services.debugcog.answers.figure import NONE, Figure
from services.debugcog.answers.incidents import RuleLine
from services.debugcog.answers.metric import MetricAnswer, OtherTime
from services.debugcog.answers.metric_parts import Compared, LabelRow, Statistic
from services.debugcog.timeseries.stretch import Kind
from services.debugcog.windows import WINDOWS
from services.debugcog.wording import clip, noun

ROWS = 12
RULES_MAX = 5
NAMES = {"mean": "average", "maximum": "max", "minimum": "min", "rate": "per minute"}
ALL_TOGETHER = "All together"
NOTHING = "Nothing was recorded in this window."
NEVER = "Nothing has been recorded yet."
OTHERS = {"before": "Compared with the window before", "yesterday": "Compared with yesterday"}
Column = tuple[str, Callable[[LabelRow], str]]


def metric_reply(answer: MetricAnswer, by: str, compare: Compare) -> Reply:
    """Render one metric; ``by`` is the label that was asked for, which it may not have."""
    told = f", by {answer.by}" if answer.by else ""
    embed = discord.Embed(
        title=f"{answer.name}{told} · last {WINDOWS[answer.window][1]}",
        description=clip("\n".join(_lines(answer, by)), DESCRIPTION_MAX),
        colour=worst(grade_of(rule.value.severity) for rule in answer.rules).value,
        timestamp=discord.utils.utcnow(),
    )
    if answer.rules:
        rules = "\n".join(map(_rule, answer.rules[:RULES_MAX]))
        embed.add_field(
            name="Alert rules that read it", value=clip(rules, FIELD_VALUE_MAX), inline=False
        )
    for other in answer.others:
        embed.add_field(name=OTHERS[other.what], value=_other(other), inline=False)
    action = ShowMetric(written(answer.name), written(answer.by), answer.window, compare)
    buttons = Button("All metrics", ShowMetrics(answer.window)), Button("Refresh", action)
    return Reply(
        embeds=(embed,),
        controls=(*_menus(answer, action), *buttons),
        chart=answer.chart,
    )


def no_metric(name: str, near: Sequence[str]) -> Reply:
    """Say that there is no such metric, and which there are."""
    offered = f" Perhaps {', '.join(inline(one, 66) for one in near)}?" if near else ""
    return problem(
        f"No metric is called {inline(name, 66)}.{offered} The option `metric` completes its names."
    )


def _menus(answer: MetricAnswer, action: ShowMetric) -> Iterator[Menu]:
    yield window_menu(lambda window: replace(action, window=window), answer.window)
    if answer.labels:
        labels = ("", *answer.labels)[:OPTIONS_MAX]
        options = (
            Option(
                f"By {label}" if label else ALL_TOGETHER,
                ShowMetricBy(action.metric, written(label), action.window, action.compare),
                chosen=label == answer.by,
            )
            for label in labels
        )
        yield Menu("Group by a label", tuple(options))


def _lines(answer: MetricAnswer, by: str) -> Iterator[str]:
    if answer.trouble:
        yield prose(answer.trouble)
    if by and not answer.by:
        labels = ", ".join(inline(one, 66) for one in answer.labels[:ROWS])
        has = f"its labels are {labels}" if labels else "it has no labels"
        yield f"It has no label {inline(by, 66)}: {has}."
    if not answer.has_values:
        yield NOTHING if answer.recorded else NEVER
        return
    if answer.kind != "level":
        yield _counts({one.name: one.figure for one in answer.statistics}, answer.kind)
    told = [_statistic(one) for one in answer.statistics if one.name not in COUNTS]
    if told:
        yield " · ".join(told)
    yield from _table(answer)


def _table(answer: MetricAnswer) -> Iterator[str]:
    shown = answer.rows[:ROWS]
    if not shown:
        return
    columns = COLUMNS[answer.kind]
    cells = [[cell(row) for _, cell in columns] for row in shown]
    yield named_table([row.value for row in shown], [name for name, _ in columns], cells)
    if len(answer.rows) > len(shown):
        yield f"and {len(answer.rows) - len(shown):,} more, {LESS[answer.kind]}"


COUNTS = ("count", "rate", "failed")
LESS: Mapping[Kind, str] = {
    "counter": "with less",
    "timer": "which are faster",
    "level": "which are lower",
    "value": "with less",
}


def _counts(found: Mapping[str, Figure], kind: Kind) -> str:
    count = round(found["count"].value or 0)
    what = "" if kind == "counter" else f" {noun(count, 'call' if kind == 'timer' else 'value')}"
    parts = [f"**{count:,}**{what}", f"{found['rate'].text} per minute"]
    failed = round(found["failed"].value or 0) if "failed" in found else 0
    return " · ".join((*parts, *([f"{failed:,} failed"] if failed else ())))


def _statistic(one: Statistic) -> str:
    mark = f" {one.figure.mark}" if one.figure.mark else ""
    return f"{NAMES.get(one.name, one.name)} **{one.figure.text}**{mark}"


def _rule(rule: RuleLine) -> str:
    """Show what a rule reads now, and from where on it warns."""
    levels = [
        f"{name} from {prose(figure.text)}"
        for name, figure in (("warning", rule.warning), ("critical", rule.critical))
        if figure.value is not None
    ]
    reads = rule.missing or f"reads **{prose(rule.value.text)}**"
    return f"{rule.mark} {prose(short(rule.title, 60))} {reads} · {', '.join(levels)}"


def _other(other: OtherTime) -> str:
    if other.start is None or other.end is None:
        return other.missing
    lines = [_compared(one) for one in other.compared]
    return "\n".join((*lines, f"-# {clock(other.start)} to {clock(other.end)}"))


def _compared(one: Compared) -> str:
    """Write a difference in words: the value of both times, and how much more or less."""
    name = NAMES.get(one.name, one.name)
    if one.before.value is None or one.now.value is None:
        was = f"was {one.before.text}" if one.before.value is not None else "nothing was recorded"
        return f"{name} **{one.now.text}**, {was}"
    return f"{name} **{one.now.text}**, was {one.before.text}: {_change(one)}"


def _change(one: Compared) -> str:
    difference = one.difference.value or 0.0
    if not difference:
        return "the same"
    word = "more" if difference > 0 else "less"
    if one.percent.value is not None and abs(one.percent.value) < 1:
        return "about the same"
    size = Figure(abs(difference), one.difference.unit).text
    if one.percent.value is None:
        return f"{size} {word}"
    sign = "+" if difference > 0 else "-"
    return f"{abs(one.percent.value):,.0f} % {word} ({sign}{size})"


def _number(figure: Figure) -> str:
    return NONE if figure.value is None else figure.text


def _share(row: LabelRow) -> str:
    return NONE if row.share.value is None else f"{row.share.value:.0f} %"


COLUMNS: Mapping[Kind, tuple[Column, ...]] = {
    "counter": (("count", lambda row: short_count(row.count)), ("share", _share)),
    "timer": (
        ("calls", lambda row: short_count(row.count)),
        ("bad", lambda row: short_count(row.failed)),
        ("p50", lambda row: _number(row.p50)),
        ("p95", lambda row: _number(row.p95)),
        ("max", lambda row: _number(row.maximum)),
    ),
    "level": (
        ("last", lambda row: _number(row.last)),
        ("avg", lambda row: _number(row.mean)),
        ("max", lambda row: _number(row.maximum)),
    ),
    "value": (
        ("count", lambda row: short_count(row.count)),
        ("total", lambda row: _number(row.total)),
        ("share", _share),
        ("avg", lambda row: _number(row.mean)),
        ("p95", lambda row: _number(row.p95)),
    ),
}
