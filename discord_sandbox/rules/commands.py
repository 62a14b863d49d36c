"""Body of an application command → the issues that Discord would report.

Source: https://discord.com/developers/docs/interactions/application-commands.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterator
from typing import Any

from discord_sandbox.rules.forms import (
    Rule,
    both,
    by_type,
    flag,
    form,
    listing,
    number,
    one_of,
    text,
    whole,
)
from discord_sandbox.rules.refusals import Issue, Path, invalid
from discord_sandbox.world.core import JSON

NAME, DESCRIPTION, OPTIONS, CHOICES, CHOICE_TEXT, TOTAL = 32, 100, 25, 25, 100, 8000
COMMANDS = {1: 100, 2: 15, 3: 15}
"""Commands of each type that an application may have, globally and in each guild."""
SLASH = 1


def _name(value: Any, path: Path) -> Iterator[Issue]:
    """Check the name of a slash command or option: letters, digits, ``-_'``, lower case."""
    yield from text(NAME, 1)(value, path)
    if not all(_allowed(each) for each in str(value)):
        words = "String value did not match validation regex."
        yield Issue(path, "STRING_TYPE_REGEX", words)
    elif str(value) != str(value).lower():
        yield Issue(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _allowed(character: str) -> bool:
    if character in "-_'" or unicodedata.category(character)[0] in "LN":
        return True
    return unicodedata.name(character, "").startswith(("DEVANAGARI", "THAI"))


CHOICE = {"name": text(CHOICE_TEXT, 1)}
WORDS = listing(form({**CHOICE, "value": text(CHOICE_TEXT, 1)}, ("name", "value")), CHOICES)
NUMBERS = listing(form({**CHOICE, "value": number()}, ("name", "value")), CHOICES)
NAMED: dict[str, Rule] = {"name": _name, "description": text(DESCRIPTION, 1)}
VALUE = {**NAMED, "required": flag(), "autocomplete": flag()}
NEEDED = ("name", "description")


def _one_help(value: Any, path: Path) -> Iterator[Issue]:
    if value.get("autocomplete") and value.get("choices"):
        words = "Autocomplete and choices are mutually exclusive"
        code = "APPLICATION_COMMAND_OPTION_AUTOCOMPLETE_CHOICES_MUTUALLY_EXCLUSIVE"
        yield Issue(path, code, words)


def _order(options: Any, path: Path) -> Iterator[Issue]:
    seen: set[str] = set()
    optional = False
    for index, option in enumerate(options):
        if option["name"] in seen:
            words = "Option name already exists in command"
            code = "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS"
            yield Issue((*path, index), code, words)
        seen.add(option["name"])
        if option.get("required") and optional:
            words = "Required options must be placed before non-required options"
            yield Issue((*path, index), "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", words)
        optional = optional or not option.get("required")


def _no_mixing(options: Any, path: Path) -> Iterator[Issue]:
    nested = {option["type"] in (1, 2) for option in options}
    if len(nested) > 1:
        words = (
            "Sub-command and sub-command group option types are mutually exclusive to all others"
        )
        yield Issue(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", words)


LENGTHS = {"min_length": whole(0, 6000), "max_length": whole(1, 6000), "choices": WORDS}
RANGES = {"min_value": number(), "max_value": number(), "choices": NUMBERS}
VALUES: dict[int, Rule] = {
    3: both(form({**VALUE, **LENGTHS}, NEEDED), _one_help),
    4: both(form({**VALUE, **RANGES}, NEEDED), _one_help),
    10: both(form({**VALUE, **RANGES}, NEEDED), _one_help),
    7: form({**VALUE, "channel_types": listing(whole(0, 20), 20)}, NEEDED),
    **dict.fromkeys((5, 6, 8, 9, 11), form(VALUE, NEEDED)),
}
SUBCOMMAND = form({**NAMED, "options": both(listing(by_type(VALUES), OPTIONS), _order)}, NEEDED)
GROUP = form({**NAMED, "options": both(listing(by_type({1: SUBCOMMAND}), OPTIONS), _order)}, NEEDED)
ALL_OPTIONS = both(
    listing(by_type({1: SUBCOMMAND, 2: GROUP, **VALUES}), OPTIONS), _no_mixing, _order
)
SETTINGS: dict[str, Rule] = {
    "type": one_of(1, 2, 3, 4),
    "default_member_permissions": whole(0),
    "dm_permission": flag(),
    "nsfw": flag(),
    "contexts": listing(one_of(0, 1, 2), 3),
    "integration_types": listing(one_of(0, 1), 2),
}
SLASH_COMMAND = form({**SETTINGS, **NAMED, "options": ALL_OPTIONS}, NEEDED)
MENU_COMMAND = form({**SETTINGS, "name": text(NAME, 1)}, ("name",))


def _no_description(value: Any, path: Path) -> Iterator[Issue]:
    if value.get("description"):
        words = "Context menu commands cannot have description"
        yield Issue((*path, "description"), "APPLICATION_COMMAND_INVALID_DESCRIPTION", words)


def _size(value: Any, path: Path) -> Iterator[Issue]:
    if size(value) > TOTAL:
        words = f"Command exceeds maximum size ({TOTAL})"
        yield Issue(path, "APPLICATION_COMMAND_TOO_LARGE", words)


def size(command: JSON) -> int:
    """Return the characters of names, descriptions and values, options included."""
    total = len(command.get("name") or "") + len(command.get("description") or "")
    total += sum(
        len(choice["name"]) + len(str(choice["value"])) for choice in command.get("choices") or ()
    )
    return total + sum(size(option) for option in command.get("options") or ())


def command(value: Any, path: Path) -> Iterator[Issue]:
    """Check one command."""
    kind = (value.get("type") or SLASH) if isinstance(value, dict) else SLASH
    rule = SLASH_COMMAND if kind == SLASH else both(MENU_COMMAND, _no_description)
    yield from both(rule, _size)(value, path)


def check(body: Any, kinds: Container[int]) -> None:
    """Refuse a command that cannot be registered.

    Args:
        body: the command.
        kinds: of installation that it may name.
    """
    if issues := list(both(command, _installable(kinds))(body, ())):
        raise invalid(issues)


def check_all(body: Any, kinds: Container[int]) -> None:
    """Refuse a list of commands that cannot be registered together."""
    one = both(command, _installable(kinds))
    if issues := list(both(listing(one, 130), _unique)(body, ())):
        raise invalid(issues)


def _installable(kinds: Container[int]) -> Rule:
    """Check that the application itself allows the kinds of installation of a command."""

    def rule(value: Any, path: Path) -> Iterator[Issue]:
        for index, kind in enumerate(value.get("integration_types") or ()):
            if kind not in kinds:
                words = "Integration type is not supported by the application"
                place = (*path, "integration_types", index)
                yield Issue(place, "APPLICATION_COMMAND_INTEGRATION_TYPE_INVALID", words)

    return rule


def _unique(body: Any, path: Path) -> Iterator[Issue]:
    seen: set[tuple[str, int]] = set()
    for index, each in enumerate(body):
        key = (each["name"], each.get("type") or SLASH)
        if key in seen:
            words = "Application command names must be unique"
            yield Issue((index,), "APPLICATION_COMMANDS_DUPLICATE_NAME", words)
        seen.add(key)
