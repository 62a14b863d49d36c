"""Embeds and a note → the embeds with the note in the footer of the first, instead of older ones.

Discord shows no timestamp of its own in a footer, so times in notes are of UTC.
"""

from __future__ import annotations

from collections.abc import Sequence

import discord

from cogs.debug.ui.reply import FOOTER_MAX
from services.debugcog.wording import clip

BETWEEN = " · "
DRAWING = "drawing the chart …"
LIVE = "live until "
REFRESH_FAILED = "refresh failed at "
PASSING = (DRAWING, LIVE, REFRESH_FAILED)
"""How notes begin that hold until the next one."""


def noted(embeds: Sequence[discord.Embed], *notes: str) -> list[discord.Embed]:
    """Add notes to what the first embed's footer says; a reply without embeds has no place."""
    if not embeds:
        return []
    parts = (embeds[0].footer.text or "").split(BETWEEN)
    lasting = (part for part in parts if not part.startswith(PASSING))
    text = BETWEEN.join(filter(None, (*lasting, *notes)))
    return [embeds[0].copy().set_footer(text=clip(text, FOOTER_MAX)), *embeds[1:]]
