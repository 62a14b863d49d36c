"""Exception of the host's, or what it holds → an attribute, whatever its class makes of that.

What runs code of the host's for that, as a property does, is told by ``host_text.answers_to``.
"""

from __future__ import annotations

from typing import Any, cast

from services.debugcog.guard import is_hosts

TEXT_MAX = 200


def attribute(value: object, name: str) -> object:
    """Read an attribute of the host's, which may be code of its own.

    A lazy ``__getattr__`` of its class is not asked.
    """
    try:
        if hasattr(type(value), name):
            return getattr(value, name, None)
        return object.__getattribute__(value, "__dict__").get(name)
    except AttributeError:  # it has slots
        return None
    except BaseException as error:
        if not is_hosts(error):
            raise
        return None


def part(value: Any, name: str) -> object:
    """Read what a dictionary has under a name, a list or tuple at a number, or an attribute."""
    kind = type(value)
    if issubclass(kind, dict):
        return dict.get(value, name)
    if not name.isdigit():
        return attribute(value, name)
    items: Any = next((each for each in (list, tuple) if issubclass(kind, each)), None)
    number = int(name)
    return items.__getitem__(value, number) if items and items.__len__(value) > number else None


def at(value: object, path: str) -> object:
    """Read part after part of a path: ``details.writeErrors.0.code``; None where one is missing."""
    for name in path.split("."):
        value = part(value, name)
    return value


def short_text(value: object, name: str) -> str:
    """Read an attribute that is a text, as far as it is needed; empty where it is none."""
    found = attribute(value, name)
    return found[:TEXT_MAX] if type(found) is str else ""


def integer(value: object) -> int | None:
    """Return a whole number as Python's own, such as a member of ``HTTPStatus``."""
    kind = type(value)
    if not issubclass(kind, int) or kind is bool:
        return None
    return int.__add__(cast("int", value), 0)
