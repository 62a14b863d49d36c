"""Every limit of a message, broken through real HTTP."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from discord_sandbox import Overwrite, Permission, Sandbox
from tests.discord_sandbox.component_bodies import button, row, select
from tests.discord_sandbox.parts import Home, Rest
from tests.discord_sandbox.trees import NO_OBJECT, at, not_one_of, said, too_long

REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a flag that is a word": (
        {"content": "x", "tts": "yes"},
        {"tts": said("BOOLEAN_TYPE_CONVERT", "Must be either true or false.")},
    ),
    "a number that is a word": (
        {"content": "x", "flags": "many"},
        {"flags": said("NUMBER_TYPE_COERCE", 'Value "many" is not int.')},
    ),
    "a number that is true": (
        {"content": "x", "flags": True},
        {"flags": said("NUMBER_TYPE_COERCE", 'Value "True" is not int.')},
    ),
    "a number that is negative": (
        {"content": "x", "flags": -1},
        {"flags": said("NUMBER_TYPE_MIN", "int value should be greater than or equal to 0.")},
    ),
    "an id that is a word": (
        {"content": "x", "allowed_mentions": {"users": ["mia"]}},
        at(
            "allowed_mentions",
            "users",
            0,
            **said("NUMBER_TYPE_COERCE", 'Value "mia" is not snowflake.'),
        ),
    ),
    "content of 2001 characters": ({"content": "x" * 2001}, {"content": too_long(2000)}),
    "content of 2001 code points": ({"content": "😀" * 2001}, {"content": too_long(2000)}),
    "content that is a list": (
        {"content": ["x"]},
        {"content": said("STRING_TYPE_CONVERT", "Could not interpret \"['x']\" as string.")},
    ),
    "a nonce of 26 characters": (
        {"content": "x", "nonce": "n" * 26},
        {"nonce": too_long(25)},
    ),
    "a nonce that is an object": (
        {"content": "x", "nonce": {"a": 1}},
        {"nonce": said("STRING_TYPE_CONVERT", "Could not interpret \"{'a': 1}\" as string.")},
    ),
    "a message that is forwarded": (
        {"message_reference": {"type": 1, "message_id": "1", "channel_id": "2"}},
        {"message_reference": {"type": not_one_of("0")}},
    ),
    "users parsed and listed": (
        {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
        {
            "allowed_mentions": said(
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                'parse:["users"] and users: [ids...] are mutually exclusive.',
            )
        },
    ),
    "roles parsed and listed": (
        {"content": "x", "allowed_mentions": {"parse": ["roles"], "roles": ["1"]}},
        {
            "allowed_mentions": said(
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                'parse:["roles"] and roles: [ids...] are mutually exclusive.',
            )
        },
    ),
    "101 users listed": (
        {"content": "x", "allowed_mentions": {"users": [str(n) for n in range(101)]}},
        at("allowed_mentions", users=too_long(100)),
    ),
    "101 roles listed": (
        {"content": "x", "allowed_mentions": {"roles": [str(n) for n in range(101)]}},
        at("allowed_mentions", roles=too_long(100)),
    ),
    "a description of a file of 1025 characters": (
        {"content": "x", "attachments": [{"id": "0", "description": "x" * 1025}]},
        at("attachments", 0, description=too_long(1024)),
    ),
    "an unknown kind of mention": (
        {"content": "x", "allowed_mentions": {"parse": ["all"]}},
        at(
            "allowed_mentions",
            "parse",
            0,
            **not_one_of("'roles', 'users', 'everyone'"),
        ),
    ),
    "a reply to what is not there": (
        {"content": "x", "message_reference": {"message_id": "1"}},
        {"message_reference": said("REPLIES_UNKNOWN_MESSAGE", "Unknown message")},
    ),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_message_is_refused_for(name: str, rest: Rest, place: Home) -> None:
    body, errors = REFUSED[name]

    answer = await rest("POST", f"/channels/{place.channel.id}/messages", body)

    assert answer.status == 400
    assert answer.body == {"message": "Invalid Form Body", "code": 50035, "errors": errors}
    assert place.channel.messages == []


ALLOWED: dict[str, dict[str, Any]] = {
    "content of 2000 code points": {"content": "😀" * 2000},
    "blanks around the content that do not count": {"content": " " * 50 + "x" * 2000},
    "6000 characters over ten embeds": {"embeds": [{"description": "x" * 600}] * 10},
    "five rows of five buttons": {
        "components": [row(*[button(custom_id=f"{r}.{n}") for n in range(5)]) for r in range(5)]
    },
    "a select of 25 options": {
        "components": [row(select(options=[{"label": "A", "value": str(n)} for n in range(25)]))]
    },
    "a nonce that is a number": {"content": "x", "nonce": 12345},
    "null for everything but one": {"content": "x", "embeds": None, "components": None},
    "a reply to what is gone, if that may be": {
        "content": "x",
        "message_reference": {"message_id": "1", "fail_if_not_exists": False},
    },
}


@pytest.mark.parametrize("name", ALLOWED)
async def test_a_message_may_have(name: str, rest: Rest, place: Home) -> None:
    answer = await rest("POST", f"/channels/{place.channel.id}/messages", ALLOWED[name])

    assert answer.status == 200
    assert [str(message.id) for message in place.channel.messages] == [answer.body["id"]]


@pytest.mark.parametrize("body", [{}, {"content": ""}, {"content": "  \n "}, {"embeds": []}])
async def test_a_message_that_shows_nothing_is_refused(
    rest: Rest, place: Home, body: dict[str, Any]
) -> None:
    answer = await rest("POST", f"/channels/{place.channel.id}/messages", body)

    assert (answer.status, answer.body) == (
        400,
        {"message": "Cannot send an empty message", "code": 50006},
    )


async def test_an_edit_must_leave_something_to_show(rest: Rest, place: Home) -> None:
    path = f"/channels/{place.channel.id}/messages"
    made = await rest("POST", path, {"content": "x"})

    answer = await rest("PATCH", f"{path}/{made.body['id']}", {"content": None})

    assert (answer.status, answer.code) == (400, 50006)
    assert place.channel.messages[0].content == "x"


async def test_an_edit_follows_the_limits_too(rest: Rest, place: Home) -> None:
    path = f"/channels/{place.channel.id}/messages"
    made = await rest("POST", path, {"content": "x"})

    answer = await rest("PATCH", f"{path}/{made.body['id']}", {"content": "x" * 2001})

    assert answer.errors == {"content": too_long(2000)}


async def test_a_file_that_is_too_large_is_refused(rest: Rest, place: Home) -> None:
    path = f"/channels/{place.channel.id}/messages"
    limit = 10 * 1024 * 1024

    fits = await rest("POST", path, {}, files=[("a.bin", b"x" * limit)])
    exceeds = await rest("POST", path, {}, files=[("a.bin", b"x" * (limit + 1))])

    assert fits.status == 200
    assert (exceeds.status, exceeds.body) == (
        413,
        {"message": "Request entity too large", "code": 40005},
    )


async def test_eleven_files_are_refused(rest: Rest, place: Home) -> None:
    files = [(f"{number}.txt", b"x") for number in range(11)]

    answer = await rest("POST", f"/channels/{place.channel.id}/messages", {}, files=files)

    assert answer.errors == {"files": too_long(10)}


async def test_a_reply_needs_to_see_the_history(rest: Rest, place: Home, sandbox: Sandbox) -> None:
    said_by_mia = await sandbox.say(place.mia, place.channel, "hello")
    no_history = Overwrite(deny=Permission.READ_MESSAGE_HISTORY)
    place.guild.overwrite(place.channel, place.guild.everyone, no_history)

    body = {"content": "x", "message_reference": {"message_id": str(said_by_mia.id)}}
    answer = await rest("POST", f"/channels/{place.channel.id}/messages", body)

    assert (answer.status, answer.code) == (400, 160002)


async def test_several_faults_are_told_at_once(rest: Rest, place: Home) -> None:
    body = {"content": "x" * 2001, "embeds": [{"title": "x" * 257}], "nonce": "n" * 26}

    answer = await rest("POST", f"/channels/{place.channel.id}/messages", body)

    assert answer.errors == {
        "content": too_long(2000),
        "embeds": {"0": {"title": too_long(256)}},
        "nonce": too_long(25),
    }


@pytest.mark.parametrize(
    "text",
    [
        b"{",
        b"[" * 100_000,
        b'{"content": NaN}',
        b'{"content": 1e999}',
        b'{"content": "a lone \\ud800 surrogate"}',
        b'{"content": "a lone \xed\xa0\x80 surrogate"}',
        b'{"content": "\xff"}',
    ],
    ids=["cut", "nested", "NaN", "infinite", "escaped surrogate", "surrogate", "no UTF-8"],
)
async def test_json_that_is_none_is_refused(text: bytes, rest: Rest, place: Home) -> None:
    answer = await rest("POST", f"/channels/{place.channel.id}/messages", data=text)

    assert (answer.status, answer.code) == (400, 50109)
    assert place.channel.messages == []


async def test_an_emoji_in_two_escapes_is_text(rest: Rest, place: Home) -> None:
    text = b'{"content": "\\ud83d\\ude00"}'
    answer = await rest("POST", f"/channels/{place.channel.id}/messages", data=text)

    assert answer.body["content"] == "😀"


@pytest.mark.parametrize(
    "text",
    [b"x", b"--a\r\nno header\r\n\r\nx\r\n--a--", b"--a\r\n" + b"x" * 70_000],
    ids=["x", "header", "long"],
)
async def test_a_form_that_is_none_is_refused(
    text: bytes, sandbox: Sandbox, session: aiohttp.ClientSession, place: Home
) -> None:
    url = f"{sandbox.api_base}/channels/{place.channel.id}/messages"
    for kind in ("multipart/form-data", "multipart/form-data; boundary=a"):
        headers = {"Authorization": f"Bot {sandbox.token}", "Content-Type": kind}
        async with session.post(url, data=text, headers=headers) as response:
            assert (response.status, (await response.json())["code"]) == (400, 50035)


async def test_a_body_that_is_no_object_is_refused(
    rest: Rest, place: Home, sandbox: Sandbox
) -> None:
    answer = await rest("POST", f"/channels/{place.channel.id}/messages", ["x"])

    assert answer.errors == NO_OBJECT
