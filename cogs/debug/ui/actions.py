"""Typed actions ⇄ custom ids of controls: ``debugcog:<name>:<argument>``.

The whole state of a control is in its custom id, so that it works after a restart. The names are in
messages that were sent long ago: an action may get another class, and never another name.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Any, ClassVar, Literal, NewType, Self, get_args, get_origin, get_type_hints

from services.debugcog.frozen import frozen
from services.debugcog.patterns import late_pattern

PREFIX = "debugcog"
# https://discord.com/developers/docs/components/reference
CUSTOM_ID_MAX = 100
VALUE_MAX = 100
NUMBER_MAX = 2**63 - 1
SECONDS_MAX = 7 * 86_400
TAG = "~"
TAGGED = late_pattern(f"{TAG}([0-9a-f]{{11}})$")
"""The nonce of a post at the end of a custom id."""

Seconds = NewType("Seconds", int)
"""A duration of 7 days at most."""


class ControlError(ValueError):
    """A control's custom id is not one that this version makes."""


class ActionTooLongError(ValueError):
    """An action does not fit into a custom id, and cutting it would make another one of it."""


@frozen
class Action:
    """What a control asks for; a subclass names itself, and its fields are the argument.

    ``class Mute(Action, name="errors.mute")`` with the fields ``group`` and ``seconds`` becomes
    ``debugcog:errors.mute:1a2b3c4d.3600``. A field is a text, a whole number, ``Seconds``, an
    ``IntEnum`` or a ``Literal``. Only the first one may hold the separator.
    """

    NAME: ClassVar[str] = ""
    SEPARATOR: ClassVar[str] = "."
    READERS: ClassVar[Mapping[str, Callable[[str], Any]]] = {}

    def __init_subclass__(cls, name: str = "", separator: str = "") -> None:
        """Take the name; a dataclass with slots makes its class anew, without these arguments."""
        if name:
            cls.NAME = name
        if separator:
            cls.SEPARATOR = separator
        hints = get_type_hints(cls)  # now: a reload of the extension takes the module away
        cls.READERS = {
            name: _reader(hint) for name, hint in hints.items() if get_origin(hint) is not ClassVar
        }

    @property
    def argument(self) -> str:
        """Encode the fields; a menu's option has this as its value.

        Raises:
            ActionTooLongError: Discord takes no value of this length.
        """
        values = (getattr(self, field.name) for field in dataclasses.fields(self))
        text = self.SEPARATOR.join(_written(value) for value in values)
        if len(text) > VALUE_MAX:
            raise ActionTooLongError(f"{self.NAME}: {len(text)} characters, {VALUE_MAX} at most")
        return text

    @classmethod
    def decode(cls, argument: str) -> Self:
        """Decode what ``argument`` encoded; fields with defaults may be missing at its end.

        Raises:
            ControlError: this version encodes no such argument.
        """
        readers = cls.READERS
        parts = argument.rsplit(cls.SEPARATOR, len(readers) - 1) if len(readers) > 1 else [argument]
        named = zip(readers.items(), parts, strict=False)
        try:
            return cls(**{name: read(part) for (name, read), part in named})
        except (TypeError, ValueError) as error:
            raise ControlError(f"no {cls.NAME} {argument!r}: {error}") from error


def custom_id(action: Action) -> str:
    """Encode an action as the custom id of its control.

    Raises:
        ActionTooLongError: Discord takes no custom id of this length.
    """
    text = f"{PREFIX}:{action.NAME}:{action.argument}"
    if len(text) > CUSTOM_ID_MAX:
        raise ActionTooLongError(f"{text[:40]}…: {len(text)} characters, {CUSTOM_ID_MAX} at most")
    return text


def tagged(text: str, tag: str) -> str:
    """Put a tag at the end of a custom id; whoever presses the control does not notice it."""
    return f"{text}{TAG}{tag}"


def tag_of(text: str) -> str:
    """Return the tag of a custom id; empty where it has none."""
    found = TAGGED.search(text)
    return found[1] if found else ""


def parse_custom_id(text: str) -> tuple[str, str] | None:
    """Split a custom id into an action's name and argument; None when it is not one of ours."""
    text = TAGGED.sub("", text)
    prefix, _, rest = text.partition(":")
    name, _, argument = rest.partition(":")
    return (name, argument) if prefix == PREFIX and name else None


def _written(value: object) -> str:
    return str(int(value)) if isinstance(value, int) else str(value)


def _reader(hint: Any) -> Callable[[str], Any]:
    """Return what reads a field of a type; each raises ValueError."""
    if get_origin(hint) is Literal:
        return lambda text: _one_of(text, get_args(hint))
    if isinstance(hint, type) and issubclass(hint, IntEnum):
        return lambda text: hint(_number(text, NUMBER_MAX))
    if hint is Seconds:
        return lambda text: _number(text, SECONDS_MAX)
    return (lambda text: _number(text, NUMBER_MAX)) if hint is int else str


def _number(text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= most):
        raise ValueError(f"{text!r} is no number up to {most}")
    return int(text)


def _one_of(text: str, allowed: tuple[str, ...]) -> str:
    if text not in allowed:
        raise ValueError(f"{text!r} is none of {allowed}")
    return text
