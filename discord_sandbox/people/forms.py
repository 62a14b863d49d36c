"""Filled-in modal → its interaction.

Source: https://discord.com/developers/docs/components/reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from discord_sandbox.people.components import SELECTS, picked
from discord_sandbox.people.interacting import Person, Stage
from discord_sandbox.people.resolved import ATTACHMENT, Resolved
from discord_sandbox.people.runs import Modal
from discord_sandbox.world.core import JSON, SandboxError
from discord_sandbox.world.interactions import MODAL, Interaction

ROW, TEXT_INPUT, TEXT_DISPLAY, LABEL = 1, 4, 10, 18
FILES, RADIO, CHECKBOX = 19, 21, 23
INPUT_LIMIT = 4000


def submit(stage: Stage, person: Person, modal: Modal, values: Mapping[str, Any]) -> Interaction:
    """Send a form; ``values`` is by custom id or label, what it leaves out keeps its default."""
    opened = modal.interaction
    if opened.user is not stage.account(person):
        raise SandboxError(f"the form was opened by {opened.user.name}, not by this person")
    left = dict(values)
    resolved = Resolved(stage.world, opened.channel, person)
    filled = [_filled(each, left, resolved) for each in modal.components]
    if left:
        raise SandboxError(f"the form {modal.title!r} has no input {next(iter(left))!r}")
    data: JSON = {"custom_id": modal.custom_id, "components": filled}
    if resolved.data:
        data["resolved"] = resolved.data
    return stage.send(person, opened.channel, MODAL, data, source=opened.source, parent=opened)


def _filled(component: JSON, left: dict[str, Any], resolved: Resolved) -> JSON:
    shown: JSON = {"type": component["type"], "id": component.get("id", 0)}
    if component["type"] == ROW:
        inner = [
            _input(each, each.get("label"), left, resolved) for each in component["components"]
        ]
        return {**shown, "components": inner}
    if component["type"] == LABEL:
        inner_input = _input(component["component"], component["label"], left, resolved)
        return {**shown, "component": inner_input}
    return shown


def _input(field: JSON, label: str | None, left: dict[str, Any], resolved: Resolved) -> JSON:
    name = field["custom_id"] if field["custom_id"] in left else label
    given = left.pop(name, None) if name is not None else None
    shown: JSON = {
        "type": field["type"],
        "id": field.get("id", 0),
        "custom_id": field["custom_id"],
    }
    if field["type"] == TEXT_INPUT:
        return {**shown, "value": _text(field, given)}
    if field["type"] == CHECKBOX:
        return {**shown, "value": bool(field.get("default") if given is None else given)}
    if field["type"] == RADIO:
        return {**shown, "value": _radio(field, given)}
    return {**shown, "values": _values(field, given, resolved)}


def _text(field: JSON, given: Any) -> str:
    text = str(field.get("value") or "" if given is None else given)
    low, high = field.get("min_length") or 0, field.get("max_length") or INPUT_LIMIT
    if field.get("required", True) and not text:
        raise SandboxError(f"the input {field['custom_id']!r} is required")
    if text and not low <= len(text) <= high:
        raise SandboxError(f"the input {field['custom_id']!r} takes {low} to {high} characters")
    return text


def _radio(field: JSON, given: Any) -> str | None:
    for option in field["options"]:
        chosen = option.get("default") if given is None else given in _option_names(option)
        if chosen:
            return str(option["value"])
    if given is None and not field.get("required", True):
        return None
    raise SandboxError(f"the input {field['custom_id']!r} has no option {given!r}")


def _values(field: JSON, given: Any, resolved: Resolved) -> list[str]:
    if given is None:
        given = [each["value"] for each in field.get("options", ()) if each.get("default")]
    if not given and not field.get("required", True):
        return []
    if field["type"] in SELECTS:
        return picked(field, given, resolved)
    if field["type"] == FILES:
        wanted = {"name": field["custom_id"], "type": ATTACHMENT}
        return [resolved.add(wanted, each) for each in given]
    options = field.get("options", ())
    return [str(o["value"]) for o in options if any(it in _option_names(o) for it in given)]


def _option_names(option: JSON) -> tuple[str, str]:
    return option["value"], option["label"]
