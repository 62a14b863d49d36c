"""Kinds of first responses: what suits a command, a component, autocomplete."""

from __future__ import annotations

from typing import Any

import pytest

from tests.discord_sandbox.answering import Bot, pressed
from tests.discord_sandbox.parts import JSON, Home
from tests.discord_sandbox.trees import NO_LIST, REQUIRED, at, between, not_one_of, too_long


@pytest.mark.parametrize("kind", [1, 6, 7, 8])
async def test_a_command_takes_a_message_a_deferral_or_a_modal(bot: Bot, kind: int) -> None:
    task = await bot.asked()

    answer = await bot.respond(kind)

    assert answer.errors == {"type": not_one_of("4, 5, 9")}
    task.cancel()


async def test_autocomplete_takes_choices_only(bot: Bot, place: Home) -> None:
    use = bot.sandbox.autocomplete(place.mia, place.channel, "ask", option="what", value="w")
    task = await bot.got(use)

    refused = await bot.respond(4, {"content": "x"})
    accepted = await bot.respond(8, {"choices": [{"name": "Why", "value": "why"}]})

    assert refused.errors == {"type": not_one_of("8")}
    assert accepted.status == 200
    assert await task == [{"name": "Why", "value": "why"}]
    assert bot.last["data"]["options"] == [
        {"name": "what", "type": 3, "value": "w", "focused": True}
    ]


CHOICES: dict[str, tuple[Any, JSON]] = {
    "26 of them": ([{"name": "c", "value": "v"}] * 26, at("data", choices=too_long(25))),
    "a name of 101 characters": (
        [{"name": "x" * 101, "value": "v"}],
        at("data", "choices", 0, name=between(1, 100)),
    ),
    "no name": (
        [{"name": "", "value": "v"}],
        at("data", "choices", 0, name=REQUIRED),
    ),
    "a value of 101 characters": (
        [{"name": "c", "value": "x" * 101}],
        at("data", "choices", 0, value=between(1, 100)),
    ),
    "a list that is none": ("why", at("data", choices=NO_LIST)),
}


@pytest.mark.parametrize("name", CHOICES)
async def test_choices_of_autocomplete_are_refused_for(bot: Bot, place: Home, name: str) -> None:
    choices, errors = CHOICES[name]
    use = bot.sandbox.autocomplete(place.mia, place.channel, "ask", option="what", value="w")
    task = await bot.got(use)

    answer = await bot.respond(8, {"choices": choices})

    assert answer.errors == errors
    task.cancel()


async def test_a_button_tells_its_message_and_id(bot: Bot, place: Home) -> None:
    task = await pressed(bot)
    await bot.respond(6)
    await task

    assert bot.last["type"] == 3
    assert bot.last["data"] == {"id": 2, "custom_id": "go", "component_type": 2}
    assert bot.last["message"]["id"] == str(place.channel.messages[0].id)


async def test_an_update_changes_the_message_of_the_button(bot: Bot, place: Home) -> None:
    task = await pressed(bot)
    answer = await bot.respond(7, {"content": "pressed", "components": []})
    run = await task

    assert run.message is place.channel.messages[0]
    assert (run.message.content, run.message.components) == ("pressed", [])
    assert answer.body["interaction"]["response_message_id"] == str(run.message.id)


async def test_a_deferred_update_lets_the_message_be_edited_later(bot: Bot, place: Home) -> None:
    task = await pressed(bot)
    await bot.respond(6)
    await bot.hook("PATCH", "/messages/@original", {"content": "later"})
    run = await task

    assert run.message is place.channel.messages[0]
    assert run.message.content == "later"


async def test_a_message_after_a_button_is_a_new_one(bot: Bot, place: Home) -> None:
    task = await pressed(bot)
    await bot.respond(4, {"content": "new"})
    await task

    assert [message.content for message in place.channel.messages] == ["press", "new"]
