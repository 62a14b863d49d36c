"""Raw value of a fault's parameter → typed value, or a clear error."""

from __future__ import annotations

import difflib
import math
from typing import Any

from discord_sandbox.world.channels import Channel
from discord_sandbox.world.core import SandboxError
from discord_sandbox.world.messages import Message
from discord_sandbox.world.permissions import Permission
from discord_sandbox.world.world import World

METHODS = ("*", "GET", "POST", "PUT", "PATCH", "DELETE")
LONGEST_SECONDS = 3600.0
MOST_TIMES = 1_000_000
WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def seconds(given: Any) -> float:
    """Read a time."""
    try:
        value = float(given)
    except (TypeError, ValueError):
        value = math.nan
    if not 0 <= value <= LONGEST_SECONDS:
        raise SandboxError(f"seconds takes a number from 0 to {LONGEST_SECONDS:g}, not {given!r}")
    return value


def times(given: Any) -> int:
    """Read a count."""
    try:
        value = int(given)
    except (TypeError, ValueError, OverflowError):
        value = -1
    if not 0 <= value <= MOST_TIMES:
        text = f"times takes a whole number from 0 to {MOST_TIMES} (0: until cleared)"
        raise SandboxError(f"{text}, not {given!r}")
    return value


def status(given: Any) -> int:
    """Read a status of HTTP."""
    text = str(given)
    if not (text.isdecimal() and 200 <= int(text) <= 599):
        raise SandboxError(f"status takes a number from 200 to 599, not {given!r}")
    return int(text)


def close_code(given: Any) -> int:
    """Read a close code of the gateway; 0 for none."""
    text = str(given)
    if not (text.isdecimal() and (int(text) == 0 or 4000 <= int(text) <= 4999)):
        raise SandboxError(f"code takes a number from 4000 to 4999, or 0, not {given!r}")
    return int(text)


def flag(given: Any) -> bool:
    """Read a yes or no."""
    try:
        return WORDS[str(given).lower()]
    except KeyError:
        raise SandboxError(f"a switch takes true or false, not {given!r}") from None


def route(given: Any) -> tuple[str, str]:
    """Read a method and the pattern of a path."""
    words = str(given).split()
    if len(words) == 1:
        words = ["*", *words]
    if len(words) != 2 or words[0].upper() not in METHODS or words[1][0] not in "/*":
        wanted = "METHOD PATH, such as 'POST /channels/*/messages', or * for all"
        raise SandboxError(f"route takes {wanted}, not {given!r}")
    return words[0].upper(), words[1]


def permission(given: Any) -> Permission:
    """Read the name of a permission."""
    name = str(given).upper()
    found = Permission.__members__.get(name)
    if not found:
        close = difflib.get_close_matches(name, Permission.__members__, 1)
        hint = f"did you mean {close[0]}?" if close else "such as SEND_MESSAGES"
        raise SandboxError(f"permission takes one of Discord's names, not {given!r}: {hint}")
    return found


def channel(world: World, given: Any) -> Channel:
    """Find a channel by id or name."""
    wanted = str(given).removeprefix("#")
    found = [each for each in world.channels.values() if wanted in (str(each.id), each.name)]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(str(each.id) for each in found)
        raise SandboxError(f"{len(found)} channels are named {wanted}: give the id, one of {ids}")
    names = ", ".join(f"#{each.name}" for each in world.channels.values() if each.guild_id)
    raise SandboxError(f"there is no channel {given!r}: there are {names or 'none'}")


def message(world: World, where: Channel, given: Any) -> Message:
    """Find a message by id; without one, the newest of the bot."""
    if given in (None, ""):
        own = [each for each in where.messages if each.author is world.bot]
        if not own:
            raise SandboxError(f"the bot has no message in #{where.name}: name one by its id")
        return own[-1]
    found = where.find(int(given)) if str(given).isdecimal() else None
    if found is None:
        raise SandboxError(f"there is no message {given!r} in #{where.name}: give its id")
    return found
