"""ErrorGroup → Reply: its card, its details, the list of /debug errors, or a digest."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import discord

from cogs.debug.features.errors.actions import (
    ErrorPage,
    Filter,
    ListErrors,
    OpenError,
)
from cogs.debug.features.errors.controls import ALL_ERRORS, controls, panel_controls
from cogs.debug.features.errors.group_labels import (
    COLOURS,
    entry,
    fields,
    heading,
    note_text,
    numbers,
)
from cogs.debug.features.errors.traceback_block import shortened
from cogs.debug.ui.escaping import block, notified, plain, prose, short
from cogs.debug.ui.pages import Page, page_buttons
from cogs.debug.ui.reply import (
    DESCRIPTION_MAX,
    OPTION_TEXT_MAX,
    TITLE_MAX,
    Attachment,
    Button,
    Colour,
    Menu,
    Option,
    Reply,
)
from services.debugcog.errors.groups import badness
from services.debugcog.errors.records import ErrorGroup, group_from
from services.debugcog.errors.sentences import (
    STATES,
    WORSE,
    digest_sentence,
    digest_title,
    sentence,
    title,
)
from services.debugcog.wording import clip, counted

IN_MENU = "\n-# and {} more, in the menu below"
BLOCK_MAX = 2_600
CRUMBS_MAX = 1_800
"""With the block and the fields below the 6000 characters of a message's embeds."""
FILE_BYTES_MAX = 512_000
LISTED = 15
"""Groups of a page."""
FIND_MAX = 60
"""Of a search, so that it fits into the buttons of its pages."""

FILTERS: Mapping[Filter, tuple[str, tuple[str, ...]]] = {
    "all": ("All", ()),
    "open": ("Open", ("new", "ongoing", "regressed")),
    "muted": ("Muted", ("muted",)),
    "resolved": ("Resolved", ("resolved",)),
}
"""What the list may show: name, and the states of a group."""

SHORT = frozenset({"Count", "First seen", "Last seen", "Release", "Shard", "Cog"})
"""Fields that share a line; the others need its whole width on a phone."""


def group_post(kind: str, body: str) -> Reply:
    """Render what the outbox holds of a group: its card, or a short answer to it."""
    values = json.loads(body)
    group = group_from(values["group"])
    if kind == "reply":
        return _short_reply(group, values["news"])
    if kind == "note":
        return note(group, values["news"], values["by"], values["more"])
    return card(group, group.last_seen, values["news"])


def card(group: ErrorGroup, now: float, news: str = "") -> Reply:
    """Render the one message that stands for a group, with the whole traceback as a file.

    Args:
        group: with its last event.
        now: unix seconds, for the rate.
        news: why it is posted or changed, for its content, which is what a phone shows.
    """
    return Reply(
        embeds=(_embed(group, now),),
        content=notified(sentence(group, news)),
        controls=controls(group),
        files=_files(group),
    )


def note(group: ErrorGroup, news: str, by: str, more: int) -> Reply:
    """Render a message in the group's forum post: who did what, or how many more errors there were.

    Args:
        group: with its last event.
        news: "muted", "resolved", "reopened", or anything else for more errors.
        by: who did it; empty when it is not known.
        more: errors since the last such message.
    """
    return Reply(content=note_text(group, news, by, more), controls=(_details(group),))


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


def listing(
    groups: Sequence[ErrorGroup],
    now: float,
    chosen: Filter = "all",
    found_by: str = "",
    *,
    page: int = 1,
    total: int = 0,
) -> Reply:
    """Render a page of groups, with menus to open one and to see others.

    Args:
        groups: of the page, in any order; the worst are shown first, of these the most frequent.
        now: unix seconds, for the rates.
        chosen: the key in ``FILTERS`` of what is shown.
        found_by: the text that was searched for, if any.
        page: its number, from 1.
        total: groups of all pages; those that are given where it is less.
    """
    total = max(total, len(groups))
    groups = sorted(groups, key=lambda one: badness(one, now))[:LISTED]
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
    kind = f"{which} group" if which else "group"
    order = ", worst first" * (total > 1)
    match = f" · {short(found_by, 60)}" if found_by else ""
    title = f"Errors · {counted(total, kind)}{order}{match}"
    colour = _colour(groups).value
    embed = discord.Embed(title=title, description=_entries(groups, now), colour=colour)
    found = Page("", page, -(-total // LISTED))
    if found.count > 1:
        embed.set_footer(text=f"Page {found.number:,} of {found.count:,}")
    options = tuple(_option(group) for group in groups)
    turning = _turning(found, chosen, found_by)
    return Reply(embeds=(embed,), controls=(Menu("Open a group", options), show, *turning))


def _turning(page: Page, chosen: Filter, found_by: str) -> tuple[Button, ...]:
    """Make the buttons of a page; a search that no control can hold has the first page alone."""
    if len(found_by) > FIND_MAX:
        return ()

    def turn(number: int) -> ErrorPage:
        return ErrorPage(found_by, chosen, number)

    buttons = page_buttons(turn, page, ("◀ Back", "More ▶"))
    return (*buttons, Button("Refresh", turn(page.number)))


def _entries(groups: Sequence[ErrorGroup], now: float) -> str:
    """List as many groups as find room; the others of the page are in its menu."""
    entries = [entry(group, now) for group in groups]
    while len(text := "\n".join(entries)) > DESCRIPTION_MAX - len(IN_MENU):
        entries.pop()
    left = len(groups) - len(entries)
    return text + (IN_MENU.format(left) if left else "")


def digest(kind: str, body: str) -> Reply:
    """Render the digest of error groups."""
    values = json.loads(body)
    groups = [group_from(group) for group in values["top"]]
    embed = discord.Embed(
        title=f"{WORSE} {digest_title(values['groups'], values['events'])}",
        description="\n".join(entry(group, group.last_seen) for group in groups),
        colour=Colour.CRITICAL.value,
    )
    embed.set_footer(text=f"Digest {values['digest']} · /debug errors lists every group")
    content = notified(digest_sentence(values["groups"], values["events"], tuple(groups)))
    return Reply(embeds=(embed,), content=content, controls=(ALL_ERRORS,))


def _embed(group: ErrorGroup, now: float) -> discord.Embed:
    embed = discord.Embed(
        title=clip(f"{heading(group.state)}: {prose(title(group))}", TITLE_MAX),
        description=_text(group),
        colour=COLOURS[group.state].value,
    )
    for name, value in fields(group, now):
        embed.add_field(name=name, value=value, inline=name in SHORT)
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


def _files(group: ErrorGroup) -> tuple[Attachment, ...]:
    if group.event is None or not group.event.traceback:
        return ()
    content = group.event.traceback.encode(errors="replace")[:FILE_BYTES_MAX]
    return (Attachment(f"{group.event.id}.txt", content, "The whole traceback"),)


def _short_reply(group: ErrorGroup, news: str) -> Reply:
    state = news if news in STATES else "ongoing"
    embed = discord.Embed(
        title=clip(f"{heading(state)}: {prose(title(group))}", TITLE_MAX),
        description=numbers(group, group.last_seen),
        colour=COLOURS[state].value,
    )
    embed.set_footer(text=f"Error group {group.id}")
    content = notified(sentence(group, news))
    return Reply(embeds=(embed,), content=content, controls=(_details(group),))


def _details(group: ErrorGroup) -> Button:
    return Button("Details", OpenError(group.id))


def _option(group: ErrorGroup) -> Option:
    label = short(title(group), OPTION_TEXT_MAX)
    where = clip(plain(group.where), OPTION_TEXT_MAX) or None
    return Option(label, OpenError(group.id), where)


def _colour(groups: Sequence[ErrorGroup]) -> Colour:
    colours = {COLOURS[group.state] for group in groups}
    order = (Colour.CRITICAL, Colour.WARNING, Colour.MUTED)
    return next((colour for colour in order if colour in colours), Colour.GOOD)
