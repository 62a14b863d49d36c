"""Exported series or Archive → the reply of /debug export, with the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import discord

from cogs.debug.ui.escaping import inline, prose, short
from cogs.debug.ui.reply import DESCRIPTION_MAX, Attachment, Colour, Reply, problem
from services.debugcog.bundle.archive import Archive
from services.debugcog.bundle.series import Exported, Format
from services.debugcog.units import human, utc_time
from services.debugcog.windows import WINDOWS, Window
from services.debugcog.wording import clip, counted

ADVICE = (
    "Secrets are taken out. Names of people and servers, and texts of your log, are in it: "
    "look before you pass it on."
)
NAMED_MAX = 10
"""Things that were left out and are named."""


def series_reply(found: Exported, name: str, window: Window, form: Format) -> Reply:
    """Attach the file of metrics."""
    if not found.series and not found.left_out:
        return problem("No metric has been recorded yet.")
    content = found.text.encode(errors="replace")
    lines = [f"{counted(found.series, 'series', 'series')}, {counted(found.points, 'point')}"]
    lines += _left_out(found.left_out)
    file = Attachment(f"{name}-{window}.{form}", content, f"Metrics as {form.upper()}")
    return Reply(embeds=(_embed("Metrics", lines, window, content, found.left_out),), files=(file,))


def bundle_reply(made: Archive, window: Window, made_at: float) -> Reply:
    """Attach the bundle."""
    lines = [
        f"{counted(made.files, 'file')}; unpack it and open `index.html`.",
        ADVICE,
        *_left_out([f"{one.title} ({one.reason})" for one in made.missing]),
    ]
    day = utc_time(made_at, with_day=True).replace(" UTC", "").replace(":", "").replace(" ", "-")
    file = Attachment(f"bundle-{day}.zip", made.content, "Support bundle, redacted")
    embed = _embed("Support bundle", lines, window, made.content, made.missing)
    return Reply(embeds=(embed,), files=(file,))


def no_such(name: str) -> Reply:
    """Say what can be exported."""
    return problem(
        f"{inline(name, 66)} is no metric. Choose `metrics`, `bundle`, or the name of a metric: "
        "the option completes them."
    )


def _embed(
    title: str, lines: Sequence[str], window: Window, content: bytes, missing: Sequence[object]
) -> discord.Embed:
    embed = discord.Embed(
        title=f"{title} · last {WINDOWS[window][1]}",
        description=clip("\n".join(lines), DESCRIPTION_MAX),
        colour=(Colour.WARNING if missing else Colour.GOOD).value,
        timestamp=discord.utils.utcnow(),
    )
    embed.set_footer(text=human(len(content) / 2**20, "MB"))
    return embed


def _left_out(names: Sequence[str]) -> Iterator[str]:
    if names:
        yield "**Left out**"
        yield from (f"- {prose(short(name, 200))}" for name in names[:NAMED_MAX])
    if len(names) > NAMED_MAX:
        yield f"and {len(names) - NAMED_MAX:,} more"
