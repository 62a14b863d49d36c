"""Command as typed, and its values → the options of the interaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from discord_sandbox.people.resolved import Resolved
from discord_sandbox.world.application import Command
from discord_sandbox.world.core import JSON, SandboxError

SUBCOMMAND, GROUP = 1, 2
STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(3, 12)


@dataclass(frozen=True, slots=True)
class Picked:
    """A command with the subcommand that was picked: its options, and the names on the way."""

    command: Command
    path: tuple[str, ...]
    options: tuple[JSON, ...]

    @property
    def text(self) -> str:
        """The command as it is typed, without the slash."""
        return " ".join((self.command.name, *self.path))


def pick(commands: list[Command], typed: str) -> Picked:
    """Find the command that someone types, subcommands included.

    Raises:
        SandboxError: there is none, or a subcommand has to be added.
    """
    name, *rest = typed.removeprefix("/").split()
    command = next((each for each in commands if each.name == name and each.type == 1), None)
    if command is None:
        known = ", ".join(f"/{each.name}" for each in commands if each.type == 1) or "none at all"
        raise SandboxError(f"there is no command /{name} here; registered: {known}")
    options = list(command.payload.get("options", ()))
    for word in rest:
        inner = next((o for o in options if o["name"] == word and o["type"] in (1, 2)), None)
        if inner is None:
            known = ", ".join(o["name"] for o in options if o["type"] in (1, 2)) or "none"
            raise SandboxError(f"/{typed} has no subcommand {word!r}; it has: {known}")
        options = list(inner.get("options", ()))
    if any(each["type"] in (SUBCOMMAND, GROUP) for each in options):
        known = ", ".join(each["name"] for each in options)
        raise SandboxError(f"/{typed} needs a subcommand: {known}")
    return Picked(command, tuple(rest), tuple(options))


def entered(picked: Picked, values: Mapping[str, Any], resolved: Resolved) -> list[JSON]:
    """Return the options of the interaction; a client would not let wrong ones be sent.

    Raises:
        SandboxError: an unknown option, a missing one, a value of the wrong type or range.
    """
    known = {each["name"]: each for each in picked.options}
    if unknown := [name for name in values if name not in known]:
        raise SandboxError(f"/{picked.text} has no option {unknown[0]!r}; it has: {_names(known)}")
    missing = [name for name, o in known.items() if o.get("required") and name not in values]
    if missing:
        raise SandboxError(f"/{picked.text} needs the option {missing[0]!r}")
    filled = [
        {"name": name, "type": known[name]["type"], "value": _value(known[name], value, resolved)}
        for name, value in values.items()
    ]
    return nested(picked, filled)


def nested(picked: Picked, filled: list[JSON]) -> list[JSON]:
    """Wrap options into the group and subcommand that they belong to."""
    kinds = (GROUP, SUBCOMMAND)[-len(picked.path) :] if picked.path else ()
    for kind, name in reversed(list(zip(kinds, picked.path, strict=True))):
        filled = [{"name": name, "type": kind, "options": filled}]
    return filled


def _names(known: Mapping[str, JSON]) -> str:
    return ", ".join(known) or "none"


def _value(option: JSON, value: Any, resolved: Resolved) -> Any:
    if option["type"] in (USER, CHANNEL, ROLE, MENTIONABLE, ATTACHMENT):
        return resolved.add(option, value)
    if choices := option.get("choices"):
        return _choice(option["name"], choices, value)
    _check_type(option, value)
    _check_range(option, value)
    return value


def _check_type(option: JSON, value: Any) -> None:
    wanted: dict[int, tuple[type, ...]] = {
        STRING: (str,),
        INTEGER: (int,),
        BOOLEAN: (bool,),
        NUMBER: (int, float),
    }
    kind = option["type"]
    wrong_flag = isinstance(value, bool) and kind != BOOLEAN
    if wrong_flag or not isinstance(value, wanted[kind]):
        raise SandboxError(f"option {option['name']!r} does not take {value!r} ({kind=})")


def _choice(name: str, choices: list[JSON], value: Any) -> Any:
    for choice in choices:
        if value in (choice["value"], choice["name"]):
            return choice["value"]
    known = ", ".join(repr(choice["name"]) for choice in choices)
    raise SandboxError(f"option {name!r} has no choice {value!r}; it has: {known}")


def _check_range(option: JSON, value: Any) -> None:
    size = len(value) if option["type"] == STRING else value
    low = option.get("min_length", option.get("min_value"))
    high = option.get("max_length", option.get("max_value"))
    if (low is not None and size < low) or (high is not None and size > high):
        raise SandboxError(f"option {option['name']!r} takes {low} to {high}, not {value!r}")
