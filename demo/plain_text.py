"""Discord's markdown → plain text for a terminal."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

MARKUP = re.compile(
    r"""
      ```(?:[\w+-]+\n)?\n?(?P<block>.*?)\n?```
    | (?P<ticks>`{1,2})(?P<code>.+?)(?P=ticks)
    | \\(?P<escaped>[^\w\s])
    | <t:(?P<unix>-?\d{1,12})(?::(?P<style>[tTdDfFR]))?>
    | <(?P<sign>\#|@[!&]?)(?P<id>\d+)>
    | </(?P<command>[^:>]+):\d+>
    | <a?(?P<emoji>:\w+:)\d+>
    | \[(?P<label>[^\]\n]+)\]\(<?(?P<address>https?://[^\s)>]+)>?\)
    | (?P<line>^(?:\#{1,3}|-\#)\ (?=\S))
    | (?P<strong>\*\*\*|\*\*|__|~~|\|\|)(?=\S)(?P<stressed>.+?)(?<=\S)(?P=strong)
    | (?<!\w)(?P<weak>[*_])(?=\S)(?P<slanted>.+?)(?<=\S)(?P=weak)(?!\w)
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
"""Source: https://discord.com/developers/docs/reference#message-formatting."""
STYLES = {
    "t": "%H:%M",
    "T": "%H:%M:%S",
    "d": "%d/%m/%Y",
    "D": "%d %B %Y",
    "f": "%d %B %Y %H:%M",
    "F": "%A, %d %B %Y %H:%M",
}
UNITS = (
    ("year", 365 * 86_400),
    ("month", 30 * 86_400),
    ("day", 86_400),
    ("hour", 3600),
    ("minute", 60),
    ("second", 1),
)


def plain(text: str, names: Mapping[int, str], now: float) -> str:
    """Return a text as a person reads it at a Discord client, without colours and pictures.

    Args:
        text: with Discord's markdown.
        names: of channels, roles and users, by id.
        now: unix time in seconds, which relative times are told from.
    """

    def written(found: re.Match[str]) -> str:
        parts = {name: part for name, part in found.groupdict().items() if part is not None}
        if "unix" in parts:
            return _time(int(parts["unix"]), parts.get("style", "f"), now)
        if "id" in parts:
            return parts["sign"][0] + names.get(int(parts["id"]), "unknown")
        if "label" in parts:
            return f"{plain(parts['label'], names, now)} ({parts['address']})"
        for kind in ("stressed", "slanted"):
            if kind in parts:
                return plain(parts[kind], names, now)
        if "command" in parts:
            return f"/{parts['command']}"
        kept = ("block", "code", "escaped", "emoji")
        return next((parts[kind] for kind in kept if kind in parts), "")

    return MARKUP.sub(written, text)


def _time(at: int, style: str, now: float) -> str:
    if style == "R":
        return relative(at - now)
    return dt.datetime.fromtimestamp(at, dt.UTC).astimezone().strftime(STYLES[style])


def relative(seconds: float) -> str:
    """Return a time before (below zero) or after now in words: ``2 minutes ago``."""
    size = abs(round(seconds))
    for unit, length in UNITS:
        if size >= length:
            count = round(size / length)
            span = f"{count} {unit}{'s' if count > 1 else ''}"
            return f"in {span}" if seconds > 0 else f"{span} ago"
    return "now"
