"""Interactions: when they may be answered, and what the person sees of it."""

from __future__ import annotations

import asyncio

import pytest

from discord_sandbox import Sandbox, SandboxError
from tests.clock import Clock
from tests.discord_sandbox.answering import ASK, PRESS, Bot
from tests.discord_sandbox.parts import Home, Rest
from tests.discord_sandbox.trees import at, too_long


async def test_an_interaction_tells_who_where_and_what(bot: Bot, place: Home) -> None:
    task = await bot.asked(what="why")
    await bot.respond(4, {"content": "because"})
    await task

    told = bot.last
    command = bot.sandbox.application.available(None)[0]
    assert told["data"] == {
        "id": str(command.id),
        "name": "ask",
        "type": 1,
        "options": [{"name": "what", "type": 3, "value": "why"}],
    }
    assert told["member"]["user"]["id"] == str(place.mia.id)
    assert told["member"]["permissions"] == str(int(place.mia.permissions))
    assert told["channel"]["id"] == told["channel_id"] == str(place.channel.id)
    assert told["guild_id"] == str(place.guild.id)
    assert told["app_permissions"] == str(int(place.guild.bot.permissions))
    assert told["attachment_size_limit"] == 10 * 1024 * 1024
    assert (told["type"], told["version"], told["context"]) == (2, 1, 0)


async def test_a_message_answers_a_command(bot: Bot, place: Home) -> None:
    task = await bot.asked()
    answer = await bot.respond(4, {"content": "because"})
    run = await task

    assert run.message is place.channel.messages[0]
    assert (run.message.content, run.message.type, run.deferred) == ("because", 20, False)
    assert answer.status == 200
    assert answer.body["interaction"] == {
        "id": bot.last["id"],
        "type": 2,
        "response_message_id": str(run.message.id),
        "response_message_loading": False,
        "response_message_ephemeral": False,
    }
    assert answer.body["resource"]["type"] == 4
    assert answer.body["resource"]["message"]["interaction_metadata"]["name"] == "ask"


async def test_without_with_response_a_callback_is_answered_by_204(bot: Bot) -> None:
    task = await bot.asked()
    path = f"/interactions/{bot.last['id']}/{bot.last['token']}/callback"

    answer = await bot.rest("POST", path, {"type": 5})

    await task
    assert (answer.status, answer.body) == (204, "")


async def test_a_response_after_three_seconds_is_unknown(bot: Bot, clock: Clock) -> None:
    task = await bot.asked()
    clock.turn(3.01)

    answer = await bot.respond(4, {"content": "late"})

    assert (answer.status, answer.body) == (
        404,
        {"message": "Unknown interaction", "code": 10062},
    )
    task.cancel()


async def test_a_person_is_told_that_the_application_did_not_respond(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("discord_sandbox.people.runs.FIRST_RESPONSE_SECONDS", 0.01)

    task = await bot.asked()

    with pytest.raises(SandboxError, match=r"The application did not respond to 'ask'"):
        await task


async def test_nobody_waits_when_no_bot_is_connected(
    sandbox: Sandbox, rest: Rest, place: Home
) -> None:
    await rest("POST", f"/applications/{sandbox.application.id}/commands", ASK)

    with pytest.raises(SandboxError, match="no bot is connected"):
        await sandbox.run_command(place.mia, place.channel, "ask")


async def test_a_second_first_response_is_refused(bot: Bot) -> None:
    task = await bot.asked()
    await bot.respond(4, {"content": "one"})

    answer = await bot.respond(4, {"content": "two"})

    await task
    assert (answer.status, answer.body) == (
        400,
        {"message": "Interaction has already been acknowledged.", "code": 40060},
    )


async def test_a_refused_response_leaves_room_for_a_better_one(bot: Bot) -> None:
    task = await bot.asked()
    refused = await bot.respond(4, {"content": "x" * 2001})
    accepted = await bot.respond(4, {"content": "short"})

    run = await task
    assert refused.errors == at("data", content=too_long(2000))
    assert accepted.status == 200
    assert run.message is not None
    assert run.message.content == "short"


async def test_the_token_lives_for_fifteen_minutes(bot: Bot, clock: Clock) -> None:
    task = await bot.asked()
    await bot.respond(5)
    await task

    clock.turn(899)
    before = await bot.hook("PATCH", "/messages/@original", {"content": "in time"})
    clock.turn(2)
    after = await bot.hook("PATCH", "/messages/@original", {"content": "too late"})

    assert before.status == 200
    assert (after.status, after.body) == (
        401,
        {"message": "Invalid Webhook Token", "code": 50027},
    )


async def test_a_followup_before_the_first_response_is_refused(bot: Bot) -> None:
    task = await bot.asked()

    answer = await bot.hook("POST", "", {"content": "early"})

    assert (answer.status, answer.code) == (404, 10015)
    task.cancel()


async def test_a_deferral_shows_thinking_until_it_is_edited(bot: Bot, place: Home) -> None:
    task = await bot.asked()
    await bot.respond(5)
    run = await task
    assert run.message is not None
    assert (run.deferred, run.message.thinking, run.message.text) == (True, True, "")

    await bot.hook("PATCH", "/messages/@original", {"content": "thought"})

    assert (run.message.thinking, run.message.content) == (False, "thought")
    assert not run.message.edited


async def test_the_first_followup_after_a_deferral_takes_its_place(bot: Bot) -> None:
    task = await bot.asked()
    await bot.respond(5, {"flags": 64})
    run = await task

    first = await bot.hook("POST", "", {"content": "first"})
    second = await bot.hook("POST", "", {"content": "second"})

    assert run.message is not None
    assert (first.body["id"], run.message.content) == (str(run.message.id), "first")
    assert run.message.ephemeral
    assert [message.content for message in run.followups] == ["second"]
    assert second.body["message_reference"]["message_id"] == first.body["id"]


async def test_a_followup_after_the_deferral_was_deleted_is_a_message_of_its_own(bot: Bot) -> None:
    task = await bot.asked()
    await bot.respond(5)
    run = await task

    await bot.hook("DELETE", "/messages/@original")
    made = await bot.hook("POST", "", {"content": "private", "flags": 64})

    assert run.message is None
    (followup,) = run.followups
    assert (made.body["id"], followup.ephemeral) == (str(followup.id), True)


async def test_followups_can_be_shown_edited_and_deleted(bot: Bot) -> None:
    task = await bot.asked()
    await bot.respond(4, {"content": "original"})
    run = await task
    made = await bot.hook("POST", "", {"content": "more", "flags": 64})
    own = f"/messages/{made.body['id']}"

    edited = await bot.hook("PATCH", own, {"content": "more yet"})
    shown = await bot.hook("GET", own)

    assert edited.body["content"] == shown.body["content"] == "more yet"
    assert run.followups[0].ephemeral
    assert (await bot.hook("DELETE", own)).status == 204
    assert run.followups == []
    assert (await bot.hook("GET", own)).code == 10008


async def test_the_original_can_be_deleted(bot: Bot, place: Home) -> None:
    task = await bot.asked()
    await bot.respond(4, {"content": "original"})
    run = await task

    answer = await bot.hook("DELETE", "/messages/@original")

    assert answer.status == 204
    assert (run.message, place.channel.messages) == (None, [])
    assert (await bot.hook("GET", "/messages/@original")).code == 10008


async def test_an_ephemeral_answer_is_out_of_the_channels_reach(bot: Bot, place: Home) -> None:
    task = await bot.asked()
    await bot.respond(4, {"content": "psst", "flags": 64})
    run = await task
    assert run.message is not None

    path = f"/channels/{place.channel.id}/messages/{run.message.id}"
    answers = [
        await bot.rest("GET", path),
        await bot.rest("PATCH", path, {"content": "x"}),
        await bot.rest("DELETE", path),
    ]

    assert [answer.code for answer in answers] == [10008, 10008, 10008]
    assert place.channel.messages == []
    told = await bot.line.event("MESSAGE_CREATE")
    assert "guild_id" not in told
    assert (told["content"], told["flags"]) == ("psst", 64)


async def test_only_the_one_who_asked_can_press_an_ephemeral_button(bot: Bot, place: Home) -> None:
    task = await bot.asked()
    await bot.respond(4, {"content": "psst", "flags": 64, "components": PRESS})
    run = await task
    zoe = place.guild.add_member("zoe")

    with pytest.raises(SandboxError, match="ephemeral: only who used the command sees it"):
        await bot.sandbox.click(zoe, run.message, "Go")


async def test_a_run_waits_for_what_comes_later(bot: Bot) -> None:
    task = await bot.asked()
    await bot.respond(5)
    run = await task
    waiting = asyncio.ensure_future(run.wait(lambda run: run.followups))

    await bot.hook("PATCH", "/messages/@original", {"content": "thought"})
    await bot.hook("POST", "", {"content": "and more"})

    assert (await waiting) is run


async def test_a_wait_in_vain_tells_what_there_was_instead(bot: Bot) -> None:
    task = await bot.asked()
    await bot.respond(4, {"content": "nothing more"})
    run = await task

    with pytest.raises(SandboxError, match="never looked as wanted; it shows"):
        await run.wait(lambda run: run.followups, timeout=0.01)


async def test_tokens_that_are_none_are_refused(bot: Bot, clock: Clock) -> None:
    task = await bot.asked()
    bot.last["token"] = "guess"

    respond = await bot.respond(4, {"content": "x"})
    follow_up = await bot.hook("POST", "", {"content": "x"})

    assert (respond.code, follow_up.code) == (10062, 50027)
    task.cancel()


async def test_the_time_to_the_first_response_is_told(bot: Bot, clock: Clock) -> None:
    task = await bot.asked()
    clock.turn(1.5)
    await bot.respond(5)

    assert (await task).acknowledged_after == 1.5


async def test_old_interactions_are_forgotten(bot: Bot, clock: Clock) -> None:
    task = await bot.asked()
    await bot.respond(5)
    await task
    first = dict(bot.last)
    clock.turn(1000)
    again = await bot.asked()
    await bot.respond(5)
    await again

    path = f"/interactions/{first['id']}/{first['token']}/callback"
    answer = await bot.rest("POST", path, {"type": 5})

    assert answer.code == 10062
