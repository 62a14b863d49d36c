"""ErrorGroup → its colour, heading, fields and lines, as cards and lists show them."""

from __future__ import annotations

from cogs.debug.ui.escaping import inline, plain, prose, short
from cogs.debug.ui.people import message_address, person, server
from cogs.debug.ui.reply import Colour
from cogs.debug.ui.times import ago, at
from services.debugcog.errors.groups import rate
from services.debugcog.errors.records import Context, ErrorGroup
from services.debugcog.errors.sentences import STATES, place, title
from services.debugcog.wording import counted

ENTRY_MAX = 120
PLACE_MAX = 200
TAG_MAX = 100
COLOURS = {
    "new": Colour.CRITICAL,
    "ongoing": Colour.WARNING,
    "regressed": Colour.CRITICAL,
    "escalating": Colour.CRITICAL,
    "unmuted": Colour.WARNING,
    "resolved": Colour.GOOD,
    "muted": Colour.MUTED,
}


def heading(state: str) -> str:
    """Give the mark and the name of a state."""
    mark, name = STATES[state]
    return f"{mark} {name}"


def fields(group: ErrorGroup, now: float) -> list[tuple[str, str]]:
    """List what a card shows of a group beside its traceback: names and texts."""
    context = group.event.context if group.event else Context()
    found = [
        ("Where", inline(group.where, PLACE_MAX) if group.where else ""),
        *_disposition(group),
        ("Count", count(group, now)),
        ("First seen", ago(group.first_seen)),
        ("Last seen", ago(group.last_seen)),
        (context.source.capitalize() or "Source", _tag(context.command)),
        ("User and server", _origin(context)),
        ("Cog", _tag(context.cog)),
        ("Shard", _tag("" if context.shard is None else str(context.shard))),
        ("Logger", _tag(context.logger)),
        ("Release", _tag(group.event.release if group.event else "")),
    ]
    return [(plain(name), value) for name, value in found if value]


def _disposition(group: ErrorGroup) -> list[tuple[str, str]]:
    """Say who has muted or resolved it, and until when."""
    by = f"by {person(group.changed_by)}" if group.changed_by else ""
    if group.state == "muted":
        until = f"until {at(group.muted_until)}" if group.muted_until else ""
        return [("Muted", f"{until} {by}".strip())]
    if group.state == "resolved":
        until = "until the next release" if group.resolved_in is not None else ""
        return [("Resolved", f"{until} {by}".strip() or "until its next error")]
    return []


def note_text(group: ErrorGroup, news: str, by: str, more: int) -> str:
    """Say in a line who has muted, resolved or reopened a group, or how many more errors came."""
    who = f" by {person(by)}" if by else ""
    if news == "muted":
        until = f" until {at(group.muted_until)}" if group.muted_until else ""
        return f"{heading('muted')}{until}{who}"
    if news == "resolved":
        until = " until the next release" if group.resolved_in is not None else ""
        return f"{heading('resolved')}{until}{who}"
    if news == "reopened":
        return f"{STATES['ongoing'][0]} Reopened{who}"
    parts = (
        f"{STATES['ongoing'][0]} {counted(more, 'more error')}",
        f"{group.count:,} in all",
        f"last {ago(group.last_seen)}",
        f"`{group.event.id}`" if group.event else "",
    )
    return " · ".join(filter(None, parts))


def _origin(context: Context) -> str:
    """Name who caused it and where, with a link to the message; no message lets this ping."""
    parts = [f"<@{context.user_id}>" if context.user_id else ""]
    if context.guild_id:
        parts.append(server(context.guild_id, context.guild))
    if context.channel_id and context.message_id:
        address = message_address(context.guild_id, context.channel_id, context.message_id)
        parts.append(f"[message]({address})")
    elif context.channel_id:
        parts.append(f"<#{context.channel_id}>")
    return " · ".join(filter(None, parts))


def _tag(value: str) -> str:
    return inline(value, TAG_MAX) if value else ""


def entry(group: ErrorGroup, now: float) -> str:
    """Show a group in a list, in two lines."""
    mark, _ = STATES[group.state]
    return f"{mark} **{prose(short(title(group), ENTRY_MAX))}**\n{numbers(group, now)}"


def numbers(group: ErrorGroup, now: float) -> str:
    """Say how often, where, and when last."""
    where = inline(place(group), PLACE_MAX) if group.where else ""
    parts = (count(group, now), where, ago(group.last_seen), f"`{group.id}`")
    return " · ".join(filter(None, parts))


def count(group: ErrorGroup, now: float) -> str:
    """Say how often in all, and per hour."""
    if group.count == 1:
        return counted(1, "time")
    return f"{counted(group.count, 'time')} · {round(rate(group, now)):,} per hour"
