"""Every limit of an application command, broken through real HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from discord_sandbox import Sandbox
from tests.discord_sandbox.command_bodies import choices, command, group, option, options, sub
from tests.discord_sandbox.parts import Rest
from tests.discord_sandbox.trees import REQUIRED, at, between, not_one_of, said, too_large, too_long

REGEX = said("STRING_TYPE_REGEX", "String value did not match validation regex.")


REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a name of 33 characters": (command(name="x" * 33), {"name": between(1, 32)}),
    "no name": ({"description": "Ask."}, {"name": REQUIRED}),
    "a blank in its name": (command(name="ask me"), {"name": REGEX}),
    "a capital in its name": (
        command(name="Ask"),
        {"name": said("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")},
    ),
    "an emoji in its name": (command(name="ask😀"), {"name": REGEX}),
    "a description of 101 characters": (
        command(description="x" * 101),
        {"description": between(1, 100)},
    ),
    "no description": (command(description=""), {"description": REQUIRED}),
    "26 options": (command(options=options(26)), {"options": too_long(25)}),
    "an option's name": (
        command(options=[option(name="What")]),
        at(
            "options",
            0,
            name=said("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid"),
        ),
    ),
    "an option's description": (
        command(options=[option(description="x" * 101)]),
        at("options", 0, description=between(1, 100)),
    ),
    "an unknown type of option": (
        command(options=[option(type=12)]),
        at("options", 0, type=not_one_of("1, 2, 3, 4, 10, 7, 5, 6, 8, 9, 11")),
    ),
    "a least length of 6001": (
        command(options=[option(min_length=6001)]),
        at("options", 0, min_length=too_large(6000)),
    ),
    "a greatest length of 6001": (
        command(options=[option(max_length=6001)]),
        at("options", 0, max_length=too_large(6000)),
    ),
    "26 choices": (
        command(options=[option(choices=choices(26))]),
        at("options", 0, choices=too_long(25)),
    ),
    "a choice's name": (
        command(options=[option(choices=[{"name": "x" * 101, "value": "v"}])]),
        at("options", 0, "choices", 0, name=between(1, 100)),
    ),
    "a choice's value": (
        command(options=[option(choices=[{"name": "c", "value": "x" * 101}])]),
        at("options", 0, "choices", 0, value=between(1, 100)),
    ),
    "a choice of a number that is a text": (
        command(options=[option(type=4, choices=[{"name": "c", "value": "one"}])]),
        at(
            "options",
            0,
            "choices",
            0,
            value=said("NUMBER_TYPE_COERCE", 'Value "one" is not float.'),
        ),
    ),
    "choices beside autocomplete": (
        command(options=[option(choices=choices(1), autocomplete=True)]),
        at(
            "options",
            0,
            **said(
                "APPLICATION_COMMAND_OPTION_AUTOCOMPLETE_CHOICES_MUTUALLY_EXCLUSIVE",
                "Autocomplete and choices are mutually exclusive",
            ),
        ),
    ),
    "a required option after others": (
        command(options=[option(), option(name="more", required=True)]),
        at(
            "options",
            1,
            **said(
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            ),
        ),
    ),
    "the same option twice": (
        command(options=[option(), option()]),
        at(
            "options",
            1,
            **said(
                "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
                "Option name already exists in command",
            ),
        ),
    ),
    "options beside subcommands": (
        command(options=[sub(), option()]),
        {
            "options": said(
                "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
                "Sub-command and sub-command group option types are mutually exclusive to all "
                "others",
            )
        },
    ),
    "26 subcommands of a group": (
        command(options=[group(options=[sub(name=f"s{n}") for n in range(26)])]),
        at("options", 0, options=too_long(25)),
    ),
    "an option in a group": (
        command(options=[group(options=[option()])]),
        at("options", 0, "options", 0, type=not_one_of("1")),
    ),
    "a length of 6001": (
        command(options=[option(max_length=6001)]),
        at("options", 0, max_length=too_large(6000)),
    ),
    "8001 characters in all": (
        command(
            options=[
                option(name=f"o{n}", choices=[{"name": "x" * 95, "value": "y" * 95}] * 2)
                for n in range(21)
            ]
        ),
        said("APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)"),
    ),
    "a description of a menu command": (
        {"type": 3, "name": "Quote This", "description": "Quote it."},
        {
            "description": said(
                "APPLICATION_COMMAND_INVALID_DESCRIPTION",
                "Context menu commands cannot have description",
            )
        },
    ),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_command_is_refused_for(name: str, rest: Rest, sandbox: Sandbox) -> None:
    body, errors = REFUSED[name]

    answer = await rest("POST", f"/applications/{sandbox.application.id}/commands", body)

    assert answer.body == {"message": "Invalid Form Body", "code": 50035, "errors": errors}
    assert sandbox.application.available(None) == []


ALLOWED = {
    "a name in any script": command(name="перевод-तकनीक_ไทย'2"),
    "25 groups of 25 subcommands": command(
        options=[
            group(
                name=f"g{g}",
                description="x",
                options=[sub(name=f"s{s}", description="x") for s in range(25)],
            )
            for g in range(25)
        ]
    ),
    "a menu name with blanks and capitals": {"type": 2, "name": "Show Profile"},
    "required options first": command(options=[option(required=True), option(name="more")]),
}


@pytest.mark.parametrize("name", ALLOWED)
async def test_a_command_may_have(name: str, rest: Rest, sandbox: Sandbox) -> None:
    path = f"/applications/{sandbox.application.id}/commands"

    answer = await rest("POST", path, ALLOWED[name])

    assert answer.status == 201
    assert [each["id"] for each in (await rest("GET", path)).body] == [answer.body["id"]]
