"""Every limit of an embed, broken through real HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.discord_sandbox.parts import Home, Rest
from tests.discord_sandbox.trees import NO_LIST, NO_OBJECT, REQUIRED, at, said, too_large, too_long

FIELD = {"name": "n", "value": "v"}
REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "eleven embeds": ({"embeds": [{"title": "t"}] * 11}, {"embeds": too_long(10)}),
    "embeds that are no list": (
        {"embeds": {"title": "t"}},
        {"embeds": NO_LIST},
    ),
    "an embed that is a text": (
        {"embeds": ["t"]},
        at(
            "embeds",
            0,
            **NO_OBJECT,
        ),
    ),
    "an empty embed": ({"embeds": [{}]}, at("embeds", 0, description=REQUIRED)),
    "an embed's title": ({"embeds": [{"title": "x" * 257}]}, at("embeds", 0, title=too_long(256))),
    "an embed's description": (
        {"embeds": [{"description": "x" * 4097}]},
        at("embeds", 0, description=too_long(4096)),
    ),
    "26 fields": (
        {"embeds": [{"fields": [FIELD] * 26}]},
        at("embeds", 0, fields=too_long(25)),
    ),
    "a field's name": (
        {"embeds": [{"fields": [{**FIELD, "name": "x" * 257}]}]},
        at("embeds", 0, "fields", 0, name=too_long(256)),
    ),
    "a field's value": (
        {"embeds": [{"fields": [{**FIELD, "value": "x" * 1025}]}]},
        at("embeds", 0, "fields", 0, value=too_long(1024)),
    ),
    "a blank field name": (
        {"embeds": [{"fields": [{**FIELD, "name": " "}]}]},
        at("embeds", 0, "fields", 0, name=REQUIRED),
    ),
    "a blank field value": (
        {"embeds": [{"fields": [{**FIELD, "value": ""}]}]},
        at("embeds", 0, "fields", 0, value=REQUIRED),
    ),
    "a footer": (
        {"embeds": [{"footer": {"text": "x" * 2049}}]},
        at("embeds", 0, "footer", text=too_long(2048)),
    ),
    "an author": (
        {"embeds": [{"author": {"name": "x" * 257}}]},
        at("embeds", 0, "author", name=too_long(256)),
    ),
    "6001 characters over all embeds": (
        {"embeds": [{"description": "x" * 4000}, {"description": "x" * 2001}]},
        {"embeds": said("MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")},
    ),
    "a colour that is none": (
        {"embeds": [{"title": "t", "color": 0x1000000}]},
        at(
            "embeds",
            0,
            color=too_large(16777215),
        ),
    ),
    "a picture from elsewhere": (
        {"embeds": [{"image": {"url": "ftp://x/y.png"}}]},
        at(
            "embeds",
            0,
            "image",
            url=said(
                "URL_TYPE_INVALID_SCHEME",
                'Scheme "ftp" is not supported. Scheme must be one of '
                "('http', 'https', 'attachment').",
            ),
        ),
    ),
    "a picture at no address": (
        {"embeds": [{"image": {"url": "http://["}}]},
        at("embeds", 0, "image", url=said("URL_TYPE_INVALID_URL", "Not a well formed URL.")),
    ),
    "a link to no host": (
        {"embeds": [{"title": "t", "url": "https://"}]},
        at("embeds", 0, url=said("URL_TYPE_INVALID_URL", "Not a well formed URL.")),
    ),
    "a time that is none": (
        {"embeds": [{"title": "t", "timestamp": "noon"}]},
        at(
            "embeds",
            0,
            timestamp=said("DATE_TIME_TYPE_PARSE", "Could not parse noon. Should be ISO8601."),
        ),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_message_is_refused_for(name: str, rest: Rest, place: Home) -> None:
    body, errors = REFUSED[name]

    answer = await rest("POST", f"/channels/{place.channel.id}/messages", body)

    assert answer.status == 400
    assert answer.body == {"message": "Invalid Form Body", "code": 50035, "errors": errors}
    assert place.channel.messages == []
