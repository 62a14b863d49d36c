"""Embeds → the issues that Discord would report.

Source: https://discord.com/developers/docs/resources/message#embed-object-embed-limits.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from discord_sandbox.rules.forms import (
    Rule,
    both,
    flag,
    form,
    iso_timestamp,
    listing,
    text,
    url,
    whole,
)
from discord_sandbox.rules.refusals import Issue, Path
from discord_sandbox.world.core import JSON

EMBEDS = 10
TOTAL = 6000
TITLE, DESCRIPTION, FIELDS, FIELD_NAME, FIELD_VALUE = 256, 4096, 25, 256, 1024
FOOTER, AUTHOR = 2048, 256

WEB = url("http", "https")
PICTURE = form({"url": url("http", "https", "attachment")}, ("url",))
NAME, VALUE = text(FIELD_NAME, filled=True), text(FIELD_VALUE, filled=True)
ICON = {"icon_url": url("http", "https", "attachment")}
EMBED: Rule = form(
    {
        "title": text(TITLE),
        "description": text(DESCRIPTION),
        "url": WEB,
        "timestamp": iso_timestamp(),
        "color": whole(0, 0xFFFFFF),
        "image": PICTURE,
        "thumbnail": PICTURE,
        "footer": form({"text": text(FOOTER), **ICON}, ("text",)),
        "author": form({"name": text(AUTHOR), "url": WEB, **ICON}, ("name",)),
        "fields": listing(
            form(
                {"name": NAME, "value": VALUE, "inline": flag()},
                ("name", "value"),
            ),
            FIELDS,
        ),
    }
)
SHOWN = ("title", "description", "fields", "image", "thumbnail", "author", "footer", "timestamp")


def _filled(embed: Any, path: Path) -> Iterator[Issue]:
    if not any(embed.get(key) for key in SHOWN):
        yield Issue((*path, "description"), "BASE_TYPE_REQUIRED", "This field is required")


def _total(embeds: Any, path: Path) -> Iterator[Issue]:
    if sum(size(embed) for embed in embeds) > TOTAL:
        words = f"Embed size exceeds maximum size of {TOTAL}"
        yield Issue(path, "MAX_EMBED_SIZE_EXCEEDED", words)


def size(embed: JSON) -> int:
    """Return the characters of an embed that count towards the total of a message."""
    parts = [embed.get("title"), embed.get("description")]
    parts += [(embed.get("footer") or {}).get("text"), (embed.get("author") or {}).get("name")]
    for field in embed.get("fields") or ():
        parts += [field["name"], field["value"]]
    return sum(len(str(part).strip()) for part in parts if part)


RULE: Rule = both(listing(both(EMBED, _filled), EMBEDS), _total)
