"""Every limit of a message's components, broken through real HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.discord_sandbox.component_bodies import button, buttons, row, select
from tests.discord_sandbox.parts import Home, Rest
from tests.discord_sandbox.trees import REQUIRED, at, between, not_one_of, said, too_large, too_long

PICTURE = {"media": {"url": "https://example.org/a.png"}}
REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "six rows": (
        {"components": [row(button(custom_id=str(n))) for n in range(6)]},
        {"components": too_long(5)},
    ),
    "six buttons in a row": (
        {"components": [row(*buttons(6))]},
        at("components", 0, components=between(1, 5)),
    ),
    "an empty row": (
        {"components": [row()]},
        at("components", 0, components=between(1, 5)),
    ),
    "a select beside a button": (
        {"components": [row(button(), select())]},
        at(
            "components",
            0,
            "components",
            1,
            **said(
                "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
                "The specified component exceeds the maximum width",
            ),
        ),
    ),
    "a button outside a row": (
        {"components": [button()]},
        at("components", 0, type=not_one_of("1")),
    ),
    "a button's label": (
        {"components": [row(button(label="x" * 81))]},
        at("components", 0, "components", 0, label=too_long(80)),
    ),
    "a custom id": (
        {"components": [row(button(custom_id="x" * 101))]},
        at("components", 0, "components", 0, custom_id=between(1, 100)),
    ),
    "a button without custom id": (
        {"components": [row({"type": 2, "style": 1, "label": "Go"})]},
        at("components", 0, "components", 0, custom_id=REQUIRED),
    ),
    "a link without address": (
        {"components": [row({"type": 2, "style": 5, "label": "Go"})]},
        at("components", 0, "components", 0, url=REQUIRED),
    ),
    "a link with a custom id": (
        {"components": [row(button(style=5, url="https://example.org"))]},
        at(
            "components",
            0,
            "components",
            0,
            **said(
                "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                "A custom id and url cannot both be specified",
            ),
        ),
    ),
    "a button that shows nothing": (
        {"components": [row({"type": 2, "style": 1, "custom_id": "go"})]},
        at("components", 0, "components", 0, label=REQUIRED),
    ),
    "the same custom id twice": (
        {"components": [row(button(), button())]},
        at(
            "components",
            0,
            "components",
            1,
            custom_id=said(
                "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"
            ),
        ),
    ),
    "26 options": (
        {"components": [row(select(options=[{"label": "A", "value": str(n)} for n in range(26)]))]},
        at("components", 0, "components", 0, options=between(1, 25)),
    ),
    "no options": (
        {"components": [row(select(options=[]))]},
        at("components", 0, "components", 0, options=between(1, 25)),
    ),
    "an option's label": (
        {"components": [row(select(options=[{"label": "x" * 101, "value": "a"}]))]},
        at("components", 0, "components", 0, "options", 0, label=between(1, 100)),
    ),
    "an option's value": (
        {"components": [row(select(options=[{"label": "A", "value": "x" * 101}]))]},
        at("components", 0, "components", 0, "options", 0, value=between(1, 100)),
    ),
    "an option's description": (
        {
            "components": [
                row(select(options=[{"label": "A", "value": "a", "description": "x" * 101}]))
            ]
        },
        at("components", 0, "components", 0, "options", 0, description=too_long(100)),
    ),
    "the same option value twice": (
        {"components": [row(select(options=[{"label": "A", "value": "a"}] * 2))]},
        at(
            "components",
            0,
            "components",
            0,
            "options",
            1,
            **said(
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                "The specified option value is already used",
            ),
        ),
    ),
    "a placeholder": (
        {"components": [row(select(placeholder="x" * 151))]},
        at("components", 0, "components", 0, placeholder=too_long(150)),
    ),
    "more values to pick than options": (
        {"components": [row(select(max_values=2))]},
        at("components", 0, "components", 0, options=between(2, 25)),
    ),
    "more values to pick at least than options": (
        {"components": [row(select(min_values=3))]},
        at("components", 0, "components", 0, options=between(3, 25)),
    ),
    "26 values to pick": (
        {"components": [row(select(max_values=26))]},
        at(
            "components",
            0,
            "components",
            0,
            max_values=too_large(25),
        ),
    ),
    "content beside a layout": (
        {"content": "x", "flags": 1 << 15, "components": [{"type": 10, "content": "y"}]},
        {
            "content": said(
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                "The 'content' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
            )
        },
    ),
    "embeds beside a layout": (
        {
            "embeds": [{"title": "t"}],
            "flags": 1 << 15,
            "components": [{"type": 10, "content": "y"}],
        },
        {
            "embeds": said(
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                "The 'embeds' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
            )
        },
    ),
    "a layout of 41 components": (
        {"flags": 1 << 15, "components": [{"type": 14}] * 41},
        {"components": too_long(40)},
    ),
    "a layout of 4001 characters": (
        {"flags": 1 << 15, "components": [{"type": 10, "content": "x" * 2001}] * 2},
        {
            "components": said(
                "COMPONENT_MAX_TOTAL_TEXT_LENGTH_EXCEEDED",
                "The total number of characters displayed exceeds 4000",
            )
        },
    ),
    "a gallery of 11 pictures": (
        {"flags": 1 << 15, "components": [{"type": 12, "items": [PICTURE] * 11}]},
        at("components", 0, items=between(1, 10)),
    ),
    "a gallery in a container without pictures": (
        {
            "flags": 1 << 15,
            "components": [{"type": 17, "components": [{"type": 12, "items": []}]}],
        },
        at("components", 0, "components", 0, items=between(1, 10)),
    ),
    "a picture's description": (
        {
            "flags": 1 << 15,
            "components": [{"type": 12, "items": [{**PICTURE, "description": "x" * 1025}]}],
        },
        at("components", 0, "items", 0, description=too_long(1024)),
    ),
    "a section of four texts": (
        {
            "flags": 1 << 15,
            "components": [
                {
                    "type": 9,
                    "components": [{"type": 10, "content": "x"}] * 4,
                    "accessory": {"type": 11, **PICTURE},
                }
            ],
        },
        at("components", 0, components=between(1, 3)),
    ),
    "a file of another place in a container": (
        {
            "flags": 1 << 15,
            "components": [
                {
                    "type": 17,
                    "components": [{"type": 13, "file": {"url": "https://example.org/a"}}],
                }
            ],
        },
        at(
            *("components", 0, "components", 0, "file"),
            url=said(
                "URL_TYPE_INVALID_SCHEME",
                "Scheme \"https\" is not supported. Scheme must be one of ('attachment',).",
            ),
        ),
    ),
    "a layout without its flag": (
        {"components": [{"type": 10, "content": "y"}]},
        at("components", 0, type=not_one_of("1")),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_message_is_refused_for(name: str, rest: Rest, place: Home) -> None:
    body, errors = REFUSED[name]

    answer = await rest("POST", f"/channels/{place.channel.id}/messages", body)

    assert answer.status == 400
    assert answer.body == {"message": "Invalid Form Body", "code": 50035, "errors": errors}
    assert place.channel.messages == []
