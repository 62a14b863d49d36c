"""Body of a first response → its type, or the issues that Discord would report.

Source: https://discord.com/developers/docs/interactions/receiving-and-responding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from discord_sandbox.rules import components, messages
from discord_sandbox.rules.forms import Rule, form, listing, number, one_of, text
from discord_sandbox.rules.messages import File
from discord_sandbox.rules.refusals import Issue, Path, invalid
from discord_sandbox.world.core import JSON
from discord_sandbox.world.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    MODAL,
    PING,
    Interaction,
)

PONG, MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, OPEN_MODAL = 1, 4, 5, 6, 7, 8, 9
SUITS = {
    PING: (PONG,),
    COMMAND: (MESSAGE, DEFERRED, OPEN_MODAL),
    COMPONENT: (MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, OPEN_MODAL),
    AUTOCOMPLETE: (CHOICES,),
    MODAL: (MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE),
}


def _value(value: Any, path: Path) -> Iterator[Issue]:
    yield from (text(100, 1) if isinstance(value, str) else number())(value, path)


CHOICE = form({"name": text(100, 1), "value": _value}, ("name", "value"))
DATA: dict[int, Rule] = {
    CHOICES: form({"choices": listing(CHOICE, 25)}, ("choices",)),
    OPEN_MODAL: components.MODAL,
}


def check(it: Interaction, body: Any, files: Sequence[File], upload_limit: int) -> int:
    """Return the callback's type; refuse (50035) what does not suit the interaction."""
    issues = list(form({"type": one_of(*SUITS[it.type])}, ("type",))(body, ()))
    if issues:
        raise invalid(issues)
    kind = int(body["type"])
    if kind in (DEFERRED_UPDATE, UPDATE) and it.source is None:
        raise invalid([Issue(("type",), "BASE_TYPE_CHOICES", "There is no message to update.")])
    data = body.get("data")
    if kind in DATA:
        issues = list(form({"data": DATA[kind]}, ("data",))(body, ()))
    if issues:
        raise invalid(issues)
    _check_message(it, kind, data or {}, files, upload_limit)
    return kind


def _check_message(
    it: Interaction, kind: int, data: JSON, files: Sequence[File], upload_limit: int
) -> None:
    if kind == MESSAGE:
        messages.check_new(data, files, upload_limit, ("data",))
    if kind == UPDATE and it.source:
        messages.check_edit(data, files, upload_limit, it.source)
