"""Activity by day, and prices of models → UsageAnswer and UserDays: who uses the bot how much."""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Literal

from services.debugcog.activity.day_store import Column, Order, Sum, sums
from services.debugcog.activity.days import DAY, EVERYBODY, DayKind, DaySum
from services.debugcog.activity.seen import NAME_MAX
from services.debugcog.answers.figure import Figure
from services.debugcog.answers.reads import Read, read
from services.debugcog.costs.ledger import CostLedger
from services.debugcog.costs.prices import UNITS
from services.debugcog.exceptions import storable
from services.debugcog.frozen import frozen
from services.debugcog.invisible import visible_name
from services.debugcog.users.sources import UserSources

Most = Literal["messages", "commands", "tokens", "cost"]

DAYS = 7
SHOWN = 10
ROWS_MAX = 2_000
"""Rows that are added up: users, or users by model, those with the most first."""
NAMES_MAX = 8
USED: tuple[DayKind, ...] = ("command", "component")
WHAT = "Activity by day"


@frozen
class Use:
    """What somebody did; a figure without a value is not known.

    Attributes:
        messages: written where the bot is.
        commands: commands, buttons, menus and forms.
        tokens: of models, in and out, in calls of theirs.
        cost: of these at today's prices; no value without a price.
    """

    messages: Figure
    commands: Figure
    tokens: Figure
    cost: Figure


@frozen
class UsageRow:
    """One user: Discord's id, None for all others together, the name as seen, and the use."""

    id: str | None
    name: str
    use: Use


@frozen
class UsageAnswer:
    """Who uses the bot most.

    Attributes:
        days: that are counted, today among them; they begin at midnight, UTC.
        most: what the rows are sorted by.
        rows: the first of them.
        users: how many there are.
        unpriced: tokens without a price.
        trouble: says what is missing and why; None when all is well.
    """

    days: int
    most: Most
    rows: tuple[UsageRow, ...]
    users: int
    unpriced: int
    trouble: str | None


@frozen
class DayRow:
    """One day of a user: its beginning in unix seconds, and the use."""

    at: float
    use: Use


@frozen
class CommandUse:
    """What a user did with one command: how often, and how many calls failed."""

    name: str
    calls: int
    failed: int


@frozen
class UserDays:
    """What one user did lately.

    Attributes:
        days: those with something, the latest first.
        commands: those used most, first.
        trouble: says what is missing and why; None when all is well.
    """

    days: tuple[DayRow, ...]
    commands: tuple[CommandUse, ...]
    trouble: str | None


Row = Sum | DaySum
"""What the state file has, or what it will have in some seconds."""
Pending = Callable[[], tuple[DaySum, ...]]


@frozen
class _Rows:
    messages: tuple[Row, ...]
    commands: tuple[Row, ...]
    models: tuple[Row, ...]
    names: tuple[Row, ...] = ()


async def usage(
    sources: UserSources,
    most: Most = "messages",
    *,
    days: int = DAYS,
    clock: Callable[[], float] = time.time,
) -> UsageAnswer:
    """Tell who uses the bot most.

    Args:
        sources: of users.
        most: what the rows are sorted by.
        days: that are counted.
        clock: unix seconds.
    """
    today = int(clock()) // DAY
    found = await _read(sources, partial(_of_all, sources.pending, today - days + 1, today))
    rows = found.value or _Rows((), (), ())
    costs = sources.costs() if sources.costs else None
    uses, unpriced = _uses(rows, costs, lambda one: one.user_id)
    ordered = sorted(uses.items(), key=lambda pair: -(getattr(pair[1], most).value or 0.0))
    shown = [pair for pair in ordered if getattr(pair[1], most).value][:SHOWN]
    return UsageAnswer(
        days=days,
        most=most,
        rows=tuple(UsageRow(*_named(sources, user_id), use) for user_id, use in shown),
        users=len(uses.keys() - {EVERYBODY}),
        unpriced=unpriced,
        trouble=found.trouble or (costs.trouble or None if costs else None),
    )


async def user_days(
    sources: UserSources,
    user_id: int,
    *,
    days: int = DAYS,
    clock: Callable[[], float] = time.time,
) -> UserDays:
    """Tell what one user did by day, and with which commands; arguments as those of ``usage``."""
    today = int(clock()) // DAY
    work = partial(_of_one, sources.pending, today - days + 1, today, user_id)
    found = await _read(sources, work)
    rows = found.value or _Rows((), (), ())
    costs = sources.costs() if sources.costs else None
    uses, _ = _uses(rows, costs, lambda one: one.day)
    return UserDays(
        days=tuple(DayRow(day * DAY, use) for day, use in sorted(uses.items(), reverse=True)),
        commands=tuple(_commands(rows.names)),
        trouble=found.trouble,
    )


async def _read(sources: UserSources, work: Callable[[sqlite3.Connection], _Rows]) -> Read[_Rows]:
    if sources.database is None:
        return Read(None)
    return await read(sources.database.query, WHAT, work)


def _of_all(pending: Pending, first: int, last: int, connection: sqlite3.Connection) -> _Rows:
    def ask(*kinds: DayKind, by: Sequence[Column] = ("user_id",), order: Order) -> tuple[Row, ...]:
        saved = sums(connection, first, last, by=by, kinds=kinds, order=order, limit=ROWS_MAX)
        return *saved, *(one for one in pending() if one.kind in kinds and first <= one.day <= last)

    return _Rows(
        messages=ask("message", order="calls"),
        commands=ask(*USED, order="calls"),
        models=ask("model", by=("user_id", "name"), order="tokens"),
    )


def _of_one(
    pending: Pending, first: int, last: int, user_id: int, connection: sqlite3.Connection
) -> _Rows:
    def ask(*kinds: DayKind, by: Sequence[Column], order: Order = "calls") -> tuple[Row, ...]:
        saved = sums(
            *(connection, first, last),
            by=by,
            kinds=kinds,
            user_id=user_id,
            order=order,
            limit=ROWS_MAX,
        )
        ours = (one for one in pending() if one.user_id == user_id and one.kind in kinds)
        return *saved, *(one for one in ours if first <= one.day <= last)

    return _Rows(
        messages=ask("message", by=("day",)),
        commands=ask(*USED, by=("day",)),
        models=ask("model", by=("day", "name"), order="tokens"),
        names=ask(*USED, by=("name",)),
    )


def _uses(
    rows: _Rows, costs: CostLedger | None, key: Callable[[Row], int | None]
) -> tuple[dict[int, Use], int]:
    """Add up what each user or day has; and the tokens that have no price."""
    messages, commands = _counts(rows.messages, key), _counts(rows.commands, key)
    tokens: dict[int, int] = {}
    paid: dict[int, int] = {}
    unpriced = 0
    for one in rows.models:
        index, used = key(one) or 0, one.tokens_input + one.tokens_output
        tokens[index] = tokens.get(index, 0) + used
        parts = (one.tokens_input, one.tokens_output, one.tokens_cached)
        cost = costs.cost_of(str(one.name), parts) if costs else None
        if cost is None:
            unpriced += used
        else:
            paid[index] = paid.get(index, 0) + max(cost, 0)
    currency = costs.currency if costs else ""
    return {
        index: Use(
            messages=Figure(messages.get(index, 0)),
            commands=Figure(commands.get(index, 0)),
            tokens=Figure(tokens.get(index, 0)),
            cost=Figure(paid[index] / UNITS if index in paid else None, currency),
        )
        for index in {**messages, **commands, **tokens}
    }, unpriced


def _counts(rows: Iterable[Row], key: Callable[[Row], int | None]) -> Counter[int]:
    counts: Counter[int] = Counter()
    for one in rows:
        counts[key(one) or 0] += one.calls
    return counts


def _commands(rows: Iterable[Row]) -> Iterator[CommandUse]:
    """Add up the rows of each command, and make the first of those that were used most."""
    calls, failed = Counter[str](), Counter[str]()
    for one in rows:
        calls[str(one.name)] += one.calls
        failed[str(one.name)] += one.failed
    for name, count in calls.most_common(NAMES_MAX):
        yield CommandUse(name, count, failed[name])


def _named(sources: UserSources, user_id: int) -> tuple[str | None, str]:
    """Return id and name of a user; of all others together, neither."""
    if user_id == EVERYBODY:
        return None, ""
    user = sources.activity.user(user_id)
    name = sources.redact(storable(user.name[:NAME_MAX])) if user else ""
    return str(user_id), visible_name(name)
