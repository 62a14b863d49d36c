"""CallLine → a line of Discord's markdown, without a ping."""

from __future__ import annotations

from cogs.debug.ui.escaping import inline, prose_with_code
from cogs.debug.ui.people import message_address
from cogs.debug.ui.times import clock
from services.debugcog.answers.calls import PARTS, CallLine
from services.debugcog.wording import clip

NAME_MAX = 40
REASON_MAX = 160
OUTCOMES = {"done": "", "failed": "❌", "refused": "🚫", "unhandled": "❔"}


def name_label(line: CallLine) -> str:
    """Name a call."""
    return inline(line.name, NAME_MAX)


def call_label(line: CallLine) -> str:
    """Say what was called when and by whom, with a link to where it was."""
    who = f"<@{line.user_id}>" if line.user_id else ""
    return " · ".join(filter(None, (f"{clock(line.at)} {name_label(line)}", who, place(line))))


def place(line: CallLine) -> str:
    """Link to the message of a call, or to its channel; empty where it had none."""
    if line.channel_id is None:
        return ""
    if line.message_id is not None:
        address = message_address(line.guild_id, line.channel_id, line.message_id)
        return f"[message]({address})"
    return f"[channel](https://discord.com/channels/{line.guild_id or '@me'}/{line.channel_id})"


def trouble_label(line: CallLine) -> str:
    """Say what was wrong with the acknowledgement of a call, and why."""
    mark = "🔴" if line.problem else "⚠️"
    what = line.problem or f"acknowledged after {line.acknowledged.text}"
    return f"{mark} {call_label(line)}\n{what}: {prose_with_code(clip(line.reason, REASON_MAX))}"


def split_label(line: CallLine) -> str:
    """Say for what the acknowledgement of a call waited."""
    if line.acknowledged.value is None:
        return line.problem
    parts = (f"{name} {part.text}" for name, part in zip(PARTS, line.split, strict=True))
    return f"ack {line.acknowledged.text} ({', '.join(parts)})"
