"""ErrorGroup → Reply: its card, its details, the list of /debug errors, or a digest."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import discord

from cogs.debug.features.errors.actions import (
    Filter,
    ListErrors,
    MuteError,
    OpenError,
    ReopenError,
    ResolveError,
    ResolveInNextRelease,
)
from cogs.debug.ui.actions import Seconds
from cogs.debug.ui.escaping import block, inline, plain, prose
from cogs.debug.ui.reply import (
    DESCRIPTION_MAX,
    OPTION_TEXT_MAX,
    OPTIONS_MAX,
    Attachment,
    Button,
    Colour,
    Menu,
    Option,
    Reply,
    clip,
)
from cogs.debug.ui.times import ago, at
from services.debugcog.errors.groups import rate
from services.debugcog.errors.records import ErrorEvent, ErrorGroup, group_from

TYPE_MAX = 120
PLACE_MAX = 200
TAG_MAX = 100
BLOCK_MAX = 2_600
CRUMBS_MAX = 1_800
"""With the block and the fields below the 6000 characters of a message's embeds."""
FIRST_LINES = 5
LAST_LINES = 20
LINE_MAX = 200
FINAL_MAX = 1_000
FILE_BYTES_MAX = 512_000
LISTED = 15
MUTE = Seconds(86_400)

MUTES = (("1 h", Seconds(3600)), ("24 h", MUTE), ("7 d", Seconds(7 * 86_400)))
FILTERS: Mapping[Filter, tuple[str, tuple[str, ...]]] = {
    "all": ("All", ()),
    "open": ("Open", ("new", "ongoing", "regressed")),
    "muted": ("Muted", ("muted",)),
    "resolved": ("Resolved", ("resolved",)),
}
"""What the list may show: name, and the states of a group."""

STATES = {
    "new": ("🔴", "New error", Colour.CRITICAL),
    "ongoing": ("🟠", "Error", Colour.WARNING),
    "regressed": ("🔴", "Back after it was resolved", Colour.CRITICAL),
    "escalating": ("🔴", "Many more than before", Colour.CRITICAL),
    "unmuted": ("🟠", "Back after it was muted", Colour.WARNING),
    "resolved": ("🟢", "Resolved", Colour.GOOD),
    "muted": ("⚪", "Muted", Colour.MUTED),
}


def group_post(kind: str, body: str) -> Reply:
    """Render what the outbox holds of a group: its card, or a short answer to it."""
    values = json.loads(body)
    group = group_from(values["group"])
    if kind == "reply":
        return _short_reply(group, values["news"])
    return card(group, group.last_seen)


def card(group: ErrorGroup, now: float) -> Reply:
    """Render the one message that stands for a group, with the whole traceback as a file.

    Args:
        group: with its last event.
        now: unix seconds, for the rate.
    """
    return Reply(embeds=(_embed(group, now),), controls=controls(group), files=_files(group))


def details(group: ErrorGroup, now: float, release: str = "") -> Reply:
    """Render a group for who asked for it: its card, the log lines before it, all that can be done.

    Args:
        group: with its last event, or the one that was asked for.
        now: unix seconds, for the rate.
        release: the host's version now; empty when it is not told.
    """
    embeds = [_embed(group, now)]
    if group.event and group.event.breadcrumbs:
        lines = "\n".join(group.event.breadcrumbs)
        text = block(lines[-CRUMBS_MAX:], CRUMBS_MAX + 50)
        embeds.append(discord.Embed(title="Log lines before it", description=text))
    found = panel_controls(group, release)
    return Reply(embeds=tuple(embeds), controls=found, files=_files(group))


def listing(groups: Sequence[ErrorGroup], now: float, chosen: Filter = "all") -> Reply:
    """Render the groups that were seen last, with menus to open one and to see others.

    Args:
        groups: the latest first.
        now: unix seconds, for the rates.
        chosen: the key in ``FILTERS`` of what is shown.
    """
    show = Menu(
        "Show",
        tuple(
            Option(name, ListErrors(key), chosen=key == chosen)
            for key, (name, _) in FILTERS.items()
        ),
    )
    which = "" if chosen == "all" else FILTERS[chosen][0].lower()
    if not groups:
        nothing = f"No error group is {which}." if which else "No errors so far."
        embed = discord.Embed(description=nothing, colour=Colour.GOOD.value)
        return Reply(embeds=(embed,), controls=(show,) if which else ())
    shown = groups[:LISTED]
    entries, left = [], DESCRIPTION_MAX
    for group in shown:
        entry = _entry(group, now)
        left -= len(entry) + 1
        entries += [entry] if left >= 0 else []
    kind = f"{which} group" if which else "group"
    title = f"Errors · {len(groups)} {kind}{'s'[: len(groups) > 1]} seen last"
    embed = discord.Embed(title=title, description="\n".join(entries), colour=_colour(groups).value)
    options = tuple(_option(group) for group in groups[:OPTIONS_MAX])
    return Reply(embeds=(embed,), controls=(Menu("Open a group", options), show))


def digest(kind: str, body: str) -> Reply:
    """Render the digest of error groups."""
    values = json.loads(body)
    groups = [group_from(group) for group in values["top"]]
    embed = discord.Embed(
        title=f"Error storm: {values['groups']:,} groups, {values['events']:,} errors",
        description="\n".join(_entry(group, group.last_seen) for group in groups),
        colour=Colour.CRITICAL.value,
    )
    embed.set_footer(text=f"Digest {values['digest']} · /debug errors lists every group")
    return Reply(embeds=(embed,))


def controls(group: ErrorGroup) -> tuple[Button, ...]:
    """Offer what can be done; the state is in the ids, so that the buttons work after a restart."""
    opened = Button("Details", OpenError(group.id))
    if group.state == "resolved":
        return (opened, _mute_button(group), _undo(group))
    mute = _undo(group) if group.state == "muted" else _mute_button(group)
    return (opened, mute, _resolve(group))


def panel_controls(group: ErrorGroup, release: str) -> tuple[Button | Menu, ...]:
    """Offer all that can be done to who has opened a group."""
    found: list[Button | Menu] = []
    if group.state != "resolved":
        found.append(_resolve(group))
        if release:
            found.append(Button("Resolve in next release", ResolveInNextRelease(group.id)))
    if group.state in ("resolved", "muted"):
        found.append(_undo(group))
    found += [Button("Refresh", OpenError(group.id)), Button("All errors", ListErrors())]
    options = tuple(Option(name, MuteError(group.id, seconds)) for name, seconds in MUTES)
    return (*found, Menu("Mute for …", options))


def _resolve(group: ErrorGroup) -> Button:
    return Button("Resolve", ResolveError(group.id), style=discord.ButtonStyle.success)


def _mute_button(group: ErrorGroup) -> Button:
    return Button("Mute 24 h", MuteError(group.id, MUTE))


def _undo(group: ErrorGroup) -> Button:
    return Button("Unmute" if group.state == "muted" else "Reopen", ReopenError(group.id))


def shortened(traceback: str, limit: int) -> str:
    """Cut a traceback in the middle: its first 5 and last 20 lines, and always its final one.

    Args:
        traceback: whose last line is ``Type: message``.
        limit: characters, above ``FINAL_MAX``.
    """
    *lines, final = traceback.rstrip().split("\n")
    lines, final = [clip(line, LINE_MAX) for line in lines], clip(final, FINAL_MAX)
    first, last = lines[:FIRST_LINES], lines[FIRST_LINES:][-LAST_LINES + 1 :]
    while len(_joined(lines, first, last, final)) > limit:
        (last or first).pop(0 if last else -1)
    return _joined(lines, first, last, final)


def _joined(lines: list[str], first: list[str], last: list[str], final: str) -> str:
    left_out = len(lines) - len(first) - len(last)
    middle = [f"  [… {left_out} lines left out …]"] if left_out else []
    return "\n".join([*first, *middle, *last, final])


def _embed(group: ErrorGroup, now: float) -> discord.Embed:
    mark, label, colour = STATES[group.state]
    embed = discord.Embed(
        title=f"{mark} {label}: {clip(prose(group.type), TYPE_MAX)}",
        description=_text(group),
        colour=colour.value,
    )
    for name, value in _fields(group, now):
        embed.add_field(name=name, value=value)
    known = f" · {group.event.id}" if group.event else ""
    embed.set_footer(text=f"Error group {group.id}{known}")
    return embed


def _text(group: ErrorGroup) -> str:
    event = group.event
    if event is None:
        return "Too many errors at a time: the details of this one were not captured."
    if event.traceback:
        return block(shortened(plain(event.traceback), BLOCK_MAX), BLOCK_MAX + 20)
    return block(event.message, BLOCK_MAX)


def _fields(group: ErrorGroup, now: float) -> list[tuple[str, str]]:
    fields = [
        ("Where", inline(group.where, PLACE_MAX) if group.where else ""),
        ("Count", _count(group, now)),
        ("First seen", ago(group.first_seen)),
        ("Last seen", ago(group.last_seen)),
        ("Muted until", at(group.muted_until) if group.muted_until else ""),
        ("Resolved until", "the next release" if group.resolved_in is not None else ""),
        *(_tags(group.event) if group.event else []),
    ]
    return [(name, value) for name, value in fields if value]


def _tags(event: ErrorEvent) -> list[tuple[str, str]]:
    context = event.context
    tags = (
        (context.source.capitalize() or "Source", context.command),
        ("Cog", context.cog),
        ("Shard", "" if context.shard is None else str(context.shard)),
        ("Guild", str(context.guild_id or "")),
        ("User", str(context.user_id or "")),
        ("Logger", context.logger),
        ("Release", event.release),
    )
    return [(plain(name), inline(value, TAG_MAX)) for name, value in tags if value]


def _files(group: ErrorGroup) -> tuple[Attachment, ...]:
    if group.event is None or not group.event.traceback:
        return ()
    content = group.event.traceback.encode(errors="replace")[:FILE_BYTES_MAX]
    return (Attachment(f"{group.event.id}.txt", content, "The whole traceback"),)


def _short_reply(group: ErrorGroup, news: str) -> Reply:
    mark, label, colour = STATES.get(news, STATES["ongoing"])
    embed = discord.Embed(
        title=f"{mark} {label}: {clip(prose(group.type), TYPE_MAX)}",
        description=_entry(group, group.last_seen),
        colour=colour.value,
    )
    embed.set_footer(text=f"Error group {group.id}")
    return Reply(embeds=(embed,))


def _entry(group: ErrorGroup, now: float) -> str:
    mark = STATES[group.state][0]
    numbers = f"{_count(group, now)} · {ago(group.last_seen)}"
    place = f" {inline(group.where, 80)}" if group.where else ""
    return f"{mark} `{group.id}` {inline(group.type, 80)}{place}\n{numbers}"


def _count(group: ErrorGroup, now: float) -> str:
    times = "once" if group.count == 1 else f"{group.count:,} times"
    return f"{times}, {round(rate(group, now)):,} in an hour"


def _option(group: ErrorGroup) -> Option:
    label = clip(" ".join(plain(f"{group.id} {group.type}").split()), OPTION_TEXT_MAX)
    place = clip(plain(group.where), OPTION_TEXT_MAX) or None
    return Option(label, OpenError(group.id), place)


def _colour(groups: Sequence[ErrorGroup]) -> Colour:
    colours = {STATES[group.state][2] for group in groups}
    order = (Colour.CRITICAL, Colour.WARNING, Colour.MUTED)
    return next((colour for colour in order if colour in colours), Colour.GOOD)
