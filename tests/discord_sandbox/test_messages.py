"""Messages over REST: posting, nonce, history, edits, deletion, direct messages."""

from __future__ import annotations

from typing import Any

import pytest

from discord_sandbox import Overwrite, Permission, Sandbox, SandboxError
from tests.clock import Clock
from tests.discord_sandbox.parts import Home, Rest, filled
from tests.discord_sandbox.posting import messages, posted
from tests.discord_sandbox.trees import said, too_large


async def test_a_posted_message_is_shown_as_discord_shows_it(
    rest: Rest, place: Home, sandbox: Sandbox
) -> None:
    answer = await posted(rest, place, {"content": "hello", "nonce": "n1"})

    assert answer.body == {
        "id": str(place.channel.messages[0].id),
        "channel_id": str(place.channel.id),
        "author": {
            "id": str(sandbox.bot.id),
            "username": "sandbox bot",
            "discriminator": "0000",
            "global_name": None,
            "avatar": None,
            "bot": True,
            "primary_guild": None,
            "public_flags": 0,
            "flags": 0,
        },
        "content": "hello",
        "timestamp": "2027-01-15T08:00:00.000000+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "components": [],
        "pinned": False,
        "flags": 0,
        "type": 0,
        "nonce": "n1",
    }


async def test_the_same_nonce_returns_the_first_message_if_it_is_enforced(
    rest: Rest, place: Home
) -> None:
    first = await posted(rest, place, {"content": "one", "nonce": "n", "enforce_nonce": True})
    again = await posted(rest, place, {"content": "two", "nonce": "n", "enforce_nonce": True})
    free = await posted(rest, place, {"content": "three", "nonce": "n"})

    assert again.body == first.body
    assert free.body["id"] != first.body["id"]
    assert [message.content for message in place.channel.messages] == ["one", "three"]


async def test_a_nonce_is_forgotten_after_some_minutes(
    rest: Rest, place: Home, clock: Clock
) -> None:
    body = {"content": "x", "nonce": "n", "enforce_nonce": True}
    first = await posted(rest, place, body)
    clock.turn(301)

    assert (await posted(rest, place, body)).body["id"] != first.body["id"]


async def test_a_nonce_whose_message_was_deleted_is_unknown(rest: Rest, place: Home) -> None:
    body = {"content": "x", "nonce": "n", "enforce_nonce": True}
    first = await posted(rest, place, body)
    await rest("DELETE", messages(place, first.body["id"]))

    answer = await rest("POST", messages(place), body)

    assert (answer.status, answer.code) == (404, 10008)


HISTORY: dict[str, list[int]] = {
    "": list(range(59, 9, -1)),
    "?limit=3": [59, 58, 57],
    "?limit=2&before=50": [49, 48],
    "?limit=2&after=50": [52, 51],
    "?limit=5&around=50": [52, 51, 50, 49, 48],
}


@pytest.mark.parametrize("query", HISTORY)
async def test_history_is_told_newest_first(
    rest: Rest, place: Home, sandbox: Sandbox, query: str
) -> None:
    made = [await sandbox.say(place.mia, place.channel, str(number)) for number in range(60)]

    answer = await rest("GET", messages(place) + query.replace("=50", f"={made[50].id}"))

    assert [int(message["content"]) for message in answer.body] == HISTORY[query]


LIMITS: dict[str, tuple[str, Any]] = {
    "no messages": (
        "/channels/{channel}/messages?limit=0",
        said("NUMBER_TYPE_MIN", "int value should be greater than or equal to 1."),
    ),
    "101 messages": ("/channels/{channel}/messages?limit=101", too_large(100)),
    "messages that are no number": (
        "/channels/{channel}/messages?limit=all",
        said("NUMBER_TYPE_COERCE", 'Value "all" is not int.'),
    ),
    "no members": (
        "/guilds/{guild}/members?limit=0",
        said("NUMBER_TYPE_MIN", "int value should be greater than or equal to 1."),
    ),
    "1001 members": ("/guilds/{guild}/members?limit=1001", too_large(1000)),
    "no members of a name": (
        "/guilds/{guild}/members/search?query=m&limit=0",
        said("NUMBER_TYPE_MIN", "int value should be greater than or equal to 1."),
    ),
}


@pytest.mark.parametrize("name", LIMITS)
async def test_one_cannot_ask_for(name: str, rest: Rest, place: Home) -> None:
    path, error = LIMITS[name]

    answer = await rest("GET", filled(path, place))

    assert answer.body == {
        "message": "Invalid Form Body",
        "code": 50035,
        "errors": {"limit": error},
    }


async def test_only_the_author_edits_a_message(rest: Rest, place: Home, sandbox: Sandbox) -> None:
    hers = await sandbox.say(place.mia, place.channel, "mine")

    answer = await rest("PATCH", messages(place, str(hers.id)), {"content": "x"})

    assert (answer.status, answer.code) == (403, 50005)


async def test_deleting_for_others_needs_a_permission(
    rest: Rest, place: Home, sandbox: Sandbox
) -> None:
    hers = await sandbox.say(place.mia, place.channel, "mine")
    place.guild.overwrite(
        place.channel, place.guild.bot, Overwrite(deny=Permission.MANAGE_MESSAGES)
    )

    answer = await rest("DELETE", messages(place, str(hers.id)))

    assert (answer.status, answer.code) == (403, 50013)
    assert len(place.channel.messages) == 1


async def test_an_edit_too_many_of_an_old_message_is_refused(
    rest: Rest, place: Home, clock: Clock
) -> None:
    made = await posted(rest, place, {"content": "x"})
    own = messages(place, made.body["id"])
    for number in range(10):
        assert (await rest("PATCH", own, {"content": f"young {number}"})).status == 200
    clock.turn(3601)

    answers = [await rest("PATCH", own, {"content": f"old {number}"}) for number in range(4)]

    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert (answers[3].code, answers[3].body["retry_after"]) == (30046, 3600.0)
    clock.turn(3600)
    assert (await rest("PATCH", own, {"content": "later"})).status == 200


async def test_many_messages_are_deleted_at_once(
    rest: Rest, place: Home, sandbox: Sandbox, clock: Clock
) -> None:
    made = [await sandbox.say(place.mia, place.channel, str(number)) for number in range(4)]
    path = messages(place) + "/bulk-delete"
    ids = [str(message.id) for message in made]

    assert (await rest("POST", path, {"messages": ids[:1]})).code == 50016
    assert (await rest("POST", path, {"messages": ids[:3]})).status == 204
    assert [message.content for message in place.channel.messages] == ["3"]
    clock.turn(15 * 86_400)
    assert (await rest("POST", path, {"messages": [ids[3], ids[0]]})).code == 50034


async def test_flags_that_a_bot_may_not_set_are_ignored(rest: Rest, place: Home) -> None:
    answer = await posted(rest, place, {"content": "x", "flags": 1 | 1 << 12})

    assert answer.body["flags"] == 1 << 12


async def test_suppressed_embeds_are_not_shown(rest: Rest, place: Home) -> None:
    body = {"content": "x", "embeds": [{"title": "t"}], "flags": 1 << 2}

    assert (await posted(rest, place, body)).body["embeds"] == []


async def test_components_get_the_ids_that_they_lack(rest: Rest, place: Home) -> None:
    buttons = [
        {"type": 2, "style": 1, "label": "A", "custom_id": "a"},
        {"type": 2, "style": 1, "label": "B", "custom_id": "b", "id": 2},
    ]
    answer = await posted(rest, place, {"components": [{"type": 1, "components": buttons}]})

    row = answer.body["components"][0]
    assert [row["id"], *(button["id"] for button in row["components"])] == [1, 3, 2]


async def test_direct_messages_are_a_channel_of_two(
    rest: Rest, place: Home, sandbox: Sandbox
) -> None:
    opened = await rest("POST", "/users/@me/channels", {"recipient_id": str(place.mia.id)})
    again = await rest("POST", "/users/@me/channels", {"recipient_id": str(place.mia.id)})
    sent = await rest("POST", f"/channels/{opened.body['id']}/messages", {"content": "psst"})

    assert opened.body["id"] == again.body["id"]
    assert (opened.body["type"], opened.body["recipients"][0]["username"]) == (1, "mia")
    assert sent.status == 200
    assert sandbox.direct(place.mia).messages[0].content == "psst"


@pytest.mark.parametrize("recipient", ["1", "bot"])
async def test_a_direct_message_needs_somebody_else(
    rest: Rest, sandbox: Sandbox, recipient: str
) -> None:
    known = str(sandbox.bot.id) if recipient == "bot" else recipient

    answer = await rest("POST", "/users/@me/channels", {"recipient_id": known})

    assert (answer.status, answer.code) == (403, 50007)


async def test_a_wait_for_a_message_finds_what_is_there_and_what_comes(
    place: Home, sandbox: Sandbox
) -> None:
    await sandbox.say(place.mia, place.channel, "there")

    assert (await place.channel.wait_for(lambda m: m.text == "there")).content == "there"
    with pytest.raises(SandboxError, match=r"(?s)no message in #general matched.*mia: 'there'"):
        await place.channel.wait_for(lambda m: m.text == "never", timeout=0.01)
