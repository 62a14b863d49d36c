"""Button press or select choice → its interaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from discord_sandbox.people.interacting import Person, Stage
from discord_sandbox.people.resolved import Resolved
from discord_sandbox.world.core import JSON, SandboxError
from discord_sandbox.world.interactions import COMPONENT, Interaction
from discord_sandbox.world.messages import Message, walk

BUTTON, STRING_SELECT = 2, 3
LINK, PREMIUM = 5, 6
SELECTS = {3: "string", 5: "user", 6: "role", 7: "mentionable", 8: "channel"}
TAKES = {5: 6, 6: 8, 7: 9, 8: 7}
"""Select type → the option type that takes the same things."""


def click(stage: Stage, person: Person, message: Message, name: str) -> Interaction:
    """Press the button with a label, custom id or emoji."""
    stage.see(person, message)
    button = _found(message, (BUTTON,), name)
    if button["style"] in (LINK, PREMIUM):
        raise SandboxError(f"the button {name!r} leads away: it sends no interaction")
    return _send(stage, person, message, button, {})


def choose(
    stage: Stage, person: Person, message: Message, name: str, values: Sequence[Any]
) -> Interaction:
    """Pick from the select with a custom id or placeholder."""
    channel = stage.see(person, message)
    select = _found(message, tuple(SELECTS), name)
    resolved = Resolved(stage.world, channel, person)
    data: JSON = {"values": picked(select, values, resolved)}
    if resolved.data or select["type"] != STRING_SELECT:
        data["resolved"] = resolved.data
    return _send(stage, person, message, select, data)


def picked(select: JSON, values: Sequence[Any], resolved: Resolved) -> list[str]:
    """Return the values of a select, which has to allow them and their number.

    Raises:
        SandboxError: it does not.
    """
    low, high = select.get("min_values", 1), select.get("max_values", 1)
    if not low <= len(values) <= high:
        raise SandboxError(f"{select['custom_id']!r} takes {low} to {high} values: {values!r}")
    if select["type"] == STRING_SELECT:
        return [_option(select, each) for each in values]
    wanted = {"name": select["custom_id"], "type": TAKES[select["type"]]}
    return [resolved.add(wanted, each) for each in values]


def _option(select: JSON, value: Any) -> str:
    for option in select["options"]:
        if value in (option["value"], option["label"]):
            return str(option["value"])
    known = ", ".join(repr(option["label"]) for option in select["options"])
    raise SandboxError(f"{select['custom_id']!r} has no option {value!r}; it has: {known}")


def _found(message: Message, kinds: tuple[int, ...], name: str) -> JSON:
    there = [each for each in walk(message.components) if each["type"] in kinds]
    found = [each for each in there if name in _names(each)]
    what = "button" if kinds == (BUTTON,) else "select"
    if len(found) != 1:
        known = ", ".join(repr(_names(each)[0]) for each in there) or "none"
        many = "no" if not found else f"more than one ({len(found)})"
        raise SandboxError(f"the message has {many} {what} {name!r}; it has: {known}")
    if found[0].get("disabled"):
        raise SandboxError(f"the {what} {name!r} is disabled")
    return found[0]


def _names(component: JSON) -> list[str]:
    emoji = (component.get("emoji") or {}).get("name")
    names = (component.get("label"), component.get("placeholder"), component.get("custom_id"))
    return [name for name in (*names, emoji) if name]


def _send(
    stage: Stage, person: Person, message: Message, component: JSON, more: JSON
) -> Interaction:
    data = {
        "id": component["id"],
        "custom_id": component["custom_id"],
        "component_type": component["type"],
        **more,
    }
    channel = stage.world.channels[message.channel_id]
    return stage.send(person, channel, COMPONENT, data, source=message)
